"""The Triplets workspace: measuring, order, choice, the triangle on the sphere, two encoders."""

import csv
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from running import LEFT, PATIENCE, click, drop, idle, told

from explorer import saving
from explorer.corpus.sheet import CorpusSheet
from explorer.theme import themes
from explorer.views.triplets import measuring, source_bar
from explorer.views.triplets.globe import TripletGlobe
from explorer.views.triplets.table import TripletTableView
from models.data.nli import Triplet, read_triplets
from models.encoders.catalog import bundled_folder
from models.evaluation.embedding import SentenceVectors
from models.evaluation.triplets import score_triplets
from models.events import Progress, finish
from models.triangle import Triangle
from models.triplet_set import TripletSet
from models.triplet_table import TripletTable

ROWS = (
    ("The dog sleeps.", "A dog is asleep.", "Prices rose again in March.", "easy"),
    ("The gate is not locked.", "Anyone can get in.", "The gate is locked.", "hard"),
    ("Anna lent Boris a bicycle.", "Boris borrowed a bike.", "Boris lent Anna a bicycle.", "hard"),
    ("Water boils at a hundred degrees.", "Water can boil.", "I like to read novels.", "easy"),
)


def write(path, rows=ROWS):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("sent0", "sent1", "hard_neg", "kind"), *rows])
    return path


@pytest.fixture
def view(qtbot, explorer, tmp_path):
    """The workspace on four triplets, measured by the bundled encoder alone."""
    explorer.window.show_workspace("triplets")
    view = explorer.window.view("triplets")
    settled(qtbot, view)
    path = write(tmp_path / "mine.csv")
    view.bar.open(path)
    settled(qtbot, view, path)
    yield view
    if view.bar.beside.isChecked():
        click(qtbot, view.bar.beside)
    view._clear_filters()
    view.table.sort("", False)
    view.panel.page.button("triplet").click()
    settled(qtbot, view)


def settled(qtbot, view, path=None):
    """Waits until the triplets of ``path`` are read, measured and arranged."""

    def done():
        table = view.table.rows.table
        if table is None or table is not view.shown or view.busy:
            return False
        both = table.second is not None or not view.bar.beside.isChecked()
        known = path is None or table.what.source == str(path)
        return known and both and table.first is not None

    qtbot.waitUntil(done, timeout=PATIENCE)


def premises(view):
    return [view.table.rows.table.what.triplets[row].premise for row in view.table.rows.rows]


def cell(view, row, name):
    index = view.table.rows.index(row, view.table.rows.columns.index(name))
    return index.data()


