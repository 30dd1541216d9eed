"""The Geometry workspace: figures of what is chosen, its limit, and temperature by hand."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from running import PATIENCE, ask, click, idle, told

from explorer.folders import runs_folder
from explorer.theme import themes
from explorer.views.geometry import source_bar
from models import geometry as science
from models.__main__ import main
from models.events import finish
from models.portrait import portray
from models.training.history import read_history

QUESTION = "Why does dropout work as an augmentation for sentences?"
NAME = "20260101-000000-simclr-shapes"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of three steps, with its head's output in 8 dimensions."""
    folder = tmp_path_factory.mktemp("runs") / NAME
    small = ["--data", "shapes", "--limit", "60", "--batch", "16", "--dimensions", "8"]
    assert main(["train", "simclr", *small, "--steps", "3", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def geometry(qtbot, explorer, home, monkeypatch):
    """The view on the corpus, with a shelf of runs that is this test's own."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    explorer.window.show_workspace("geometry")
    view = explorer.window.view("geometry")
    explorer.session.tell_runs()
    view.source._files.clear()
    view.source.choose("corpus")
    measured(qtbot, view)
    yield view
    explorer.session.open_run(None)
    shutil.rmtree(runs_folder(), ignore_errors=True)
    explorer.session.tell_runs()
    qtbot.waitUntil(lambda: idle(explorer) and not view.source._runs, timeout=PATIENCE)
    view.source._files.clear()
    view.source.choose("corpus")
    measured(qtbot, view)
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)


def measured(qtbot, view):
    """Waits until what is chosen is measured and drawn."""
    qtbot.waitUntil(
        lambda: view.portrait is not None and not view._steps and not view._stepper.isActive(),
        timeout=PATIENCE,
    )


def shelve(qtbot, explorer, view, run):
    """Puts ``run`` on the shelf and tells of it."""
    shutil.copytree(run, runs_folder() / NAME)
    explorer.session.tell_runs()
    qtbot.waitUntil(lambda: bool(view.source._runs), timeout=PATIENCE)
    return runs_folder() / NAME


def pick(qtbot, view, words):
    """Chooses the entry that contains ``words``, by keys."""
    box = view.source.choice
    titles = [box.itemText(at) for at in range(box.count())]
    (wanted,) = [at for at, title in enumerate(titles) if words in title]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(wanted):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == wanted


def tiles(view):
    return {tile.name.text(): tile.figure.text() for tile in view.tiles}


def files(monkeypatch, *paths):
    """Answers the next questions for a file, one after the other."""
    answers = iter(paths)

    class Answering:
        @staticmethod
        def getOpenFileName(*_):
            return str(next(answers)), ""

    monkeypatch.setattr(source_bar, "QFileDialog", Answering)


@pytest.fixture
def pairs(tmp_path):
    x = np.random.default_rng(0).normal(size=(40, 6))
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", x + 0.1)
    return tmp_path / "x.npy", tmp_path / "y.npy"


def test_the_figures_are_those_of_the_vectors(geometry, explorer):
    expected = finish(portray(explorer.session.project.vectors.array))
    shown = tiles(geometry)
    assert shown["Uniformity"] == f"−{-expected.uniformity:.3f}"
    assert shown["Alignment"] == "–"
    assert shown["Mean cosine"] == f"{expected.mean_cosine:.3f}"
    assert shown["Effective rank"] == f"{expected.effective_rank:.1f}"
    assert shown["Largest eigenvalue"] == f"{expected.largest:.1f}"
    assert "All 318 passages" in geometry.about.text() and "mean pooling" in geometry.about.text()
    assert "presumes that no similarity is negative" in geometry.spectrum.words.text()


def test_a_corpus_has_no_pairs_and_says_how_to_get_some(geometry):
    assert (
        geometry.no_pairs.isVisible() and "choose a training run" in geometry.no_pairs.words.text()
    )
    assert not geometry.distances.isVisible() and not geometry.limit.isVisible()
    assert geometry.limit.limit is None


def test_charts_show_and_follow_the_theme(geometry, qtbot):
    def backgrounds():
        charts = [card.chart for card in (geometry.cosines, geometry.spectrum)]
        return {chart.backgroundBrush().color().name() for chart in charts}

    for card in (geometry.cosines, geometry.spectrum):
        assert card.chart.isVisible() and not card.chart.getPlotItem().ctrlMenu.isVisible()
    formulas = [*geometry.cosines.formulas, *geometry.spectrum.formulas]
    qtbot.waitUntil(lambda: all(formula.is_set for formula in formulas), timeout=PATIENCE)
    themes().set_mode("light")
    assert backgrounds() == {themes().current.surface}
    themes().set_mode("dark")
    assert backgrounds() == {themes().current.surface}


def test_a_run_is_measured_with_its_pairs(geometry, explorer, qtbot, run):
    shelve(qtbot, explorer, geometry, run)
    assert geometry.source.current.key == "corpus"  # a run is offered, not forced
    pick(qtbot, geometry, "shapes")
    measured(qtbot, geometry)
    frame = read_history(run).frames[-1].astype(np.float32)
    x, y = np.split(frame / np.linalg.norm(frame, axis=1, keepdims=True), 2)
    alignment = np.square(x - y).sum(1).mean()
    assert tiles(geometry)["Alignment"] == f"{alignment:.3f}"
    assert "at step 3" in geometry.about.text() and "second view" in geometry.about.text()
    assert geometry.distances.isVisible() and not geometry.no_pairs.isVisible()
    assert f"{alignment**0.5:.3f}" in geometry.distances.words.text()
    (current,) = [one for one in geometry.plane.chart._value.trails if one.current]
    assert current.steps == (0, 1, 2, 3)
    assert geometry.plane.chart._value.optimum == pytest.approx(science.optimal_uniformity(8))


def test_the_limit_is_that_of_the_run_and_follows_its_slider(geometry, explorer, qtbot, run):
    shelve(qtbot, explorer, geometry, run)
    pick(qtbot, geometry, "shapes")
    card = geometry.limit
    qtbot.waitUntil(lambda: card.limit is not None, timeout=PATIENCE)
    assert 10**card.slider.value == pytest.approx(0.1, rel=0.03)  # the run's own temperature
    drawn = geometry.found.drawn
    x, y = torch.tensor(drawn.vectors), torch.tensor(drawn.positives)
    expected = science.contrastive_limit(x, y, 10**card.slider.value, (1000,))
    assert card.limit.limit == pytest.approx(expected.limit)
    assert card.limit.values[card.limit.counts.index(1000)] == expected.values[0]
    assert "upper bound" in card.words.text() and "M to the power -" in card.words.text()
    first = card.limit.limit
    qtbot.keyClick(card.slider.slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: card.limit.limit != first, timeout=PATIENCE)
    expected = science.contrastive_limit(x, y, 10.0, (1,))
    assert card.limit.limit == pytest.approx(expected.limit)


def test_any_vector_may_be_the_anchor(geometry, explorer, qtbot, run):
    shelve(qtbot, explorer, geometry, run)
    pick(qtbot, geometry, "shapes")
    measured(qtbot, geometry)
    card = geometry.temperature
    qtbot.waitUntil(lambda: card.words.text().startswith("Vector 1:"), timeout=PATIENCE)
    others = 2 * len(geometry.found.drawn.rows) - 1
    assert f"of {others:,} others" in card.words.text() and "positive pulled" in card.words.text()
    assert not card.kind.isVisible()
    card.row.setFocus()
    qtbot.keyClick(card.row, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: card.words.text().startswith("Vector 2:"), timeout=PATIENCE)


def test_a_newer_choice_wins(geometry, explorer, qtbot, run):
    shelve(qtbot, explorer, geometry, run)
    geometry.source.choose(f"run {runs_folder() / NAME}")
    geometry.source.choose("corpus")  # before the run was measured
    measured(qtbot, geometry)
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert geometry.found.what.noun == "passages" and geometry.title.text() == "Bundled sample"
    assert tiles(geometry)["Alignment"] == "–"


def test_a_run_that_another_view_opened_is_offered(geometry, explorer, qtbot, run):
    explorer.session.open_run(run)  # not on the shelf
    qtbot.waitUntil(lambda: bool(geometry.source._runs), timeout=PATIENCE)
    assert geometry.source.current.key == "corpus"
    pick(qtbot, geometry, "shapes")
    measured(qtbot, geometry)
    assert geometry.found.what.path == run


def test_files_of_vectors_are_measured(geometry, qtbot, monkeypatch, pairs):
    files(monkeypatch, *pairs)
    click(qtbot, geometry.source.file)
    measured(qtbot, geometry)
    assert geometry.title.text() == "x.npy" and tiles(geometry)["Alignment"] == "–"
    click(qtbot, geometry.source.pairs)
    measured(qtbot, geometry)
    x, y = (np.load(path) for path in pairs)
    x, y = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (x, y))
    assert tiles(geometry)["Alignment"] == f"{np.square(x - y).sum(1).mean():.3f}"
    (place,) = geometry.plane.chart._value.points
    assert place.name == "x.npy"
    pick(qtbot, geometry, "Bundled sample")
    assert not geometry.source.pairs.isVisible()


@pytest.mark.parametrize(
    ("array", "words"),
    [(np.zeros((3, 2)), "Row 0"), (np.ones((4, 4), int), "floating-point"), (None, "missing")],
)
def test_what_cannot_be_measured_is_one_sentence(
    geometry, explorer, qtbot, monkeypatch, tmp_path, array, words
):
    path = Path(tmp_path / "bad.npy")
    if array is not None:
        np.save(path, array)
    files(monkeypatch, path)
    click(qtbot, geometry.source.file)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    (sentence,) = told(explorer)
    assert words in sentence and "bad.npy" in sentence
    assert geometry.portrait is None and "could not be measured" in geometry.about.text()


def test_temperature_spreads_the_weight(geometry, explorer, qtbot):
    card = geometry.temperature
    qtbot.waitUntil(lambda: card.words.text().startswith("Vector 1"), timeout=PATIENCE)
    explorer.window.show_workspace("retrieval")
    ask(qtbot, explorer, QUESTION)
    explorer.window.show_workspace("geometry")
    qtbot.waitUntil(lambda: QUESTION in card.words.text(), timeout=PATIENCE)

    def sharing():
        return float(card.words.text().split("about ")[1].split(" of")[0].replace(",", ""))

    first = sharing()
    qtbot.keyClick(card.slider.slider, Qt.Key.Key_End)
    assert sharing() > first and sharing() == pytest.approx(318, rel=0.01)
    qtbot.keyClick(card.slider.slider, Qt.Key.Key_Home)
    assert sharing() < first
    assert card.chart.isVisible()
    click(qtbot, card.kind.button("row"))
    qtbot.waitUntil(lambda: card.words.text().startswith("Vector 1"), timeout=PATIENCE)
    click(qtbot, card.kind.button("question"))
    qtbot.waitUntil(lambda: QUESTION in card.words.text(), timeout=PATIENCE)
    explorer.session.ask("")
    qtbot.waitUntil(lambda: card.words.text().startswith("Vector 1"), timeout=PATIENCE)
    assert not card.kind.isVisible()


def test_without_a_project_it_offers_to_open_one(geometry, explorer, qtbot):
    project, searcher = explorer.session.project, explorer.session.searcher
    explorer.session.open(None)
    assert geometry._stack.currentIndex() == 0
    explorer.session.open(project)
    explorer.session.attach(searcher)
    measured(qtbot, geometry)
    assert np.isfinite(geometry.portrait.uniformity)


def test_cards_stand_in_two_columns_or_in_one(geometry, explorer, qtbot):
    def columns():
        return len({card.x() for card in geometry._columns._cards[:2]})

    qtbot.waitUntil(lambda: columns() == 2)
    themes().set_scale(2.0)
    qtbot.waitUntil(lambda: columns() == 1)
    cards = geometry._columns._cards
    qtbot.waitUntil(lambda: all(c.height() >= c.heightForWidth(c.width()) for c in cards))
    themes().set_scale(1.0)
    qtbot.waitUntil(lambda: columns() == 2)
