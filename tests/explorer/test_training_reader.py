"""The Training workspace on a reader: its form, spans that move, figures, export, and reading."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from running import PATIENCE, click, told
from training_kit import enter, leave, pick, rows_of, settled

from explorer.folders import runs_folder
from explorer.text_units import units
from explorer.views.training import evaluation_reader
from explorer.views.training.marked_text import MarkedText
from explorer.views.training.odds_chart import Odds
from explorer.views.training.readings import ReadingCard, ReadingsPage
from models.evaluation.held_reader import kept_held
from models.events import finish
from models.reader.load import load_reader
from models.reader.recipe import PRESETS
from models.reader.runs import train_reader
from models.reader.watched import Mark, Watched

sys.path.append(str(Path(__file__).parents[1] / "models"))

import reader_kit


@pytest.fixture
def training(qtbot, explorer, home, monkeypatch):
    """The view on readers, in folders of this test."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    view = enter(qtbot, explorer, "reader")
    yield view
    leave(qtbot, explorer, view)
    form = view.panel.reader
    for place in (form.questions, form.base):
        place.box.setCurrentIndex(0)
        place.changed.emit()
    pick(form.preset, "laptop")
    form.numbers.limit.setValue(0)
    form.open_more.setChecked(False)
    settled(qtbot, view, explorer)
    explorer.window.view("retrieval").answers.choose("")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A tiny reader's run, trained once."""
    folder = tmp_path_factory.mktemp("finished")
    base, data = reader_kit.base(folder / "base"), reader_kit.squad(folder)
    recipe = reader_kit.recipe(base, steps=60, score_every=30)
    run = folder / "20260102-030405-reader-squad"
    finish(train_reader(replace(recipe, probe=5), str(data), run))
    return run


def opened(qtbot, training, explorer, finished):
    """Puts the finished run where the application looks, and opens it."""
    folder = shutil.copytree(finished, runs_folder() / finished.name)
    explorer.session.tell_runs()
    settled(qtbot, training, explorer)
    explorer.session.want_run(folder)
    qtbot.waitUntil(lambda: training.film.reads and bool(training.film.frames), timeout=PATIENCE)
    settled(qtbot, training, explorer)


def test_the_form_describes_the_presets_and_what_is_changed(qtbot, training):
    form = training.panel.reader
    assert form.isVisible() and not training.panel.form.isVisible()
    wanted = form.wanted()
    assert (wanted.method, wanted.source) == ("reader", "bundled")
    assert form.recipe() == PRESETS["laptop"]
    assert not form.numbers.temperature.isVisible()
    assert "few megabytes" in form.why.text()
    pick(form.preset, "paper")
    assert form.recipe() == PRESETS["paper"] and "transformers loads" in form.why.text()
    pick(form.plain, False)
    assert not form.recipe().net.plain
    click(qtbot, form.open_more)
    form.more.near.setValue(2)
    form.more.layers.setValue(3)
    assert form.recipe().near == 2 and form.recipe().net.layers == 3
    pick(form.preset, "laptop")
    assert form.recipe() == PRESETS["laptop"]


def test_what_was_marked_is_seen_again_in_each_frame(qtbot, training, explorer, finished):
    opened(qtbot, training, explorer, finished)
    stage, film = training.stage, training.film
    assert stage.face.isVisible() and stage.stack.currentWidget() is stage.readings
    assert len(stage.readings.cards) == len(stage.readings.pairs) == 5
    assert film.frames[-1].marks.shape == (10, 6)
    spans_move(qtbot, stage, film)
    faces_turn(qtbot, stage)
    charts_tell(training.charts, film)


def test_a_reader_is_measured_exported_and_used(
    qtbot, training, explorer, finished, tmp_path, monkeypatch
):
    opened(qtbot, training, explorer, finished)
    measured(qtbot, training, explorer)
    exported(qtbot, training, explorer, tmp_path, monkeypatch)
    listed(qtbot, training)
    read_with(qtbot, training, explorer)


