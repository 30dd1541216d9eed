"""The Retrievers workspace: figures, curves, tests, hybrids, wins and losses, files in and out."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from running import LEFT, PATIENCE, choose, click, drop, idle, told

from explorer.theme import themes
from models.data.questions import read_questions
from models.evaluation.negatives_table import NegativesRun
from models.evaluation.retrieval import evaluate_retrieval
from models.events import finish
from models.samples import bundled_questions


@pytest.fixture
def few(tmp_path):
    """Thirty of the bundled questions, and one that no passage answers."""
    lines = bundled_questions().read_text("utf-8").splitlines()[::7][:30]
    lines.append(json.dumps({"id": "none", "question": "Who is unheard of?", "passage": "gone"}))
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def view(qtbot, explorer, few):
    """The workspace on these questions, with BM25, the bundled encoder and their hybrid."""
    explorer.window.show_workspace("retrievers")
    view = explorer.window.view("retrievers")
    view.bar.open(few)
    settled(qtbot, explorer, view)
    yield view
    explorer.window.show_workspace("retrievers")
    for one in list(view.bench.wanted):
        view.bench.remove(one.id)
    for entry in view.bench.entries:
        view.bench.show(entry.id, True)
    view.bench.choose(by="gold", measure="top20", baseline="bm25")
    side = view.panel.duels.side
    side.setCurrentIndex(0)
    side.activated.emit(0)
    view.panel.duels.words.clear()
    view.panel.duels.words.textEdited.emit("")
    view.panel.turn("questions")
    qtbot.waitUntil(lambda: idle(explorer) and not view.busy, timeout=PATIENCE)


def settled(qtbot, explorer, view, count=3):
    def done():
        measured = len(view.bench.entries) == count and not view.bench.unmeasured
        return (measured or bool(view.bench.trouble)) and not view.busy and idle(explorer)

    qtbot.waitUntil(done, timeout=PATIENCE)


def cells(view, row):
    rows = view.board.table.rows
    return [rows.index(row, column).data() for column in range(rows.columnCount())]


def pick(qtbot, box, name):
    """Chooses the entry whose data is ``name``, by keys."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(name)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == name


def test_the_table_has_the_figures_of_the_evaluation(view, explorer, few):
    known = finish(evaluate_retrieval(explorer.session.searcher, read_questions(few)))
    for row, method in enumerate(("bm25", "dense", "hybrid")):
        shown = cells(view, row)
        names = ("top1", "top5", "top20", "top100", "mrr10", "ndcg10")
        assert shown[1:7] == [f"{known[method][name]:.1f}" for name in names]
    assert cells(view, 0)[0] == "BM25" and cells(view, 0)[7] == "baseline"
    assert "p " in cells(view, 1)[7]
    assert "30 questions" in view.board.about.text()
    assert view.board.missing.text() == "1 without a right passage"
    assert len(view.board.chart._value.lines) == 3


def test_what_counts_as_found_and_the_test_are_chosen(qtbot, view, explorer):
    click(qtbot, view.board.by.button("answer"))
    settled(qtbot, explorer, view)
    assert view.bench.by == "answer" and "come with answers" in view.board.about.text()
    pick(qtbot, view.board.measure, "mrr10")
    qtbot.keyClick(view.board.measure, Qt.Key.Key_Return)
    view.board.measure.activated.emit(view.board.measure.currentIndex())
    settled(qtbot, explorer, view)
    header = view.board.table.rows.headerData(7, Qt.Orientation.Horizontal)
    assert header == "MRR@10 against BM25"
    assert set(view.bench.differences) == {"own", "+own"}


def test_a_tick_takes_a_curve_away(qtbot, view):
    rows = view.board.table.rows
    index = rows.index(1, 0)
    assert rows.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    names = [line[0] for line in view.board.chart._value.lines]
    assert names == ["BM25", "BM25 + all-MiniLM-L6-v2"]
    click(qtbot, view.board.log)
    assert view.board.chart._value.log
    click(qtbot, view.board.log)


def test_the_figures_under_the_cursor_are_told(qtbot, view):
    chart = view.board.chart
    qtbot.mouseMove(chart.viewport(), chart.viewport().rect().center())
    qtbot.waitUntil(chart.card.isVisible)
    k = int(chart.card.title.text().removeprefix("Top-"))
    assert 40 < k < 60
    known = {entry.figures.gold.at(k).value for entry in view.bench.entries}
    shown = [line.split("  ") for line in chart.card.text.text().split("\n")]
    assert [name for _, name in shown if name == "BM25"]
    assert {value for value, _ in shown} == {f"{value:.1f}" for value in known}


