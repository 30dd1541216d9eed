"""Answers while typing: the newest question wins, stale ones are dropped."""

import threading

import numpy as np
import pytest

from explorer.asking import Asker
from explorer.session import Session
from models.retrieval.searcher import Answer

pytestmark = pytest.mark.gui


class SlowSearcher:
    """Holds each search until it is let go, and remembers what it was asked."""

    def __init__(self):
        self.encoder = object()
        self.asked = []
        self.gates = {}

    def gate(self, question):
        return self.gates.setdefault(question, threading.Event())

    def search(self, question, k=10, methods=("dense", "bm25", "hybrid")):
        self.asked.append(question)
        assert self.gate(question).wait(10)
        if question == "boom":
            raise ValueError("broken index")
        return Answer(question, np.zeros(3, np.float32), dict.fromkeys(methods, ()), 0.0)


@pytest.fixture
def asking(qtbot, monkeypatch):
    monkeypatch.setattr("explorer.asking.mark", lambda *_: iter(()))
    session = Session()
    asker = Asker(session)
    searcher = SlowSearcher()
    session.attach(searcher)
    yield session, asker, searcher
    for gate in searcher.gates.values():
        gate.set()
    asker.close()


def test_a_stale_answer_never_replaces_a_newer_one(qtbot, asking):
    session, _, searcher = asking
    answers = []
    session.answer_changed.connect(lambda a: answers.append(a and a.question))
    session.ask("w")
    qtbot.waitUntil(lambda: searcher.asked == ["w"])
    session.ask("wh")
    session.ask("who")
    searcher.gate("who").set()
    searcher.gate("w").set()
    qtbot.waitUntil(lambda: answers == ["who"])
    assert searcher.asked == ["w", "who"], "the question between was never worth a search"


def test_emptying_the_box_clears_the_answer(qtbot, asking):
    session, _, searcher = asking
    searcher.gate("q").set()
    with qtbot.waitSignal(session.answer_changed):
        session.ask("q")
    with qtbot.waitSignal(session.answer_changed):
        session.ask("  ")
    assert session.answer is None


def test_a_failing_search_is_told_and_the_next_one_works(qtbot, asking):
    session, asker, searcher = asking
    searcher.gate("boom").set()
    searcher.gate("fine").set()
    with qtbot.waitSignal(asker.failed) as told:
        session.ask("boom")
    assert str(told.args[0]) == "broken index"
    with qtbot.waitSignal(session.answer_changed):
        session.ask("fine")
    assert session.answer.question == "fine"


def test_a_question_typed_before_the_searcher_is_ready_is_answered_when_it_is(qtbot, monkeypatch):
    monkeypatch.setattr("explorer.asking.mark", lambda *_: iter(()))
    session = Session()
    asker = Asker(session)
    session.ask("early")
    searcher = SlowSearcher()
    searcher.gate("early").set()
    with qtbot.waitSignal(session.answer_changed):
        session.attach(searcher)
    assert session.answer.question == "early"
    asker.close()
