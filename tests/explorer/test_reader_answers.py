"""Answers in Retrieval: read behind the hits, shown above them and marked inside."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from running import PATIENCE, ask, choose, click, dialogs, told

from explorer.views.retrieval import answer_part
from explorer.views.retrieval.model import HitItem, HitModel
from models.events import finish
from models.reader.answering import READ, reading_rows
from models.reader.load import load_reader, shipped_readers

sys.path.append(str(Path(__file__).parents[1] / "models"))

import tiny

QUESTION = "Why does dropout work as an augmentation for sentences?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A random reader, whose answers mean nothing but are always the same."""
    import torch
    from transformers import BertForQuestionAnswering

    place = tmp_path_factory.mktemp("readers") / "random"
    torch.manual_seed(5)
    tiny.save(BertForQuestionAnswering(tiny.bert_config()), place)
    return place


@pytest.fixture
def answers(explorer):
    part = explorer.window.view("retrieval").answers
    part.choose("")
    yield part
    part.choose("")
    part._folder = ""


def pick(qtbot, answers, monkeypatch, folder):
    """Chooses a reader's folder by the button's menu."""
    monkeypatch.setattr(answer_part, "QFileDialog", dialogs(folder))
    click(qtbot, answers.button)
    choose(qtbot, "Choose a reader's folder …")


def read(qtbot, answers, act):
    """What arrives after ``act``."""
    with qtbot.waitSignal(answers.work.arrived, timeout=PATIENCE) as signal:
        act()
    return signal.args[0]


def expected(explorer, folder, question):
    rows = tuple(hit.row for hit in explorer.session.answer.hits["hybrid"][:READ])
    reader = load_reader(str(folder))
    return rows, finish(reading_rows(explorer.session.project.passages, reader, question, rows))


def test_without_a_reader_there_is_no_strip(qtbot, explorer, answers):
    ask(qtbot, explorer, QUESTION)
    assert not answers.strip.isVisible() and not answers.work._rest.isActive()


def test_the_answer_is_what_the_reader_says_of_the_first_hits(
    qtbot, explorer, answers, monkeypatch, folder
):
    ask(qtbot, explorer, QUESTION)
    found = read(qtbot, answers, lambda: pick(qtbot, answers, monkeypatch, folder))
    rows, reading = expected(explorer, folder, QUESTION)
    assert found.rows == rows
    assert [(a.text, a.passage) for a in found.reading.answers] == [
        (a.text, a.passage) for a in reading.answers
    ]
    assert answers.strip.isVisible()
    nearest = reading.answers[0]
    if reading.best is None:
        assert answers.strip.answer.text() == "No answer found"
        assert " ".join(nearest.text.split()) in answers.strip.note.text()
    else:
        assert answers.strip.answer.text() == " ".join(nearest.text.split())
    click(qtbot, answers.strip.source)
    assert explorer.session.selection == (rows[nearest.passage],)


def test_the_answer_is_marked_in_its_hit_and_in_no_other(
    qtbot, explorer, answers, monkeypatch, folder
):
    ask(qtbot, explorer, QUESTION)
    found = read(qtbot, answers, lambda: pick(qtbot, answers, monkeypatch, folder))
    items = explorer.window.view("retrieval").lists["hybrid"].view.hits.items
    marked = {item.row: item.text[slice(*item.answer)] for item in items if item.answer}
    best = found.reading.best
    assert marked == ({} if best is None else {found.rows[best.passage]: best.text})


def test_a_new_question_is_read_anew_with_the_same_reader(
    qtbot, explorer, answers, monkeypatch, folder
):
    ask(qtbot, explorer, QUESTION)
    first = read(qtbot, answers, lambda: pick(qtbot, answers, monkeypatch, folder))
    other = "volcano under the sea"
    second = read(qtbot, answers, lambda: ask(qtbot, explorer, other))
    assert second.reading.question == other and second.reader is first.reader
    explorer.session.ask("")
    qtbot.waitUntil(lambda: answers.strip.answer.text() == "" and not answers.work.reading.busy)


def test_the_switch_is_remembered(qtbot, explorer, answers, monkeypatch, folder):
    ask(qtbot, explorer, QUESTION)
    read(qtbot, answers, lambda: pick(qtbot, answers, monkeypatch, folder))
    assert explorer.settings.view("retrieval")["reader"] == str(folder)
    click(qtbot, answers.button)
    names = [action.text() for action in QApplication.activePopupWidget().actions()]
    assert names[0] == "Off" and folder.name in names
    assert len(names) == 5 + len(shipped_readers())  # a line between, another folder, training
    assert names[-1] == "Train a reader …"
    choose(qtbot, "Off")
    assert explorer.settings.view("retrieval")["reader"] == ""
    assert not answers.strip.isVisible()
    items = explorer.window.view("retrieval").lists["hybrid"].view.hits.items
    assert not any(item.answer for item in items)


def test_what_is_no_reader_is_said_and_switched_off(
    qtbot, explorer, answers, monkeypatch, tmp_path
):
    (tmp_path / "empty").mkdir()
    ask(qtbot, explorer, QUESTION)
    with qtbot.waitSignal(answers.work.failed, timeout=PATIENCE):
        pick(qtbot, answers, monkeypatch, tmp_path / "empty")
    assert any("no model folder" in text for text in told(explorer))
    assert not answers.strip.isVisible() and answers.work.name == ""


def test_training_is_one_click_away(qtbot, explorer, answers):
    click(qtbot, answers.button)
    choose(qtbot, "Train a reader …")
    training = explorer.window.view("training")
    assert training.isVisible() and training.panel.reader.isVisible()
    assert training.panel.folder is None and not training.runs.running
    click(qtbot, training.panel.kind.button("image"))


def test_a_reader_that_was_just_trained_can_be_wanted(qtbot, explorer, answers, folder):
    ask(qtbot, explorer, QUESTION)
    found = read(qtbot, answers, lambda: explorer.session.want_reader(folder))
    assert found.reader.card.source == str(folder) and answers.strip.isVisible()
    assert explorer.settings.view("retrieval")["reader"] == str(folder)


def test_marks_count_as_qt_counts(qapp):
    text = "🎉🎉 the 東京 party"
    item = HitItem(3, 1, 1.0, 1.0, "t", text, "", "")
    model = HitModel()
    model.show((item,))
    start = text.index("party")
    model.mark_answer(3, (start, start + 5))
    assert model.items[0].answer == (start + 2, start + 7)
    assert model.data(model.index(0), Qt.ItemDataRole.DisplayRole).endswith(text)
    model.mark_answer(-1, None)
    assert model.items[0].answer is None
