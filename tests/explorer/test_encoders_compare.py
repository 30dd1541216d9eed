"""The Compare page: two encoders on the same points, linked maps, and what changed."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from running import LEFT, PATIENCE, choose, click, dialogs, held, idle, told

from explorer import saving
from explorer.palettes import categorical, rgb
from explorer.views.encoders import compare_page, compare_source
from explorer.views.encoders.compare_colors import GAINED, KEPT, LOST
from models.comparison.compare import compare
from models.encoders.catalog import load
from models.events import finish
from models.vectors import encode

MOST = 40
SENTENCES = (
    *("A cat sat on the mat.", "The kitten rested on a rug.", "Dogs bark at night."),
    *("Rain falls on the plain.", "Storms bring heavy rain.", "He plays the violin well."),
)


@pytest.fixture(scope="module", autouse=True)
def made(shared):
    """The page, made once and not in the middle of some test."""
    shared.window.view("encoders").show_page("compare")
    shared.window.view("encoders").show_page("scores")


@pytest.fixture
def page(qtbot, explorer):
    """The page on 40 passages of the sample: mean pooling against [CLS]."""
    explorer.window.show_workspace("encoders")
    view = explorer.window.view("encoders")
    page = view.show_page("compare")
    reset(page)
    compared(qtbot, explorer, page)
    yield page
    page.maps.alone.setChecked(False)
    page.choose(-1)
    reset(page)
    compared(qtbot, explorer, page)
    view.show_page("scores")


def reset(page):
    bar = page.bar
    bar.points._added.clear()
    bar.points.set_project(page.context.session.project)
    bar.most.setValue(MOST)
    bar.k.setValue(5)
    bar.surface.set_value("globe")
    bar.projection.setCurrentIndex(0)
    bar.color.setCurrentIndex(0)
    bar.encoders.first.pooling.setCurrentIndex(0)
    bar.encoders.second.pooling.setCurrentIndex(bar.encoders.second.pooling.findData("cls"))
    bar.encoders.first.select("bundled")
    bar.encoders.second.select("bundled")
    page._want()


def compared(qtbot, explorer, page):
    """Waits until what is chosen is what is shown."""

    def there():
        wanted, shown = page.bar.wanted, page.compared
        return (
            idle(explorer)
            and wanted is not None
            and shown is not None
            and (wanted.pair_key, wanted.k) == (shown.wanted.pair_key, shown.wanted.k)
            and (wanted.projection, wanted.surface)
            == (shown.wanted.projection, shown.wanted.surface)
            and not page._asked
        )

    qtbot.waitUntil(there, timeout=PATIENCE)


def type_number(qtbot, field, number):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, str(number))
    qtbot.keyClick(field, Qt.Key.Key_Return)


def pick(box, data):
    at = box.findData(data)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def answer(monkeypatch, path):
    """Answers the next question for a file or folder."""

    class Answering:
        @staticmethod
        def getOpenFileName(*_):
            return str(path), ""

        @staticmethod
        def getExistingDirectory(*_):
            return str(path)

    monkeypatch.setattr(compare_source, "QFileDialog", Answering)


def in_sight(page):
    """A row that both maps have in front, with room around it, and where A has it."""
    first, second = page.maps.canvases
    for row in range(len(page.compared.points)):
        at, there = first.screen_position(row), second.screen_position(row)
        if at is not None and there is not None and first._find(at, 6) == row:
            return row, QPoint(round(at.x()), round(at.y()))
    raise AssertionError("no point is in front")


def test_the_figures_are_those_of_the_vectors(page):
    texts = page.compared.points.texts
    assert len(texts) == MOST and page.bar.about.text().startswith("40 of 318 passages")
    x = page.context.session.project.vectors.array[page.compared.points.rows]
    y = encode(texts, load("bundled", pooling="cls")).array
    np.testing.assert_allclose(page.compared.y, y, atol=1e-5)
    found = finish(compare(x, y, 5))
    shown = {key: part.figure.text() for key, part in page.panel.figures.figures.items()}
    assert shown["kept"] == f"{100 * found.overlap:.0f} %"
    assert shown["moved"] == f"{np.degrees(found.angle):.0f}°"
    assert shown["cka"] == f"{found.cka:.2f}" and shown["rank"] == f"{found.rank:.3f}"
    assert page.panel.figures.figures["kept"].note.text() == "of 5; 13 % by chance"
    cells = page.panel.figures.table.cells
    assert [cell.text() for cell in cells["Dimensions"]] == ["384", "384"]
    assert list(cells)[2] == "Uniformity"
    assert "shuffled" in page.panel.figures.figures["cka"].note.text()
    assert "mean pooling" in page.maps.titles[0].text() and "[CLS]" in page.maps.titles[1].text()


def test_a_click_on_a_map_shows_the_point_in_both_and_selects_its_passage(page, qtbot, explorer):
    row, at = in_sight(page)
    qtbot.mouseClick(page.maps.canvases[0], LEFT, pos=at)
    assert page.maps.selected == row
    assert explorer.session.selection == (int(page.compared.points.rows[row]),)
    for canvas in page.maps.canvases:
        assert canvas._picture.selection.tolist() == [row]
    assert page.panel.point.isVisible()
    found = page.compared.comparison
    sides = found.first[row].tolist(), found.second[row].tolist()
    for side, lines in zip(sides, page.panel.neighbours.rows, strict=True):
        shown = [line for line in lines if line.isVisible()]
        assert [line.row for line in shown] == side
        assert [line.kept for line in shown] == [
            other in set(sides[0]) & set(sides[1]) for other in side
        ]
    unit = page.compared.x / np.linalg.norm(page.compared.x, axis=1, keepdims=True)
    nearest = page.panel.neighbours.rows[0][0]
    assert nearest._figure == f"{unit[row] @ unit[nearest.row]:.2f}"
    click(qtbot, page.panel.close_button)
    assert page.maps.selected == -1 and explorer.session.selection == ()
    assert not page.panel.point.isVisible() and page.maps.canvases[0]._picture.arcs == ()


def test_pointing_in_one_map_joins_the_neighbours_in_both(page, qtbot):
    row, at = in_sight(page)
    first, second = page.maps.canvases
    qtbot.mouseMove(first, at)
    qtbot.waitUntil(lambda: page.maps.pointed == row)
    found = page.compared.comparison
    a, b = set(found.first[row].tolist()), set(found.second[row].tolist())
    expected = {KEPT: len(a & b), LOST: len(a - b), GAINED: len(b - a)}
    for canvas, weak in ((first, GAINED), (second, LOST)):
        arcs = canvas._picture.arcs
        assert {c: sum(arc.colour == c for arc in arcs) for c in expected} == expected
        assert all((arc.strength < 0.5) == (arc.colour == weak) for arc in arcs)
        assert canvas._picture.emphasis.tolist() == sorted(a | b)
        assert len(canvas._picture.markers) == 1
    assert page.maps.cards[0].isVisible() and not page.maps.cards[1].isVisible()
    QApplication.sendEvent(first, QEvent(QEvent.Type.Leave))
    assert page.maps.pointed == -1 and not page.maps.cards[0].isVisible()


@pytest.mark.parametrize("at", [0, 1])
def test_the_camera_of_either_map_moves_both(page, qtbot, at):
    mine, other = page.maps.canvases[at], page.maps.canvases[1 - at]
    before = other.camera.rotation.copy()
    mine.setFocus()
    qtbot.keyClick(mine, Qt.Key.Key_Left)
    qtbot.keyClick(mine, Qt.Key.Key_Plus)
    assert not np.allclose(before, mine.camera.rotation)
    np.testing.assert_allclose(other.camera.rotation, mine.camera.rotation)
    assert other.camera.zoom == mine.camera.zoom > 1
    click(qtbot, page.maps.whole)
    assert mine.camera.zoom == other.camera.zoom == 1


def test_points_travel_from_a_to_b(page, qtbot):
    canvas, slider = page.maps.canvases[0], page.maps.travel
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert page.maps.titles[0].text() == f"A → B, {slider.value()} % of the way"
    row = page.compared.comparison.angles.argmax()
    share = page.compared.maps.at(slider.value() / 100)
    np.testing.assert_allclose(canvas._picture.cloud.position(row), share[row], atol=1e-6)
    click(qtbot, page.maps.play)  # without animations it is there at once
    assert slider.value() == 100 and not page.maps.play.isChecked()
    np.testing.assert_allclose(
        canvas._picture.cloud.position(row), page.compared.maps.second[row], atol=1e-6
    )
    assert page.maps.titles[0].text() == page.maps.titles[1].text()
    click(qtbot, page.maps.alone)
    assert not page.maps.canvases[1].isVisible() and canvas.isVisible()


def test_the_list_begins_with_what_changed_most(page, qtbot):
    order = page.compared.comparison.most_changed
    assert [button.row for button in page.panel.rows[:30]] == order[:30].tolist()
    assert page.panel.rows[0]._figure == f"{page.compared.comparison.kept.min()} of 5"
    click(qtbot, page.panel.rows[3])
    assert page.maps.selected == order[3]


def test_a_passage_selected_elsewhere_is_shown_here(page, explorer):
    rows = page.compared.points.rows
    explorer.session.select((int(rows[7]),))
    assert page.maps.selected == 7 and page.panel.point.isVisible()
    absent = next(row for row in range(318) if row not in rows)
    explorer.session.select((absent,))
    assert page.maps.selected == -1


def test_points_are_coloured_by_overlap_displacement_or_a_column(page):
    canvas = page.maps.canvases[1]
    colors = canvas._picture.points
    kept = page.compared.comparison.kept
    alike = colors[kept == kept.min()]
    assert (alike == alike[0]).all() and (colors[kept == kept.max()] != alike[0]).any()
    assert page.maps.legend.words == (f"{kept.min()} of 5", f"{kept.max()} kept")
    pick(page.bar.color, "angle")
    assert page.maps.legend.words[1].endswith("° moved")
    assert not np.array_equal(canvas._picture.points, colors)
    pick(page.bar.color, "column topic")
    topics = page.compared.points.columns["topic"]
    names = page.maps.legend.words
    table = rgb(categorical(len(names)))
    assert set(names) == set(topics)  # no more than twelve, so none is left out
    expected = table[[names.index(topic) for topic in topics]]
    np.testing.assert_array_equal(canvas._picture.points, expected)


def test_another_number_of_neighbours_embeds_nothing_anew(page, qtbot, explorer):
    x, before = page.compared.x, page.compared
    type_number(qtbot, page.bar.k, 8)
    compared(qtbot, explorer, page)
    assert page.compared is not before and page.compared.x is x
    assert page.compared.comparison.k == 8 and page.compared.maps is before.maps


def test_maps_change_without_comparing_anew(page, qtbot, explorer):
    before = page.compared
    qtbot.keyClick(page.bar.surface, Qt.Key.Key_Right)
    compared(qtbot, explorer, page)
    assert page.compared.comparison is before.comparison
    assert page.compared.maps.surface == "flat" and not page.compared.maps.first[:, 2].any()
    pick(page.bar.projection, "joint")
    compared(qtbot, explorer, page)
    assert "of both" in page.maps.notes[0].text()


def test_sides_are_swapped(page, qtbot, explorer):
    before = page.compared
    asked = []
    page.work.arrived.connect(lambda found: asked.append((found.x, found.y)))
    click(qtbot, page.bar.encoders.swap)
    qtbot.waitUntil(lambda: page.compared is not before and idle(explorer), timeout=PATIENCE)
    compared(qtbot, explorer, page)
    assert page.compared.x is before.y and page.compared.y is before.x
    assert all(x is not y for x, y in asked)  # at no moment is one encoder on both sides
    assert "[CLS]" in page.maps.titles[0].text()


def test_sentences_of_a_file_are_compared(page, qtbot, explorer, monkeypatch, tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("\n".join(SENTENCES), "utf-8")
    answer(monkeypatch, path)
    pick(page.bar.points.choice, compare_source._FILE)
    compared(qtbot, explorer, page)
    assert page.bar.about.text().startswith("All 6 sentences of own.txt")
    assert page.bar.points.choice.currentText() == "own.txt"
    page.choose(2)
    assert explorer.session.selection == ()  # these are no passages
    assert page.panel.text.text() == SENTENCES[2]


def test_the_sample_is_there_whatever_is_open(page, qtbot, explorer):
    pick(page.bar.points.choice, "sample")
    compared(qtbot, explorer, page)
    assert page.bar.about.text().startswith("40 of 318 passages of the bundled sample")
    page.choose(1)
    assert explorer.session.selection == ()
    page.bar.points.set_project(None)
    assert page.bar.points.choice.itemText(0) == "Bundled sample"
    assert page.bar.points.current.key == "sample"


def test_too_few_sentences_and_a_file_that_is_gone_are_one_sentence(
    page, qtbot, explorer, monkeypatch, tmp_path
):
    path = tmp_path / "two.txt"
    path.write_text("One.\nTwo.\n")
    answer(monkeypatch, path)
    pick(page.bar.points.choice, compare_source._FILE)
    qtbot.waitUntil(lambda: "3 texts at least, not 2" in page.bar.about.text(), timeout=PATIENCE)
    assert page.bar.again.isVisible()
    path.unlink()
    click(qtbot, page.bar.again)
    qtbot.waitUntil(lambda: "no file" in page.bar.about.text(), timeout=PATIENCE)
    path.write_text("\n".join(SENTENCES))
    click(qtbot, page.bar.again)
    compared(qtbot, explorer, page)
    assert not page.bar.again.isVisible()


def test_pairs_of_stsb_give_alignment(page, qtbot, explorer, monkeypatch, tmp_path):
    rows = [
        f"main\tx\t2012\t{n}\t{gold}\t{SENTENCES[n]}\t{SENTENCES[m]}\n"
        for n, m, gold in ((0, 1, 4.6), (2, 5, 0.2), (3, 4, 4.2), (1, 3, 1.0))
    ]
    path = tmp_path / "pairs.csv"
    path.write_text("".join(rows), "utf-8")
    answer(monkeypatch, path)
    pick(page.bar.points.choice, compare_source._TABLE)
    compared(qtbot, explorer, page)
    cells = page.panel.figures.table.cells
    assert "Alignment, 2 pairs" in cells and "STS-B, 4 pairs" in cells
    x, rows = page.compared.x, page.compared.points.pairs[[0, 2]]
    apart = np.square(x[rows[:, 0]] - x[rows[:, 1]]).sum(1).mean()
    assert cells["Alignment, 2 pairs"][0].text() == f"{apart:.3f}"


def test_maps_and_points_are_saved(page, qtbot, explorer, monkeypatch, tmp_path):
    monkeypatch.setattr(saving, "QFileDialog", dialogs(tmp_path / "b"))
    click(qtbot, page.maps.save)
    choose(qtbot, "Map of B …")
    assert QImage(str(tmp_path / "b.png")).width() == 2 * page.maps.canvases[1].width()
    monkeypatch.setattr(saving, "QFileDialog", dialogs(tmp_path / "points.csv"))
    click(qtbot, page.maps.save)
    choose(qtbot, "Points and neighbours (CSV) …")
    qtbot.waitUntil(lambda: len(told(explorer)) == 2, timeout=PATIENCE)
    with (tmp_path / "points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found, numbers = page.compared.comparison, page.compared.points.rows
    assert [int(row["point"]) for row in rows] == numbers.tolist()
    assert [int(row["kept"]) for row in rows] == found.kept.tolist()
    near = [int(number) for number in rows[3]["neighbours_b"].split()]
    assert near == numbers[found.second[3]].tolist()
    assert rows[3]["topic"] == page.compared.points.columns["topic"][3]
    assert float(rows[3]["degrees"]) == pytest.approx(np.degrees(found.angles[3]), abs=1e-3)


def test_a_cancelled_comparison_can_be_asked_for_again(page, qtbot, explorer, monkeypatch):
    go = held(monkeypatch, compare_page, "comparing")
    type_number(qtbot, page.bar.most, 300)
    qtbot.waitUntil(lambda: page.work._job is not None and page.work._job.progress is not None)
    page.work._job.cancel()
    qtbot.waitUntil(lambda: "cancelled" in page.bar.about.text(), timeout=PATIENCE)
    assert len(page.compared.points) == MOST and page.bar.again.isVisible()
    go.set()
    page.bar.most.setValue(MOST)
    click(qtbot, page.bar.again)
    compared(qtbot, explorer, page)
    assert not page.bar.again.isVisible()
