"""The Sphere as people use it: choosing a projection, pointing, colouring, saving."""

import os
import shutil
import signal
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from running import CONTROL, LEFT, PATIENCE, SHIFT, ask, click, dialogs, idle, told

from explorer import saving

QUESTION = "Why does dropout work as an augmentation for sentences?"


@pytest.fixture
def sphere(qtbot, explorer):
    """The workspace on PCA's globe, at rest, coloured by topic."""
    window = explorer.window
    window.show_workspace("sphere")
    view = window.view("sphere")
    view.spin.setChecked(False)
    for control, value in ((view.technique, "pca"), (view.surface, "globe")):
        if control.value != value:
            click(qtbot, control.button(value))
    color(qtbot, view, "field:topic")
    qtbot.waitUntil(lambda: shown(view) == ("pca", "globe") and idle(explorer), timeout=PATIENCE)
    view.canvas.reset_view()
    return view


def shown(view):
    layout = view.layout_shown
    return layout and (layout.technique, layout.surface)


def color(qtbot, view, key):
    """Chooses what to colour by, as a click in the list does, and waits for the colours."""
    with qtbot.waitSignal(view.colors.arrived, timeout=PATIENCE):
        view.column.setCurrentIndex(view.column.findData(key))
        view.column.activated.emit(view.column.currentIndex())


def places(view):
    """Where each point is on the canvas, NaN for one that cannot be seen."""
    spots = [view.canvas.screen_position(row) for row in range(view.canvas.count)]
    return np.array([(spot.x(), spot.y()) if spot else (np.nan, np.nan) for spot in spots])


def alone(view):
    """The row in front that is farthest from any other, and its place."""
    spots = places(view)
    distance = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    seen = np.isfinite(spots[:, 0])
    room = np.where(seen, np.nanmin(np.where(seen[None], distance, np.inf), axis=1), -1)
    row = int(room.argmax())
    return row, QPoint(*np.rint(spots[row]).astype(int).tolist())


def enclose(qtbot, canvas, center, reach, modifier=Qt.KeyboardModifier.NoModifier):
    """Draws a closed square around ``center``."""
    steps = ((-1, -1), (0, -1), (1, -1), (1, 1), (-1, 1), (-1, 0))
    path = [center + QPoint(x * reach, y * reach) for x, y in steps]
    qtbot.mousePress(canvas, LEFT, modifier, path[0])
    for place in path[1:]:
        qtbot.mouseMove(canvas, place)
    qtbot.mouseRelease(canvas, LEFT, modifier, path[-1])


def markers(view):
    return view.canvas._picture.markers


def named(section):
    return [row.text() for row in section.rows if not row.isHidden()]


def test_pca_puts_every_passage_on_the_globe_its_map_and_the_flat(qtbot, explorer, sphere):
    count = len(explorer.session.project.passages)
    assert sphere.canvas.count == count == 318
    lengths = np.linalg.norm(sphere.links.positions, axis=1)
    assert np.allclose(lengths, 1, atol=1e-5)
    assert "384 → 3 dimensions" in sphere.facts.text() and "PCA" in sphere.facts.text()
    globe = sphere.layout_shown
    click(qtbot, sphere.surface.button("unrolled"))
    assert sphere.layout_shown is globe, "only unrolled, not computed anew"
    assert np.all(sphere.links.positions[:, 2] == 0)
    assert sphere.facts.text().endswith("Unrolled by Hammer's equal-area map.")
    assert not sphere.spin.isEnabled()
    click(qtbot, sphere.surface.button("flat"))
    qtbot.waitUntil(lambda: shown(sphere) == ("pca", "flat"), timeout=PATIENCE)
    assert np.all(sphere.links.positions[:, 2] == 0)
    assert np.abs(sphere.links.positions).max() <= 1
    assert "384 → 2 dimensions" in sphere.facts.text()
    assert explorer.settings.view("sphere")["surface"] == "flat"
    click(qtbot, sphere.surface.button("globe"))
    qtbot.waitUntil(lambda: shown(sphere) == ("pca", "globe"), timeout=PATIENCE)
    assert sphere.spin.isEnabled()


def test_a_layout_of_the_last_project_is_not_shown_on_the_next(qtbot, explorer, sphere):
    project, searcher = explorer.session.project, explorer.session.searcher
    explorer.session.open(None)
    assert sphere.canvas.count == 0 and sphere.layout_shown is None
    assert sphere._stack.currentIndex() == 0
    explorer.session.open(project)
    assert sphere.canvas.count == 0
    qtbot.waitUntil(lambda: sphere.canvas.count == 318, timeout=PATIENCE)
    explorer.session.attach(searcher)


def test_a_clicked_point_is_selected_and_told_in_full(qtbot, explorer, sphere):
    row, place = alone(sphere)
    qtbot.mouseClick(sphere.canvas, LEFT, pos=place)
    assert explorer.session.selection == (row,)
    passage = explorer.session.project.passages[row]
    assert sphere.panel.selection.isVisible()
    assert sphere.panel.title.text() == passage.title
    assert sphere.panel.text.text() == passage.text
    assert passage.fields["topic"] in sphere.panel.source.text()


