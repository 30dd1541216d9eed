"""The Geometry workspace: figures of the open project, and temperature by hand."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from running import PATIENCE, ask

from explorer.theme import themes
from models.events import finish
from models.portrait import portray

QUESTION = "Why does dropout work as an augmentation for sentences?"


@pytest.fixture
def geometry(qtbot, explorer):
    explorer.window.show_workspace("geometry")
    view = explorer.window.view("geometry")
    qtbot.waitUntil(lambda: view.portrait is not None, timeout=PATIENCE)
    return view


def test_the_figures_are_those_of_the_vectors(geometry, explorer):
    expected = finish(portray(explorer.session.project.vectors.array))
    shown = {tile.name.text(): tile.figure.text() for tile in geometry.tiles}
    assert shown["Uniformity"] == f"{expected.uniformity:.3f}"
    assert shown["Mean cosine"] == f"{expected.mean_cosine:.3f}"
    assert shown["Effective rank"] == f"{expected.effective_rank:.1f}"
    assert shown["Largest eigenvalue"] == f"{expected.largest:.1f}"
    assert "All 318 passages" in geometry.about.text() and "mean pooling" in geometry.about.text()


def test_charts_show_and_follow_the_theme(geometry, qtbot):
    def backgrounds():
        charts = [card.chart for card in (geometry.cosines, geometry.spectrum)]
        return {chart.backgroundBrush().color().name() for chart in charts}

    for card in (geometry.cosines, geometry.spectrum):
        assert card.chart.isVisible() and not card.chart.getPlotItem().ctrlMenu.isVisible()
    themes().set_mode("light")
    assert backgrounds() == {themes().current.surface}
    themes().set_mode("dark")
    assert backgrounds() == {themes().current.surface}


def test_temperature_spreads_the_weight(geometry, explorer, qtbot):
    card = geometry.temperature
    assert "Ask a question" in card.words.text()
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
    explorer.session.ask("")
    qtbot.waitUntil(lambda: "Ask a question" in card.words.text())
    assert not card.chart.isVisible()


def test_without_a_project_it_offers_to_open_one(geometry, explorer, qtbot):
    project, searcher = explorer.session.project, explorer.session.searcher
    explorer.session.open(None)
    assert geometry._stack.currentIndex() == 0
    explorer.session.open(project)
    explorer.session.attach(searcher)
    qtbot.waitUntil(lambda: geometry.portrait is not None, timeout=PATIENCE)
    assert np.isfinite(geometry.portrait.uniformity)