def spans_move(qtbot, stage, film):
    """A replay shows in each frame what was marked in it."""
    seen = []
    for number in (0, len(film.frames) - 1):
        stage.scrub.setValue(number)
        marks = [Mark.of(row) for row in film.frames[number].marks[:4]]
        cards = stage.readings.seen
        assert [card.mark for card in cards[:4]] == marks
        assert [card.passage.said for card in cards[:4]] == [m.span for m in marks]
        seen.append([card.said for card in cards])
    assert seen[0] != seen[1]
    exact = stage.readings.exact
    assert sum(card.is_exact for card in cards) <= exact
    assert f"{exact} of 5 questions" in stage.caption.text()
    assert 20 * exact == pytest.approx(film.measured[-1].knn)


def faces_turn(qtbot, stage):
    click(qtbot, stage.face.button("other"))
    cards = stage.readings.seen
    assert len(cards) >= 4 and all(card.pair.place is None for card in cards)
    silent = stage.readings.silent
    assert sum(card.mark.odds < 0 for card in cards) <= silent
    assert f"silent about {silent} of 5" in stage.caption.text()
    for card in cards:
        assert (card.passage.said is None) == (card.mark.odds < 0)
    click(qtbot, stage.face.button("points"))
    assert stage.stack.currentWidget() is stage.canvas and "[CLS] state" in stage.caption.text()
    assert stage.pairs.isEnabled()
    click(qtbot, stage.face.button("right"))
    assert stage.stack.currentWidget() is stage.readings and not stage.pairs.isEnabled()


def charts_tell(charts, film):
    assert charts.knn.chart.accessibleName() == "Exact answers" and charts.odds.isVisible()
    assert not charts.alignment.isVisible() and not charts.cosines.isVisible()
    assert charts.score.chart.accessibleName() == "F1 of development questions"
    odds = Odds.of(film.frames[-1].marks)
    assert f"Believed: {odds.heard[0]} of 5" in charts.odds.note.text()


def measured(qtbot, training, explorer):
    click(qtbot, training.page.button("evaluation"))
    panel = training.evaluation.reader
    qtbot.waitUntil(lambda: panel.isVisible() and panel.go.isEnabled(), timeout=PATIENCE)
    assert not training.evaluation.go.isVisible() and not panel.table.isVisible()
    click(qtbot, panel.go)
    qtbot.waitUntil(panel.table.isVisible, timeout=PATIENCE)
    settled(qtbot, training, explorer)
    scores = kept_held(training.runs.folder)
    assert [label.text() for label in panel.table.cells["exact"]] == [
        f"{scores.before_exact:.1f}",
        f"{scores.exact_match:.1f}",
    ]
    assert panel.table.cells["near"][1].text() == f"{scores.near_rejected:.1f}"
    assert panel.trade.cells[1][1].text() == f"{scores.trade[1][1]:.1f}"
    assert "20 questions with an answer and 10 without" in panel.about.text()


def exported(qtbot, training, explorer, tmp_path, monkeypatch):
    class Answering:
        @staticmethod
        def getSaveFileName(*_):
            return str(tmp_path / "out"), ""

    monkeypatch.setattr(evaluation_reader, "QFileDialog", Answering)
    click(qtbot, training.evaluation.reader.export)
    settled(qtbot, training, explorer)
    assert any("The reader is in" in text for text in told(explorer))
    assert load_reader(str(tmp_path / "out")).card.kind == "small"
    click(qtbot, training.evaluation.reader.export)  # where something is by now
    qtbot.waitUntil(lambda: any("holds something already" in text for text in told(explorer)))


def listed(qtbot, training):
    click(qtbot, training.page.button("runs"))
    rows = rows_of(training.comparing)
    scores = kept_held(training.runs.folder)
    assert rows[0] == ["Run", "exact", "F1"]
    assert rows[1][1:] == [f"{scores.exact_match:.1f}%", f"{scores.f1:.1f}%"]


def read_with(qtbot, training, explorer):
    """One click, and Retrieval's answers are this reader's."""
    folder = training.runs.folder
    click(qtbot, training.page.button("evaluation"))
    click(qtbot, training.evaluation.reader.use)
    answers = explorer.window.view("retrieval").answers
    assert explorer.window.view("retrieval").isVisible() and not answers.strip.isHidden()
    assert answers.work.name == str(folder)
    assert any(f"{folder.name} reads the first hits" in text for text in told(explorer))
    explorer.window.show_workspace("training")