def header(qtbot, view, name):
    """Clicks the head of a column."""
    bar = view.table.horizontalHeader()
    at = view.table.rows.columns.index(name)
    x = bar.sectionViewportPosition(at) + bar.sectionSize(at) // 2
    qtbot.mouseClick(bar.viewport(), LEFT, pos=QPoint(x, bar.height() // 2))
    settled(qtbot, view)


def pick(qtbot, box, name):
    """Chooses the entry whose data is ``name``, by keys."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(name)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == name


def compare(qtbot, view):
    """Puts the same encoder, pooled by [CLS], beside the first."""
    click(qtbot, view.bar.beside)
    settled(qtbot, view)


# What is measured


def test_every_cosine_and_figure_is_the_encoder_s(view):
    vectors = SentenceVectors(view.bar.first.encoder)
    score = finish(score_triplets(vectors, [Triplet(*row) for row in ROWS]))
    for row in range(len(ROWS)):
        assert float(cell(view, row, "entailed")) == pytest.approx(score.entailed[row], abs=6e-4)
        margin = cell(view, row, "margin").replace("−", "-")
        assert float(margin) == pytest.approx(score.margins[row], abs=6e-4)
    assert view.summary.title.text() == "4 triplets"
    shown = [cell.text() for cell in view.summary.cells[0]]
    assert shown[0] == f"{score.ordered:.1f} %" == "50.0 %"
    assert shown[2] == f"{score.entailed.mean():.3f}"
    assert "mean" in view.summary.names[0].text()


def test_wrong_order_is_marked(view):
    at = view.table.rows.columns.index("margin")
    colors = [
        view.table.rows.index(row, at).data(Qt.ItemDataRole.ForegroundRole) for row in range(4)
    ]
    assert [color is not None for color in colors] == [False, True, True, False]


def test_the_bundled_triplets_are_there_from_the_start(view, qtbot):
    pick(qtbot, view.bar.choice, "bundled")
    qtbot.keyClick(view.bar.choice, Qt.Key.Key_Return)
    view.bar.ask()
    settled(qtbot, view, "bundled")
    count = len(finish(read_triplets("bundled")))
    assert view.summary.title.text() == f"{count} triplets"
    assert len(view.panel.groups.rows) > 10 and len(premises(view)) == count


# Order and choice


def test_a_click_on_a_head_sorts_and_a_third_one_undoes_it(view, qtbot):
    start = premises(view)
    header(qtbot, view, "margin")
    least = premises(view)
    figures = view.shown.figures("margin")
    assert least == [ROWS[row][0] for row in np.argsort(figures, kind="stable")]
    assert view.table.currentIndex().row() == 0  # who sorts looks at what comes first
    header(qtbot, view, "margin")
    assert premises(view) == least[::-1]
    header(qtbot, view, "margin")
    assert premises(view) == start


def test_words_filter_while_they_are_typed(view, qtbot):
    qtbot.keyClicks(view.filters.words, "boris bicycle")
    qtbot.waitUntil(lambda: premises(view) == [ROWS[2][0]], timeout=PATIENCE)
    assert view.filters.count.text() == "1 of 4"
    assert view.panel.sentences.parts[0].text.text() == ROWS[2][0]
    qtbot.keyClicks(view.filters.words, "zzz")
    qtbot.waitUntil(lambda: not premises(view), timeout=PATIENCE)
    assert view._stack.currentIndex() == 1 and view.panel.globe.shown is None
    click(qtbot, view._stack.currentWidget().buttons[0])
    qtbot.waitUntil(lambda: len(premises(view)) == 4, timeout=PATIENCE)
    assert view.filters.words.text() == ""


def test_only_those_in_the_wrong_order(view, qtbot):
    pick(qtbot, view.filters.only, "wrong")
    qtbot.keyClick(view.filters.only, Qt.Key.Key_Return)
    view.filters.choose(only="wrong")
    settled(qtbot, view)
    assert premises(view) == [ROWS[1][0], ROWS[2][0]]


def test_a_group_shows_its_triplets(view, qtbot):
    click(qtbot, view.panel.page.button("groups"))
    rows = {row.group.title: row for row in view.panel.groups.rows}
    assert rows["hard"].group.ordered == (0.0,) and rows["easy"].group.ordered == (100.0,)
    click(qtbot, rows["hard"])
    qtbot.waitUntil(lambda: len(premises(view)) == 2, timeout=PATIENCE)
    assert view.filters.kind.currentData() == "hard"


# The triangle


def test_arrow_keys_go_through_the_rows_and_the_triangle_follows(view, qtbot):
    view.table.setFocus()
    view.table.go_to(0)
    for row in range(1, 4):
        qtbot.keyClick(view.table, Qt.Key.Key_Down)
        texts = [part.text.text() for part in view.panel.sentences.parts]
        assert texts == list(ROWS[row][:3])
        score, shown = view.shown.first.score, view.panel.globe.shown
        assert math.cos(shown.entailed) == pytest.approx(score.entailed[row], abs=1e-6)
        assert math.cos(shown.contradicted) == pytest.approx(score.contradicted[row], abs=1e-6)
        corners = shown.corners()
        assert corners[1] @ corners[2] == pytest.approx(score.opposed[row], abs=1e-6)


def test_the_globe_turns_and_comes_back(view, qtbot):
    globe = view.panel.globe
    middle = QPoint(globe.width() // 2, globe.height() // 2)
    qtbot.mousePress(globe, LEFT, pos=middle)
    qtbot.mouseMove(globe, middle + QPoint(60, 10))
    qtbot.mouseRelease(globe, LEFT, pos=middle + QPoint(60, 10))
    qtbot.waitUntil(lambda: not np.allclose(globe.camera.rotation, np.eye(3)))
    qtbot.mouseDClick(globe, LEFT, pos=middle)
    assert np.allclose(globe.camera.rotation, np.eye(3))


def test_a_triangle_moves_to_the_next_and_comes_to_rest(focused, qtbot):
    globe = focused(TripletGlobe())
    one, other = Triangle.of(0.9, 0.2, 0.1), Triangle.of(0.3, 0.8, 0.5)
    globe.show_triangle(one)
    assert globe.drawn == one and not globe._timer.isActive()
    globe.show_triangle(other, one)
    between = []
    globe._timer.timeout.connect(lambda: between.append(globe.drawn))
    qtbot.waitUntil(lambda: not globe._timer.isActive())
    assert globe.drawn == other
    assert any(other.entailed > step.entailed > one.entailed for step in between)
    themes().set_animations(False)
    globe.show_triangle(one)
    assert globe.drawn == one and not globe._timer.isActive()


@pytest.mark.parametrize("cosines", [(1, 1, 1), (-1, 1, -1), (0, 0, -1), (0.99, 0.98, 0.97)])
def test_every_triangle_is_drawn_whatever_its_shape(focused, cosines):
    globe = focused(TripletGlobe())
    globe.resize(300, 240)
    bare = globe.grab().toImage()
    globe.show_triangle(Triangle.of(*cosines), Triangle.of(0.5, 0.5, 0.5))
    themes().set_animations(False)
    assert globe.grab().toImage() != bare


# Two encoders


def test_a_second_encoder_stands_beside_the_first(view, qtbot):
    assert "change" not in view.table.rows.columns
    compare(qtbot, view)
    score, other = view.shown.first.score, view.shown.second.score
    assert not np.allclose(score.entailed, other.entailed)
    for row in range(4):
        change = float(cell(view, row, "change").replace("−", "-"))
        assert change == pytest.approx(other.margins[row] - score.margins[row], abs=6e-4)
    assert "explorer-mini" in view.summary.names[1].text() and view.summary.names[1].isVisible()
    globe = view.panel.globe
    assert (globe.ghost, globe.shown) == view.panel.triangles and globe.ghost is not None
    for name, at in (("A", 0), ("B", 1)):
        click(qtbot, view.panel.encoder.button(name))
        assert globe.shown == view.panel.triangles[at] and globe.ghost is None
    click(qtbot, view.panel.encoder.button("both"))
    click(qtbot, view.bar.beside)
    settled(qtbot, view)
    assert "change" not in view.table.rows.columns and globe.ghost is None


def test_order_that_differs_is_found(view, qtbot):
    compare(qtbot, view)
    first, second = (seen.score.margins > 0 for seen in (view.shown.first, view.shown.second))
    view.filters.choose(only="changed")
    settled(qtbot, view)
    assert premises(view) == [ROWS[row][0] for row in np.flatnonzero(first != second)]
    click(qtbot, view.bar.beside)  # what takes two encoders is let go with the second
    settled(qtbot, view)
    assert len(premises(view)) == 4 and view.filters.only.findData("changed") < 0


def test_another_encoder_is_pooled_as_it_was_trained(explorer, qtbot):
    bar = source_bar.SourceBar(explorer.context)
    qtbot.addWidget(bar)
    second, folder = bar.second, str(bundled_folder())
    assert (bar.first.name, second.name) == ("bundled", "explorer-mini")
    second._add(folder, "Mine")
    second.select(folder)
    assert second.pooling.currentData() == ""
    pick(qtbot, second.pooling, "max")
    second.refresh()
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert second.name == folder and second.pooling.currentData() == "max"


# Files


def test_a_bad_file_is_one_sentence_and_leaves_what_is_shown(view, qtbot, explorer, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("one,two\n1,2\n")
    view.bar.open(bad)
    qtbot.waitUntil(lambda: bool(told(explorer)), timeout=PATIENCE)
    assert "neither sent0, sent1, hard_neg" in told(explorer)[0]
    assert len(premises(view)) == 4 and view.shown.what.name == "mine.csv"
    assert view.bar.choice.currentText() == "mine.csv"


def test_rows_that_were_passed_over_are_counted(view, qtbot, tmp_path):
    view.bar.open(write(tmp_path / "holes.csv", [*ROWS, ("p", "", "c", ""), ("", "", "", "x")]))
    settled(qtbot, view, tmp_path / "holes.csv")
    assert "2 rows were passed over, the first at holes.csv, line 6" in view.summary.about.text()


def test_a_file_is_opened_by_the_dialog_or_dropped(view, qtbot, explorer, tmp_path, monkeypatch):
    path = write(tmp_path / "chosen.csv", ROWS[:2])

    class Answering:
        @staticmethod
        def getOpenFileName(*_):
            return str(path), ""

    monkeypatch.setattr(source_bar, "QFileDialog", Answering)
    click(qtbot, view.bar.file)
    settled(qtbot, view, path)
    drop(explorer.window, write(tmp_path / "dropped.csv", ROWS[:3]))
    settled(qtbot, view, tmp_path / "dropped.csv")
    assert len(premises(view)) == 3
    assert not [sheet for sheet in explorer.window.findChildren(CorpusSheet) if sheet.isVisible()]


def test_what_is_shown_is_saved_with_its_figures(view, qtbot, explorer, tmp_path, monkeypatch):
    target = tmp_path / "out.csv"

    class Answering:
        @staticmethod
        def getSaveFileName(*_):
            return str(target), ""

    monkeypatch.setattr(saving, "QFileDialog", Answering)
    view.filters.choose(only="wrong")
    settled(qtbot, view)
    click(qtbot, view.filters.export)
    qtbot.waitUntil(lambda: bool(told(explorer)), timeout=PATIENCE)
    assert "2 triplets are saved" in told(explorer)[0]
    with target.open(newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    assert [line[0] for line in lines[1:]] == [ROWS[1][0], ROWS[2][0]]
    assert float(lines[1][-1]) == pytest.approx(view.shown.first.score.margins[1], abs=1e-5)


def test_embedding_can_be_cancelled_and_gone_on_with(view, qtbot, tmp_path, monkeypatch, explorer):
    def endless(what, encoder):
        while True:
            yield Progress("Embedding", 1, len(what.triplets), "triplets")

    with monkeypatch.context() as patch:
        patch.setattr(measuring, "_measuring", endless)
        view.bar.open(write(tmp_path / "slow.csv", ROWS[:3]))
        qtbot.waitUntil(lambda: "1 of 3" in view.progress.words.text(), timeout=PATIENCE)
        assert view.shown.what.name == "slow.csv" and cell(view, 0, "margin") == "–"
        click(qtbot, view.progress.cancel)
        qtbot.waitUntil(view.progress.go_on.isVisible, timeout=PATIENCE)
    assert "kept" in view.progress.words.text()
    click(qtbot, view.progress.go_on)
    settled(qtbot, view, tmp_path / "slow.csv")
    assert not view.progress.isVisible() and cell(view, 0, "margin") != "–"


# Room


def test_where_it_is_low_the_chart_stands_among_the_groups(view, qtbot):
    assert view.summary.chart.isVisible()
    themes().set_scale(1.6)
    qtbot.waitUntil(lambda: not view.summary.card.isVisible())
    click(qtbot, view.panel.page.button("groups"))
    assert view.summary.chart.isVisible() and view.panel.isAncestorOf(view.summary.chart)
    themes().set_scale(1.0)
    qtbot.waitUntil(view.summary.card.isVisible)
    assert view.summary.chart.isVisible() and view.summary.isAncestorOf(view.summary.chart)


def test_hundreds_of_thousands_of_rows_are_made_where_they_are_seen(focused, monkeypatch):
    triplets = tuple(Triplet(f"p {n}", "e", "c") for n in range(300_000))
    count = len(triplets)
    what = TripletSet("big.csv", triplets, count, (), 0, np.zeros(count, bool), (), ())
    table = focused(TripletTableView())
    table.resize(800, 500)
    asked = []
    data = table.rows.data
    monkeypatch.setattr(table.rows, "data", lambda *a: (asked.append(a[0].row()), data(*a))[1])
    table.show_rows(TripletTable(what), np.arange(count)[::-1], False, 0)
    QApplication.processEvents()
    assert table.rows.rowCount() == count
    assert table.currentIndex().row() == count - 1  # triplet 0 stays selected, now the last
    assert len(set(asked)) < 100


def test_nothing_runs_when_all_is_shown(view, explorer, qtbot):
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert not view.measuring.busy and not view.progress.isVisible()