def test_an_index_of_another_encoder_leaves_its_vectors_out_and_says_why(qtbot, view, explorer):
    session = explorer.session
    searcher, session.searcher = session.searcher, None
    session.refuse("The index was built with another version of it; build it again.")
    settled(qtbot, explorer, view, 1)
    assert view.board.trouble.isVisible() and "build it again" in view.board.trouble.text()
    session.trouble = ""
    session.attach(searcher)
    settled(qtbot, explorer, view)
    assert not view.board.trouble.isVisible()


def test_the_weight_is_slid_and_the_best_one_used(qtbot, view, explorer):
    click(qtbot, view.panel.page.button("hybrid"))
    page = view.panel.hybrid
    dense = view.bench.entry("own")
    best = dense.sweep.best("gold")
    assert f"{best:.2f}" in page.told.text()
    page.slider.slider.setFocus()
    qtbot.keyClick(page.slider.slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: view.bench.entry("+own").weight == 0, timeout=PATIENCE)
    settled(qtbot, explorer, view)
    assert "weight 0.00" in view.board.table.rows.shown.rows[2].more
    click(qtbot, page.use)
    qtbot.waitUntil(lambda: view.bench.entry("+own").weight == best, timeout=PATIENCE)
    settled(qtbot, explorer, view)
    assert not page.use.isEnabled() and page.slider.value == pytest.approx(best)
    same = dense.sweep.at(best)
    assert view.bench.entry("+own").outcome is same