def test_a_reader_is_watched_stopped_and_goes_on(qtbot, training, explorer, tmp_path):
    form, stage = training.panel.reader, training.stage
    form.questions.choose(str(reader_kit.squad(tmp_path)))
    form.base.choose(str(reader_kit.base(tmp_path / "base")))
    form.numbers.unit.button("steps").click()
    form.numbers.length.setValue(100)
    form.more.tokens.setValue(40)
    form.more.probe.setValue(5)
    form.more.every.setValue(0)
    click(qtbot, training.panel.go)
    qtbot.waitUntil(lambda: len(training.film.losses) > 3, timeout=PATIENCE)
    qtbot.waitUntil(lambda: bool(stage.readings.cards), timeout=PATIENCE)
    assert stage.stack.currentWidget() is stage.readings
    click(qtbot, training.panel.stop)
    settled(qtbot, training, explorer)
    assert training.panel.card.kind == "reader" and 0 < training.panel.card.step < 100
    assert training.panel.resume.isVisible()
    click(qtbot, training.panel.resume)
    qtbot.waitUntil(lambda: training.runs.running, timeout=PATIENCE)
    settled(qtbot, training, explorer)
    assert training.panel.card.finished and len(training.film.losses) == 100
    assert any("exact answers" in text for text in told(explorer))


def test_a_file_that_teaches_nothing_is_said(qtbot, training, explorer, tmp_path):
    (tmp_path / "empty.json").write_text("{}")
    training.panel.reader.questions.choose(str(tmp_path / "empty.json"))
    click(qtbot, training.panel.go)
    settled(qtbot, training, explorer)
    assert any("not SQuAD's" in text for text in told(explorer))


@pytest.mark.parametrize(
    ("place", "span", "odds", "verdict"),
    [
        ((4, 7), (4, 7), 2, "Exact, 50% sure"),
        ((4, 7), (4, 11), -1, "F1 67%, 50% sure, would be silent"),
        ((4, 7), (8, 11), 2, "Wrong, 50% sure"),
        (None, (4, 7), -1, "Silent: it finds no answer here"),
        (None, (4, 7), 1, "Misled, 50% sure of the span"),
    ],
)
def test_a_card_says_how_good_a_span_is(qtbot, dressed, place, span, odds, verdict):
    pair = Watched("Who sat?", "the cat sat on mats", place, ("cat",) if place else ())
    card = ReadingCard(pair)
    qtbot.addWidget(card)
    card.show_mark(Mark(span, 0.5, odds, (0, 19)))
    assert card.verdict.text() == verdict
    assert pair.passage[slice(*span)] in card.accessibleName()


def test_cards_are_made_as_one_comes_to_them(qtbot, dressed):
    page = ReadingsPage()
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show()
    pairs = tuple(
        Watched(f"Who is {n}?", f"{n} is it. " * 90, (0, 2), (str(n),)) for n in range(40)
    )
    marks = np.array([[0, 2, 0.5, 1, 0, 200]] * 40, np.float32)
    page.show_readings(pairs, marks)
    assert 4 <= len(page.cards) < 12 and page.exact == 40 and page.silent == 0
    bar = page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)

    def all_made():
        bar.setValue(bar.maximum())
        return len(page.cards) == 40

    qtbot.waitUntil(all_made)
    marks[:, 3] = -1
    page.show_readings(pairs, marks)
    assert page.silent == 40 and page.cards[39].mark.odds == -1 and page.cards[0].mark.odds == 1
    bar.setValue(0)
    assert page.cards[0].mark.odds == -1


def test_marks_of_a_text_count_as_qt_counts(qtbot, dressed):
    text = "🎉🎉 the 東京 party " * 9
    widget = MarkedText()
    qtbot.addWidget(widget)
    start = text.index("party")
    widget.show_text(text, (start, start + 5))
    widget.mark((start, start + 5), (0, len(text)))
    assert units(text, (start, start + 5)) == (start + 2, start + 7)
    heights = [widget.heightForWidth(width) for width in (600, 300, 150)]
    assert heights == sorted(heights) and heights[0] < heights[2]
    widget.resize(300, heights[1])
    before = widget.grab().toImage()
    widget.mark((0, 2), (0, len(text)))
    assert widget.grab().toImage() != before


def test_odds_are_counted_on_both_sides():
    marks = np.zeros((6, 6), np.float32)
    marks[:, 3] = [1, -2, 0, -1, -1, 3]
    assert Odds.of(marks).heard == (2, 2)
