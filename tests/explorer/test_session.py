"""The session tells every change once, and nothing when nothing changed."""

import pytest

from explorer.session import Session

pytestmark = pytest.mark.gui


def test_selection_is_told_once_and_keeps_its_order(qtbot):
    session = Session()
    told = []
    session.selection_changed.connect(told.append)
    session.select([3, 1, 3])
    session.select((3, 1))
    session.select([])
    assert told == [(3, 1), ()]


def test_opening_forgets_what_belonged_to_the_last_project(qtbot):
    session = Session()
    session.attach("searcher")
    session.select([1])
    session.answered("answer")
    seen = []
    session.project_changed.connect(lambda p: seen.append((p, session.searcher, session.answer)))
    session.open("project")
    assert seen == [("project", None, None)]
    assert session.selection == ()


def test_the_same_question_is_not_asked_twice(qtbot):
    session = Session()
    asked = []
    session.question_changed.connect(asked.append)
    session.ask("a")
    session.ask("a")
    session.ask("ab")
    assert asked == ["a", "ab"]
