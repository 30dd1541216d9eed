"""The Encoders workspace, page Scores: encoders by tasks, and the pairs behind a figure."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication
from running import LEFT, PATIENCE, choose, click, dialogs, idle, told

from explorer import saving, test_sets
from explorer.test_sets import SETTINGS
from explorer.theme import themes
from explorer.views.encoders import scores_board
from explorer.views.encoders.scores_board import Board
from models.data.sts import read_sts
from models.encoders.card import Conventions, EncoderCard
from models.errors import InputError
from models.evaluation.disagreement import disagreement
from models.evaluation.text_scores import Loaded, Score, Scored, ScoreShelf
from models.events import Progress

Key = Qt.Key

ROWS = (
    ("5.000", "A cat sat.", "A cat sat."),
    ("3.2", "A cat sat.", "The cat ran."),
    ("2.0", "Dogs bark.", "Dogs bark loudly now."),
    ("4.5", "Rain falls.", "No train <b>runs</b>."),
    ("0.5", "He sings a song.", "He sings a song again."),
    ("1.0", "The door is open.", "Two boats cross the lake."),
)


def senteval(home):
    """STS-B of six pairs, CR of twelve examples a class, and nothing else."""
    folder = home / "STS" / "STSBenchmark"
    folder.mkdir(parents=True)
    text = "".join(f"main\tx\ty\t{at}\t{g}\t{a}\t{b}\n" for at, (g, a, b) in enumerate(ROWS))
    (folder / "sts-test.csv").write_text(text)
    (home / "CR").mkdir()
    good, bad = (
        "".join(f"{word} thing number {at}\n" for at in range(12)) for word in ("lovely", "dull")
    )
    (home / "CR" / "custrev.pos").write_text(good)
    (home / "CR" / "custrev.neg").write_text(bad)
    return home


@pytest.fixture
def folder(tmp_path):
    return senteval(tmp_path / "data")


@pytest.fixture
def page(qtbot, explorer):
    """An empty table and no SentEval folder."""
    explorer.window.show_workspace("encoders")
    page = explorer.window.view("encoders").show_page("scores")
    board = page.board
    explorer.settings.update_view(SETTINGS, folder="", triplets="bundled", rows=[])
    board.entries = ()
    board.refresh()
    board.open()  # the folder of scores is this test's own
    page.group.set_value("sts")
    page.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
    page.bar.kind.setCurrentIndex(0)
    page.bar.encoders.select("bundled")
    settled(qtbot, explorer, page)
    assert board.trouble == "" and board.survey is not None
    yield page
    board.stop()
    settled(qtbot, explorer, page)
    board.entries = ()
    explorer.settings.update_view(SETTINGS, folder="", triplets="bundled", rows=[])


def settled(qtbot, explorer, page):
    qtbot.waitUntil(
        lambda: (
            idle(explorer)
            and page.board.job is None
            and not page.board.reading.busy
            and page.bar.encoders.encoder is not None
        ),
        timeout=PATIENCE,
    )


def give(qtbot, monkeypatch, page, explorer, folder):
    """Chooses the folder of the tasks by the menu."""
    monkeypatch.setattr(test_sets, "QFileDialog", dialogs(folder))
    click(qtbot, page.bar.data)
    choose(qtbot, "SentEval folder …")
    settled(qtbot, explorer, page)


def cell(page, row, title):
    """The text in a row under a title."""
    model = page.table.rows
    titles = [column.title for column in model.columns]
    return model.index(row, 1 + titles.index(title)).data()


def pick(qtbot, page, row, title):
    """Clicks a cell."""
    titles = [column.title for column in page.table.rows.columns]
    index = page.table.rows.index(row, 1 + titles.index(title))
    page.table.scrollTo(index)
    qtbot.mouseClick(page.table.viewport(), LEFT, pos=page.table.visualRect(index).center())


def known(page, name="mine", key="k" * 8, pooling="mean", **figures):
    """Puts an encoder into the table with figures that are kept on the disk."""
    conventions = Conventions(pooling, True, "cosine", 256)
    card = EncoderCard(name, "bundled", "Bert", 384, conventions, key, ())
    board = page.board
    for task, figure in figures.items():
        data = board.survey.data[task]
        pairs = board.survey.pairs.get(task)
        cosines = None if pairs is None else np.linspace(0.9, -0.1, len(pairs), dtype=np.float32)
        score = Score(task, data, {task: figure}, 24 if pairs is None else len(pairs))
        board.shelf.write(key, score, cosines)
    board.measure(card, ())
    return card


def test_published_rows_stand_there_before_anything_is_measured(page):
    names = [line.row.name for line in page.table.rows.lines]
    assert names == ["BERT", "SBERT", "SimCSE, unsupervised", "DiffCSE", "SimCSE, supervised"]
    assert cell(page, 0, "STS12") == "39.70" and cell(page, 3, "Average") == "78.49"
    assert cell(page, 3, "STS12") == "–"
    assert all("published" in line.row.title for line in page.table.rows.lines)
    assert page.choose.isVisible() and not page.detail.isVisible()
    assert "do not come with this program" in page.choose.text.text()
    assert not page.remove.isEnabled()


def test_an_encoder_is_measured_and_its_pairs_are_shown(
    qtbot, page, explorer, monkeypatch, folder, home
):
    give(qtbot, monkeypatch, page, explorer, folder)
    assert str(folder) in page.note.text() and explorer.settings.view(SETTINGS)["folder"]
    click(qtbot, page.bar.go)
    qtbot.waitUntil(lambda: page.board.job is not None)
    assert page.stop.isVisible() and cell(page, 0, "STS-B") == "…" and cell(page, 0, "STS12") == "–"
    settled(qtbot, explorer, page)
    assert not page.stop.isVisible() and told(explorer) == []
    (entry,) = page.board.entries
    assert entry.about == "mean pooling" and set(entry.scores) == {"STSB", "geometry", "triplets"}
    score = entry.scores["STSB"]
    assert cell(page, 0, "STS-B") == f"{score.figures['STSB']:.2f}" and score.count == 6
    assert not page.bar.go.isEnabled()  # all of it is known
    # Its pairs are there without a click.
    qtbot.waitUntil(lambda: page.detail.sts.found is not None, timeout=PATIENCE)
    sts = page.detail.sts
    assert "Spearman" in page.detail.words.text() and "6 pairs" in page.detail.words.text()
    cosines = ScoreShelf(home / "scores").cosines(entry.key, score)
    expected = disagreement(read_sts(folder, "STSB"), cosines)
    np.testing.assert_array_equal(sts.found.gaps, expected.gaps)
    assert sts.list.pairs.places == expected.too_close(50)
    click(qtbot, sts.side.button("far"))
    assert sts.list.pairs.places == expected.too_far(50)
    assert sts.current == expected.too_far(1)[0]
    # What was measured is known again at the next start.
    explorer.settings.flush()
    again = Board(page.context, page)
    again.refresh()
    qtbot.waitUntil(lambda: again.survey is not None and not again.reading.busy, timeout=PATIENCE)
    assert again.folder == folder and again.entries == page.board.entries
    again.deleteLater()


def test_without_a_folder_only_triplets_are_measured(qtbot, page, explorer):
    click(qtbot, page.bar.go)
    settled(qtbot, explorer, page)
    assert page.group.value == "other"
    (entry,) = page.board.entries
    assert set(entry.scores) == {"triplets"}
    assert cell(page, 0, "In order") == f"{entry.scores['triplets'].figures['ordered']:.2f}"
    assert cell(page, 0, "Alignment") == "–"
    pick(qtbot, page, 0, "In order")
    assert "triplets are in the right order" in page.detail.words.text()
    pick(qtbot, page, 0, "Alignment")
    assert "No SentEval folder is chosen" in page.detail.words.text()
    assert not page.detail.measure.isVisible()


def test_stopping_keeps_what_is_done(qtbot, page, explorer, monkeypatch, folder):
    give(qtbot, monkeypatch, page, explorer, folder)
    page.bar.kind.setCurrentIndex(page.bar.kind.findData("all"))
    page.bar.settle()
    click(qtbot, page.bar.go)
    qtbot.waitUntil(
        lambda: page.board.entries and "STSB" in page.board.entries[0].scores, timeout=PATIENCE
    )
    click(qtbot, page.stop)
    settled(qtbot, explorer, page)
    (entry,) = page.board.entries
    assert "STSB" in entry.scores and entry.pending == frozenset() and told(explorer) == []


def test_a_cell_that_is_not_measured_offers_it(qtbot, page, explorer, monkeypatch, folder):
    give(qtbot, monkeypatch, page, explorer, folder)
    known(page, STSB=50.0)
    asked = []
    monkeypatch.setattr(page.board, "measure_more", lambda entry, tasks: asked.append(tasks))
    pick(qtbot, page, 0, "STS12")
    assert "STS.input.MSRpar.txt" in page.detail.words.text()
    assert not page.detail.measure.isVisible()
    click(qtbot, page.group.button("transfer"))
    pick(qtbot, page, 0, "CR")
    assert page.detail.words.text() == "Not measured yet."
    assert page.detail.measure.text() == "Measure CR"
    click(qtbot, page.detail.measure)
    assert asked == [("CR",)]
    pick(qtbot, page, 0, "Average")
    assert "all seven tasks" in page.detail.words.text() and not page.detail.measure.isVisible()
    pick(qtbot, page, 1, "Average")
    assert "Gao et al. 2021 print 87.41 for SBERT" in page.detail.words.text()


def test_the_best_measured_is_marked_and_columns_sort(qtbot, page, explorer, monkeypatch, folder):
    give(qtbot, monkeypatch, page, explorer, folder)
    known(page, "low", "low", STSB=61.0)
    known(page, "high", "high", "cls", STSB=72.5)
    model = page.table.rows
    stsb = 1 + [column.id for column in model.columns].index("STSB")
    best = [row for row in range(model.rowCount()) if model.index(row, stsb).data(257)]
    assert [model.lines[row].row.name for row in best] == ["high"]
    assert model.lines[1].row.about == "[CLS]"
    header = page.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(stsb) + 8, header.height() // 2)

    def order():
        return [line.row.name for line in model.lines]

    given = order()
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    assert model.headerData(stsb, Qt.Orientation.Horizontal) == "↓ STS-B"
    figures = [line.row.figures.get("STSB") for line in model.lines]
    assert figures[-1] is None and figures[:-1] == sorted(figures[:-1], reverse=True)
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    assert order() == given and model.headerData(stsb, Qt.Orientation.Horizontal) == "STS-B"


def test_a_row_is_removed_and_comes_back_with_its_scores(
    qtbot, page, explorer, monkeypatch, folder
):
    give(qtbot, monkeypatch, page, explorer, folder)
    card = known(page, STSB=50.0)
    pick(qtbot, page, 0, "STS-B")
    click(qtbot, page.remove)
    assert page.board.entries == () and explorer.settings.view(SETTINGS)["rows"] == []
    page.board.measure(card, ("STSB",))
    assert page.board.job is None  # it is known
    assert page.board.entries[0].scores["STSB"].figures == {"STSB": 50.0}
    pick(qtbot, page, 0, "STS-B")
    qtbot.keyClick(page.table, Key.Key_Delete)
    assert page.board.entries == ()
    pick(qtbot, page, 0, "STS-B")
    qtbot.keyClick(page.table, Key.Key_Delete)  # what a paper prints stays
    assert page.table.rows.rowCount() == 5


def test_a_dot_is_read_and_kept(qtbot, page, explorer, monkeypatch, folder):
    give(qtbot, monkeypatch, page, explorer, folder)
    known(page, STSB=50.0)
    pick(qtbot, page, 0, "STS-B")
    sts = page.detail.sts
    qtbot.waitUntil(lambda: sts.found is not None and sts.scatter.isVisible(), timeout=PATIENCE)
    place = QPointF(*sts.scatter.spots()[3])
    none, kind = Qt.MouseButton.NoButton, QEvent.Type.MouseMove
    there = QPointF(sts.scatter.mapToGlobal(place.toPoint()))
    event = QMouseEvent(kind, place, there, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(sts.scatter.viewport(), event)
    qtbot.waitUntil(sts.scatter.card.isVisible)
    assert "No train <b>runs</b>." in sts.scatter.card.text.text()
    assert sts.scatter.card.title.text() == "judged 4.5, cosine 0.300"
    qtbot.mouseClick(sts.scatter.viewport(), LEFT, pos=place.toPoint())
    assert sts.current == 3 and sts.second.text() == "No train <b>runs</b>."
    assert sts.second.textFormat() == Qt.TextFormat.PlainText
    assert sts.figures.text().startswith("Judged 4.5, cosine 0.300: by rank")


def test_another_folder_shows_no_score_of_the_first(
    qtbot, page, explorer, monkeypatch, folder, tmp_path
):
    give(qtbot, monkeypatch, page, explorer, folder)
    known(page, STSB=50.0, CR=70.0)
    other = senteval(tmp_path / "other")
    path = other / "STS" / "STSBenchmark" / "sts-test.csv"
    path.write_text(path.read_text().replace("3.2", "3.3"))
    give(qtbot, monkeypatch, page, explorer, other)
    assert set(page.board.entries[0].scores) == {"CR"}  # which is the same in both
    give(qtbot, monkeypatch, page, explorer, tmp_path / "data" / "CR")
    assert "holds no task of SentEval" in page.trouble.text() and page.trouble.isVisible()
    assert page.board.entries[0].scores == {} and told(explorer) == []
    assert not page.bar.go.isEnabled()
    give(qtbot, monkeypatch, page, explorer, folder)
    assert set(page.board.entries[0].scores) == {"STSB", "CR"} and not page.trouble.isVisible()


def test_the_table_is_copied_and_saved_as_it_is_shown(
    qtbot, page, explorer, monkeypatch, folder, tmp_path
):
    give(qtbot, monkeypatch, page, explorer, folder)
    known(page, STSB=50.0)
    click(qtbot, page.export)
    choose(qtbot, "Copy as Markdown")
    text = QGuiApplication.clipboard().text()
    assert text.startswith("| Encoder | STS12 |") and "**50.00**" in text
    monkeypatch.setattr(saving, "QFileDialog", dialogs(tmp_path / "table"))
    click(qtbot, page.export)
    choose(qtbot, "Save as CSV …")
    saved = (tmp_path / "table.csv").read_text()
    assert saved.splitlines()[1].startswith("mine,mean pooling,")
    qtbot.waitUntil(lambda: any("is saved in" in text for text in told(explorer)))


@pytest.mark.parametrize(("width", "height", "scale"), [(1280, 800, 1.0), (1920, 1080, 2.0)])
def test_the_table_and_the_bar_have_room(
    qtbot, page, explorer, monkeypatch, folder, width, height, scale
):
    give(qtbot, monkeypatch, page, explorer, folder)
    known(page, STSB=50.0)
    window, table, go = explorer.window, page.table, page.bar.go
    size = window.size()

    def fits():
        across = table.horizontalHeader().length() <= table.viewport().width()
        down = table.verticalHeader().length() <= table.viewport().height()
        return across and down and go.width() >= go.sizeHint().width()

    try:
        themes().set_scale(scale)
        window.resize(width, height)
        qtbot.waitUntil(fits, timeout=PATIENCE)
    finally:
        themes().set_scale(1.0)
        window.resize(size)


def pretend(monkeypatch, works):
    """Lets ``works``, one after the other, stand for the process that measures."""
    rest = iter(works)
    monkeypatch.setattr(scores_board, "remote", lambda *_, **arguments: next(rest)(arguments))


def test_a_run_that_has_gone_on_is_another_row(qtbot, page, explorer, monkeypatch, folder):
    give(qtbot, monkeypatch, page, explorer, folder)
    old = known(page, "a run", "old", "cls", STSB=50.0)
    data = page.board.survey.data["CR"]

    def work(arguments):
        assert (arguments["source"], arguments["pooling"]) == (old.source, "cls")
        new = replace(old, key="new")
        yield Loaded("Loading", card=new, step=600)
        yield Scored("CR", key="new", score=Score("CR", data, {"CR": 70.0}, 24))
        return new

    pretend(monkeypatch, [work])
    page.board.measure(old, ("CR",))
    settled(qtbot, explorer, page)
    first, second = page.board.entries
    assert (first.key, first.about, first.pending) == ("old", "[CLS]", frozenset())
    assert set(first.scores) == {"STSB"}
    assert (second.key, second.about, second.pending) == ("new", "[CLS], step 600", frozenset())
    assert second.scores["CR"].figures == {"CR": 70.0}
    kept = [row["key"] for row in explorer.settings.view(SETTINGS)["rows"]]
    assert kept == ["old", "new"]


def test_what_fails_is_one_sentence_and_the_next_encoder_is_measured(
    qtbot, page, explorer, monkeypatch, folder
):
    give(qtbot, monkeypatch, page, explorer, folder)
    data = page.board.survey.data["STSB"]

    def broken(_):
        yield Progress("Loading the encoder")
        raise InputError("The model is damaged.")

    def sound(_):
        yield Scored("STSB", key="two", score=Score("STSB", data, {"STSB": 60.0}, 6))
        return None

    pretend(monkeypatch, [broken, sound])
    for key in ("one", "two"):
        card = EncoderCard(key, "bundled", "B", 4, Conventions("mean", True, "cosine", 8), key, ())
        page.board.measure(card, ("STSB",))
    assert [entry.pending for entry in page.board.entries] == [{"STSB"}, {"STSB"}]
    settled(qtbot, explorer, page)
    qtbot.waitUntil(lambda: told(explorer) == ["The model is damaged."], timeout=PATIENCE)
    first, second = page.board.entries
    assert first.scores == {} and second.scores["STSB"].figures == {"STSB": 60.0}
    assert first.pending == second.pending == frozenset()
