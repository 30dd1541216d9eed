"""The session tells every change once, and nothing when nothing changed."""

import numpy as np
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


@pytest.mark.parametrize("rows", [[2, 5, 9], [9, 2, 9, 5], []])
def test_rows_of_an_array_are_selected_like_any_others(qtbot, rows):
    session = Session()
    session.select(np.array(rows, np.int64))
    assert session.selection == tuple(dict.fromkeys(rows))
    assert all(type(row) is int for row in session.selection)


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