def test_neighbours_are_those_of_the_vectors_and_can_be_followed(qtbot, explorer, sphere):
    row, place = alone(sphere)
    qtbot.mouseClick(sphere.canvas, LEFT, pos=place)
    near = sphere.panel.neighbours
    qtbot.waitUntil(near.isVisible, timeout=PATIENCE)
    vectors = explorer.session.project.vectors.array
    similar = vectors @ vectors[row]
    similar[row] = -np.inf
    expected = np.argsort(-similar)[:8].tolist()
    listed = [button.row for button in near.rows if not button.isHidden()]
    assert listed == expected
    assert len(sphere.canvas._picture.arcs) == 8
    click(qtbot, near.rows[0])
    assert explorer.session.selection == (expected[0],)
    passages = explorer.session.project.passages
    assert sphere.panel.title.text() == passages[expected[0]].title


def test_a_lasso_selects_what_it_encloses(qtbot, explorer, sphere):
    row, place = alone(sphere)
    enclose(qtbot, sphere.canvas, place, 9, SHIFT)
    assert explorer.session.selection == (row,)
    spots = places(sphere)
    center = QPoint(sphere.canvas.width() // 2, sphere.canvas.height() // 2)
    click(qtbot, sphere.lasso)
    enclose(qtbot, sphere.canvas, center, 80)
    assert not sphere.lasso.isChecked(), "the next drag turns the globe again"
    offset = np.abs(spots - (center.x(), center.y()))
    surely, perhaps = (offset < 79).all(axis=1), (offset < 81).all(axis=1)
    chosen = set(explorer.session.selection)
    assert set(np.flatnonzero(surely).tolist()) <= chosen
    assert chosen <= set(np.flatnonzero(perhaps).tolist())
    assert len(chosen) > 5
    assert sphere.panel.title.text() == f"{len(chosen)} passages"
    assert len(named(sphere.panel.neighbours)) == min(len(chosen), 30)


def test_escape_and_the_button_clear_the_selection(qtbot, explorer, sphere):
    _, place = alone(sphere)
    qtbot.mouseClick(sphere.canvas, LEFT, pos=place)
    qtbot.keyClick(sphere.canvas, Qt.Key.Key_Escape)
    assert explorer.session.selection == () and not sphere.panel.selection.isVisible()
    qtbot.mouseClick(sphere.canvas, LEFT, pos=place)
    click(qtbot, sphere.panel.close_button)
    assert explorer.session.selection == ()
    qtbot.mouseClick(sphere.canvas, LEFT, pos=place)
    qtbot.mouseClick(sphere.canvas, LEFT, pos=QPoint(4, 4))
    assert explorer.session.selection == (), "a click beside the points clears too"


def test_colours_follow_topic_source_clusters_and_scores(qtbot, explorer, sphere):
    topics = explorer.session.project.passages.column("topic")
    assert len(sphere.legend.chips) == len(set(topics)) == 12
    classes = [chip.text() for chip in sphere.legend.chips]
    colors = sphere.canvas._picture.points
    assert len({tuple(color) for color in colors.tolist()}) == 12
    same = [row for row, topic in enumerate(topics) if topic == classes[0]]
    assert len(np.unique(colors[same], axis=0)) == 1
    color(qtbot, sphere, "source")
    assert [chip.text() for chip in sphere.legend.chips] == ["passages.jsonl"]
    color(qtbot, sphere, "cluster")
    assert 2 <= len(sphere.legend.chips) <= 24
    color(qtbot, sphere, "score")
    assert sphere.legend.chips == []
    ask(qtbot, explorer, QUESTION)
    qtbot.waitUntil(lambda: sphere._coloring.ramp[1] > 0.3 and idle(explorer), timeout=PATIENCE)
    best = explorer.session.answer.hits["dense"][0]
    assert sphere._coloring.ramp[1] == pytest.approx(best.score, abs=1e-4)
    names = [part.accessibleName() for part in sphere.legend.widget().findChildren(QWidget)]
    assert sum(name.startswith("Colours from ") for name in names) == 1


def test_a_class_of_the_legend_can_be_singled_out(qtbot, explorer, sphere):
    topics = np.array(explorer.session.project.passages.column("topic"))
    first, second = sphere.legend.chips[:2]
    click(qtbot, first)
    assert np.array_equal(sphere.canvas._picture.dimmed, topics != first.text())
    click(qtbot, second)
    both = np.isin(topics, [first.text(), second.text()])
    assert np.array_equal(sphere.canvas._picture.dimmed, ~both)
    click(qtbot, first)
    click(qtbot, second)
    assert sphere.canvas._picture.dimmed is None


def test_every_class_of_the_legend_shows_its_count(qtbot, explorer, sphere):
    color(qtbot, sphere, "title")
    room = sphere.legend.viewport().width()
    assert sphere.legend.widget().width() <= room, "long names give way to the counts"


def test_the_question_is_a_point_that_moves_as_you_type(qtbot, explorer, sphere):
    assert markers(sphere) == ()
    ask(qtbot, explorer, QUESTION)
    (before,) = markers(sphere)
    assert before.kind == "question" and before.label.startswith("Why does dropout")
    assert np.linalg.norm(before.position) == pytest.approx(1, abs=1e-4)
    hits = [hit.row for hit in explorer.session.answer.hits["dense"][:10]]
    assert [button.row for button in sphere.panel.hits.rows if not button.isHidden()] == hits
    assert len(sphere.canvas._picture.arcs) == 10
    sphere.box.selectAll()
    qtbot.keyClicks(sphere.box, "volcano")
    qtbot.waitUntil(lambda: markers(sphere) and markers(sphere)[0].label == "volcano")
    (after,) = markers(sphere)
    assert np.linalg.norm(np.subtract(after.position, before.position)) > 0.1
    click(qtbot, sphere.surface.button("unrolled"))
    assert markers(sphere)[0].position[2] == 0, "it lies on the map like the points"
    click(qtbot, sphere.box.clear_button)
    assert markers(sphere) == () and not sphere.panel.hits.isVisible()


def test_a_hit_of_the_panel_is_selected_in_retrieval_too(qtbot, explorer, sphere):
    ask(qtbot, explorer, QUESTION)
    click(qtbot, sphere.panel.hits.rows[2])
    row = explorer.session.answer.hits["dense"][2].row
    assert explorer.session.selection == (row,)
    assert explorer.window.view("retrieval").lists["dense"].view.currentIndex().row() == 2


def test_pointing_at_a_point_shows_its_passage(qtbot, explorer, sphere):
    row, place = alone(sphere)
    qtbot.mouseMove(sphere.canvas, place)
    card = sphere.card
    assert card.isVisible()
    passage = explorer.session.project.passages[row]
    assert card.title.text() == passage.title
    begins = card.text.text().removesuffix(" …")
    assert " ".join(passage.text.split()).startswith(begins) and len(begins) > 100
    assert sphere.canvas.rect().contains(card.geometry())
    assert card.text.height() >= card.text.heightForWidth(card.text.width())
    QApplication.sendEvent(sphere.canvas, QEvent(QEvent.Type.Leave))
    assert not card.isVisible()


def test_the_picture_is_saved_as_png_and_svg(qtbot, explorer, sphere, monkeypatch, tmp_path):
    ask(qtbot, explorer, QUESTION)
    png, svg = tmp_path / "sphere.png", tmp_path / "sphere.svg"
    monkeypatch.setattr(saving, "QFileDialog", dialogs(png))
    qtbot.keyClick(explorer.window, Qt.Key.Key_S, CONTROL)
    image = QImage(str(png))
    assert image.width() == 2 * sphere.canvas.width()
    assert len({image.pixel(x, image.height() // 2) for x in range(image.width())}) > 10
    monkeypatch.setattr(saving, "QFileDialog", dialogs(svg))
    click(qtbot, sphere.save)
    text = " ".join(ElementTree.fromstring(svg.read_text("utf-8")).itertext())
    assert "Why does dropout" in text
    assert told(explorer) == [f"The picture is saved in {path}." for path in (png, svg)]
    monkeypatch.setattr(saving, "QFileDialog", dialogs(tmp_path / "plain"))
    click(qtbot, sphere.save)
    assert (tmp_path / "plain.png").is_file(), "a name without an ending is a PNG"


def test_a_picture_that_cannot_be_written_is_one_sentence(
    qtbot, explorer, sphere, monkeypatch, tmp_path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(saving, "QFileDialog", dialogs(tmp_path / "file" / "x.png"))
    click(qtbot, sphere.save)
    assert len(told(explorer)) == 1
    assert explorer.window.toasts.toasts[0].notice.kind == "error"


@pytest.mark.slow
def test_umap_runs_beside_and_a_killed_one_leaves_the_picture(qtbot, explorer, sphere):
    globe = sphere.layout_shown
    shutil.rmtree(explorer.session.project.layouts)  # those that came with the sample
    click(qtbot, sphere.technique.button("umap"))
    process = explorer.projector._process
    qtbot.waitUntil(lambda: process.pid is not None, timeout=PATIENCE)
    os.kill(process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(told(explorer)) == 1, timeout=PATIENCE)
    assert "UMAP's process ended before it had finished" in told(explorer)[0]
    assert sphere.layout_shown is globe and sphere.canvas.count == 318
    assert sphere.technique.value == "pca", "so that UMAP can be chosen again"
    click(qtbot, sphere.surface.button("flat"))
    click(qtbot, sphere.technique.button("umap"))
    qtbot.waitUntil(lambda: shown(sphere) == ("umap", "flat"), timeout=PATIENCE)
    assert "UMAP (15 neighbours, seed 0)" in sphere.facts.text()
    assert np.abs(sphere.links.positions).max() <= 1
    ask(qtbot, explorer, QUESTION)
    assert len(markers(sphere)) == 1
    process.close()