def test_wins_and_losses_are_listed_and_a_click_asks(qtbot, view, explorer):
    duels = view.panel.duels
    shown = duels.list.rows
    assert shown.rowCount() == 30
    first, second = view.bench.entry("bm25").outcome, view.bench.entry("own").outcome
    place = int(shown.duel.places[0])
    gap = abs(first.gold[place] - second.gold[place])
    assert gap > 0 and shown.index(0, 1).data() in (str(first.gold[place]), "–")
    head = duels.list.horizontalHeader()
    spot = QPoint(head.sectionViewportPosition(2) + 10, head.height() // 2)
    qtbot.mouseClick(head.viewport(), LEFT, pos=spot)
    settled(qtbot, explorer, view)
    ranks = [int(second.gold[at]) or 999 for at in shown.duel.places]
    assert ranks == sorted(ranks) and not duels.gap.isChecked()
    click(qtbot, duels.gap)
    settled(qtbot, explorer, view)
    assert int(shown.duel.places[0]) == place
    pick(qtbot, duels.side, "wins")
    duels.side.activated.emit(duels.side.currentIndex())
    settled(qtbot, explorer, view)
    assert shown.rowCount() == shown.duel.wins
    pick(qtbot, duels.side, "all")
    duels.side.activated.emit(0)
    qtbot.keyClicks(duels.words, "which")
    settled(qtbot, explorer, view)
    texts = [shown.question(row) for row in range(shown.rowCount())]
    assert texts and all("which" in text.lower() for text in texts)
    spot = duels.list.visualRect(shown.index(0, 0)).center()
    qtbot.mouseClick(duels.list.viewport(), LEFT, pos=spot)
    assert explorer.window.workspace == "retrieval"
    assert explorer.session.question == texts[0]


def test_questions_without_a_passage_are_listed(qtbot, view, explorer):
    click(qtbot, view.board.missing)
    settled(qtbot, explorer, view)
    rows = view.panel.duels.list.rows
    assert [rows.question(row) for row in range(rows.rowCount())] == ["Who is unheard of?"]
    assert rows.index(0, 1).data() == "–"


def test_rankings_go_out_and_come_in_again(qtbot, view, explorer, tmp_path, monkeypatch):
    path = tmp_path / "dense.trec"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    view.board.table.setCurrentIndex(view.board.table.rows.index(1, 0))
    click(qtbot, view.board.export)
    choose(qtbot, "Rankings of all-MiniLM-L6-v2 as TREC run …")
    settled(qtbot, explorer, view)
    assert len(path.read_text("utf-8").splitlines()) == 31 * 100
    drop(explorer.window, path)
    settled(qtbot, explorer, view, 4)
    assert cells(view, 3)[1:7] == cells(view, 1)[1:7]
    assert view.board.table.rows.shown.rows[3].more.startswith("imported")
    # It is remembered, and Delete takes it away.
    kept = explorer.settings.view("retrievers")["retrievers"]
    assert [row[:2] for row in kept] == [["file", str(path)]]
    view.board.table.setCurrentIndex(view.board.table.rows.index(3, 0))
    qtbot.keyClick(view.board.table, Qt.Key.Key_Delete)
    settled(qtbot, explorer, view)
    assert explorer.settings.view("retrievers")["retrievers"] == []


def test_a_ranking_of_another_corpus_is_one_sentence(qtbot, view, explorer, tmp_path, monkeypatch):
    path = tmp_path / "other.trec"
    path.write_text(f"{view.bench.judged.questions[0].id} Q0 elsewhere 1 3 tag\n", "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    click(qtbot, view.bar.run)
    settled(qtbot, explorer, view)
    assert any("made over another one" in text for text in told(explorer))
    assert "made over another one" in view.board.table.rows.shown.rows[3].more


def test_figures_are_saved(qtbot, view, explorer, tmp_path, monkeypatch):
    path = tmp_path / "figures.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    click(qtbot, view.board.export)
    choose(qtbot, "Figures as CSV …")
    settled(qtbot, explorer, view)
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 4 and lines[0].startswith("retriever,weight,by,questions,top1,top1 low")
    assert float(lines[1].split(",")[4]) == pytest.approx(float(cells(view, 0)[1]), abs=0.06)


def test_an_encoder_is_added_with_its_hybrid(qtbot, view, explorer):
    encoders = view.bar.encoders
    encoders.pooling.setCurrentIndex(encoders.pooling.findData("cls"))
    encoders.pooling.activated.emit(encoders.pooling.currentIndex())
    qtbot.waitUntil(
        lambda: (
            encoders.encoder is not None
            and encoders.encoder.card.conventions.pooling == "cls"
            and not encoders.loading.busy
        ),
        timeout=PATIENCE,
    )
    click(qtbot, view.bar.add)
    qtbot.waitUntil(lambda: view.bench.job is not None, timeout=PATIENCE)
    click(qtbot, view.board.stop)
    qtbot.waitUntil(lambda: view.board.go_on.isVisible(), timeout=PATIENCE)
    click(qtbot, view.board.go_on)
    settled(qtbot, explorer, view, 5)
    assert [row.title for row in view.board.table.rows.shown.rows[3:]] == [
        "all-MiniLM-L6-v2, [CLS]",
        "BM25 + all-MiniLM-L6-v2, [CLS]",
    ]
    own, cls = view.bench.entry("own"), view.bench.entry("bundled cls")
    assert (own.found.rankings.rows != cls.found.rankings.rows).any()
    assert view.panel.hybrid.choice.count() == 2
    encoders.pooling.setCurrentIndex(0)
    encoders.pooling.activated.emit(0)


def test_questions_of_another_corpus_say_so_and_others_mend_it(
    qtbot, view, explorer, tmp_path, few
):
    path = tmp_path / "other.jsonl"
    path.write_text('{"question": "?", "passage": "nowhere"}', "utf-8")
    view.bar.open(path)
    settled(qtbot, explorer, view)
    assert view.empty.isVisible() and "another corpus" in view.empty.text.text()
    view.bar.open(few)
    settled(qtbot, explorer, view)
    assert not view.empty.isVisible() and len(view.bench.entries) == 3


def test_runs_fill_in_the_table_of_negatives(qtbot, view, monkeypatch):
    page = view.panel.negatives
    click(qtbot, view.panel.page.button("negatives"))
    run = NegativesRun(
        Path("/runs/a"), "DPR on a, 3 May", "a", "in-batch + bm25", "1 hard", 10, {5: 61.25}
    )
    page.show_runs((run,), {}, "gold")
    assert [cell.text() for cell in page.cells["/runs/a"]][2:] == ["61.2*", "–", "–"]
    heard = []
    page.wanted.disconnect()
    page.wanted.connect(lambda *said: heard.append(said))
    click(qtbot, page.buttons["/runs/a"])
    assert heard == [("/runs/a", "DPR on a, 3 May")]
    page.show_runs((run,), {"/runs/a": view.bench.entry("own")}, "gold")
    curve = view.bench.entry("own").figures.gold
    shown = [cell.text() for cell in page.cells["/runs/a"]][2:]
    assert shown == [f"{curve.at(k).value:.1f}" for k in (5, 20, 100)] and not page.buttons
    page.wanted.disconnect()
    page.wanted.connect(view.bar.add_run)


def test_published_figures_are_marked_as_such(qtbot, view):
    click(qtbot, view.panel.page.button("paper"))
    paper = view.panel.paper
    assert "Published" in paper.title.text() and "not measured here" in paper.about.text()


def test_large_text_puts_the_panel_below(qtbot, view, explorer):
    themes().set_scale(2.0)
    explorer.window.resize(1920, 1080)
    qtbot.waitUntil(lambda: not view._beside and view.panel.width() > 0.8 * view.width())
    themes().set_scale(1.0)
    explorer.window.resize(1280, 800)
    qtbot.waitUntil(lambda: view._beside)
