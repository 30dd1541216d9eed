"""Retrieval as people use it: typing, walking the hits, taking them elsewhere."""

import csv
import io
import json
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from running import CONTROL, PATIENCE, SHIFT, ask, choose, click, dialogs, press, told

from explorer import saving
from explorer.context import AppContext
from explorer.views.retrieval.index_sheet import IndexSheet
from explorer.views.retrieval.view import RetrievalView
from models.retrieval.searcher import found_only

QUESTION = "Why does dropout work as an augmentation for sentences?"


@pytest.fixture
def view(explorer):
    view = explorer.window.view("retrieval")
    view._set_methods("all")
    return view


def rows(view, method):
    return [item.row for item in view.lists[method].view.hits.items]


def hits(view, method):
    return view.lists[method].view


def test_hits_follow_the_question_at_every_key(qtbot, explorer, view):
    ask(qtbot, explorer, "dropout")
    first = {method: rows(view, method) for method in view.lists}
    assert all(first.values())
    ask(qtbot, explorer, "volcano under the sea")
    assert all(rows(view, method) != first[method] for method in view.lists)
    assert view.status.text().startswith("318 passages in ")
    for method, part in view.lists.items():
        answer = explorer.session.answer.hits[method]
        assert rows(view, method) == [hit.row for hit in answer]
        assert [item.rank for item in part.view.hits.items] == list(range(1, len(answer) + 1))


def test_methods_stand_side_by_side_or_alone_and_the_choice_is_kept(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    for method in view.lists:
        click(qtbot, view.methods.button(method))
        assert [m for m, part in view.lists.items() if part.isVisible()] == [method]
        assert explorer.settings.view("retrieval")["methods"] == method
    click(qtbot, view.methods.button("all"))
    assert all(part.isVisible() for part in view.lists.values())


def test_a_hit_of_one_method_alone_says_so(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    answer = explorer.session.answer
    for method, mark in (("dense", "only Dense"), ("bm25", "only BM25")):
        alone = {hit.row for hit in found_only(answer, method)}
        marked = {item.row for item in hits(view, method).hits.items if item.only == mark}
        assert marked == alone and alone
    assert not any(item.only for item in hits(view, "hybrid").hits.items)


def test_the_sentence_that_matters_arrives_for_every_method(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    words = explorer.session.searcher.lexical.terms(QUESTION)
    for method in view.lists:
        model = hits(view, method).hits
        # BM25 marks matched words, and of some hits only the title holds any.
        due = {x.row for x in model.items if method != "bm25" or holds(x.text, words)}
        assert len(due) > 10
        qtbot.waitUntil(
            lambda m=model, d=due: {x.row for x in m.items if x.sentence} >= d, timeout=PATIENCE
        )
        for item in model.items:
            start, end = item.sentence or (0, 1)
            assert 0 <= start < end <= len(item.text)
    best = hits(view, "dense").hits.items[0]
    assert best.title == "Unsupervised SimCSE"
    assert "dropout mask" in best.text[slice(*best.sentence)]


def holds(text, words):
    return not set(words).isdisjoint(re.findall(r"\w+", text.lower()))


def test_a_clicked_hit_is_selected_in_the_session_and_in_every_column(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    common = set(rows(view, "dense")) & set(rows(view, "bm25")) & set(rows(view, "hybrid"))
    row = next(row for row in rows(view, "hybrid") if row in common)
    press(qtbot, hits(view, "hybrid"), rows(view, "hybrid").index(row))
    assert explorer.session.selection == (row,)
    for method in view.lists:
        assert hits(view, method).currentIndex().row() == rows(view, method).index(row)
        assert hits(view, method).cards.expanded == row
    lonely = next(row for row in rows(view, "bm25") if row not in rows(view, "dense"))
    press(qtbot, hits(view, "bm25"), rows(view, "bm25").index(lonely))
    assert explorer.session.selection == (lonely,)
    assert not hits(view, "dense").currentIndex().isValid()


def test_what_is_selected_stays_so_among_the_hits_of_the_next_question(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    press(qtbot, hits(view, "dense"), 0)
    (row,) = explorer.session.selection
    ask(qtbot, explorer, "two views of a sentence by dropout")
    for method in view.lists:
        place = rows(view, method).index(row)
        assert hits(view, method).currentIndex().row() == place
        assert hits(view, method).cards.expanded == row


def test_the_keyboard_goes_from_the_question_to_a_hit(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    qtbot.keyClick(explorer.window, Qt.Key.Key_F, CONTROL)
    assert view.box.hasFocus()
    qtbot.keyClick(view.box, Qt.Key.Key_Down)
    first = hits(view, "dense")
    assert first.hasFocus() and first.currentIndex().row() == 0
    qtbot.keyClick(first, Qt.Key.Key_Down)
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert explorer.session.selection == (rows(view, "dense")[1],)
    qtbot.keyClick(view.box, Qt.Key.Key_Escape)
    assert explorer.session.question == "" and explorer.session.answer is None


def test_an_example_question_is_asked_by_a_click(qtbot, explorer, view):
    buttons = view.start.findChildren(type(view.start._buttons.itemAt(0).widget()))
    assert len(buttons) == 6
    click(qtbot, buttons[0])
    assert view.box.text() == buttons[0].text()
    qtbot.waitUntil(lambda: explorer.session.answer is not None, timeout=PATIENCE)
    assert hits(view, "dense").isVisible()


def test_a_question_without_known_words_leaves_only_bm25_empty(qtbot, explorer, view):
    ask(qtbot, explorer, "zzqq xxyyq")
    assert rows(view, "bm25") == []
    assert view.lists["bm25"].note.text() == "no passage holds any of these words"
    assert rows(view, "dense") and rows(view, "hybrid")


def test_without_a_project_there_are_ways_to_open_one(qtbot, explorer, view):
    project, searcher = explorer.session.project, explorer.session.searcher
    explorer.session.open(None)
    assert view.status.text() == "No corpus is open."
    assert not view.index.isEnabled() and not view.export.isEnabled()
    assert not explorer.commands.run("retrieval.indexes")
    empty = view.start.currentWidget()
    assert [button.text() for button in empty.buttons] == ["Open files …", "Bundled sample"]
    explorer.session.open(project)
    assert "Loading the encoder" in view.status.text()
    qtbot.keyClicks(view.box, "soon")
    assert explorer.session.answer is None and view.start.isVisible()
    explorer.session.attach(searcher)
    qtbot.waitUntil(lambda: explorer.session.answer is not None, timeout=PATIENCE)
    assert rows(view, "dense")


def test_a_hit_can_be_shown_on_the_sphere_and_asked_about(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    item = hits(view, "dense").hits.items[0]
    part = hits(view, "dense")
    at = part.visualRect(part.hits.index(0)).center()
    part.customContextMenuRequested.emit(at)
    choose(qtbot, "Copy passage")
    assert QGuiApplication.clipboard().text() == item.text
    part.customContextMenuRequested.emit(at)
    choose(qtbot, "Show on the sphere")
    assert explorer.window.workspace == "sphere" and explorer.session.selection == (item.row,)
    explorer.window.show_workspace("retrieval")
    part.customContextMenuRequested.emit(at)
    choose(qtbot, "Ask for passages like this one")
    assert explorer.session.question == item.text
    qtbot.waitUntil(
        lambda: explorer.session.answer and explorer.session.answer.question == item.text,
        timeout=PATIENCE,
    )
    assert rows(view, "dense")[0] == item.row


def saved(qtbot, explorer, view, monkeypatch, path, entry):
    monkeypatch.setattr(saving, "QFileDialog", dialogs(path))
    click(qtbot, view.export)
    choose(qtbot, entry)
    assert told(explorer) == [f"The hits are saved in {path}."]
    return path.read_text("utf-8")


def test_hits_are_saved_as_dpr_retriever_output(qtbot, explorer, view, monkeypatch, tmp_path):
    ask(qtbot, explorer, QUESTION)
    click(qtbot, view.methods.button("dense"))
    text = saved(
        qtbot, explorer, view, monkeypatch, tmp_path / "h.json", "Save as DPR retriever output …"
    )
    (record,) = json.loads(text)
    assert record["question"] == QUESTION and record["answers"] == []
    passages = explorer.session.project.passages
    expected = [(passages[row].id, passages[row].text) for row in rows(view, "dense")]
    assert [(context["id"], context["text"]) for context in record["ctxs"]] == expected


def test_hits_are_saved_as_csv_of_every_method_shown(qtbot, explorer, view, monkeypatch, tmp_path):
    ask(qtbot, explorer, QUESTION)
    text = saved(qtbot, explorer, view, monkeypatch, tmp_path / "hits.csv", "Save as CSV …")
    table = list(csv.DictReader(io.StringIO(text)))
    assert {row["method"] for row in table} == {"dense", "bm25", "hybrid"}
    assert len(table) == sum(len(rows(view, method)) for method in view.lists)
    assert table[0]["title"] == "Unsupervised SimCSE"


def test_hits_are_saved_as_markdown(qtbot, explorer, view, monkeypatch, tmp_path):
    ask(qtbot, explorer, QUESTION)
    click(qtbot, view.methods.button("bm25"))
    text = saved(qtbot, explorer, view, monkeypatch, tmp_path / "hits.md", "Save as Markdown …")
    assert text.startswith(f"## {QUESTION}") and "### BM25" in text and "### Dense" not in text
    table = [line for line in text.splitlines() if line.startswith("| 1 ")]
    assert len(table) == 1 and "Unsupervised SimCSE" in table[0]


def test_a_file_that_cannot_be_written_is_one_sentence(
    qtbot, explorer, view, monkeypatch, tmp_path
):
    ask(qtbot, explorer, QUESTION)
    monkeypatch.setattr(saving, "QFileDialog", dialogs(tmp_path / "no" / "h.csv"))
    (tmp_path / "no").write_text("a file where a folder is needed")
    explorer.commands.run("retrieval.export.csv")
    (text,) = told(explorer)
    assert "h.csv" in text or "no" in text
    assert explorer.window.toasts.toasts[0].notice.kind == "error"


def test_a_dismissed_file_dialog_saves_nothing(qtbot, explorer, view, monkeypatch):
    ask(qtbot, explorer, QUESTION)
    monkeypatch.setattr(saving, "QFileDialog", dialogs(""))
    explorer.commands.run("retrieval.export.csv")
    assert told(explorer) == []


def test_hits_are_copied_by_a_key_and_by_the_menu(qtbot, explorer, view):
    ask(qtbot, explorer, QUESTION)
    qtbot.keyClick(explorer.window, Qt.Key.Key_C, CONTROL | SHIFT)
    copied = QGuiApplication.clipboard().text()
    assert all(f"### {name}" in copied for name in ("Dense", "BM25", "Hybrid"))
    click(qtbot, view.export)
    choose(qtbot, "Copy as DPR retriever output")
    (record,) = json.loads(QGuiApplication.clipboard().text())
    assert len(record["ctxs"]) == len(rows(view, "hybrid"))


def test_indexes_are_measured_and_one_is_used_without_embedding(qtbot, explorer, view, monkeypatch):
    embedded = []
    monkeypatch.setattr("models.corpus_vectors.encoding", lambda *_: embedded.append(1) or iter(()))
    before = explorer.session.project
    click(qtbot, view.index)
    (sheet,) = [s for s in explorer.window.findChildren(IndexSheet) if s.isVisible()]
    explorer.commands.run("retrieval.indexes")
    assert len([s for s in explorer.window.findChildren(IndexSheet) if s.isVisible()]) == 1
    qtbot.waitUntil(lambda: sheet.measures != (), timeout=PATIENCE)
    kinds = [measure.spec.kind for measure in sheet.measures]
    assert kinds[0] == "flat" and "hnsw" in kinds
    assert sheet.measures[0].recall == 1.0
    assert sheet.table.item(0, 0).text() == "Flat (exact) – in use"
    assert sheet.table.item(0, 1).text() == "1.000"
    assert "200 of 318 passages" in sheet.note.text()
    # Nothing overlaps, as soon as the sheet has grown around what it shows.
    qtbot.waitUntil(lambda: sheet.table.geometry().bottom() < sheet.use.geometry().top())
    press_row(qtbot, sheet.table, 0)
    assert not sheet.use.isEnabled(), "the one in use cannot be used again"
    press_row(qtbot, sheet.table, kinds.index("hnsw"))
    with qtbot.waitSignal(explorer.opener.opened, timeout=PATIENCE):
        click(qtbot, sheet.use)
    project = explorer.session.project
    assert project is not before and project.manifest.recipe.index.kind == "hnsw"
    assert project.vectors_key == before.vectors_key and not embedded
    qtbot.waitUntil(lambda: explorer.session.searcher is not None, timeout=PATIENCE)
    ask(qtbot, explorer, QUESTION)
    assert view.lists["dense"].note.text() == "cosine · FAISS hnsw"
    assert rows(view, "dense")
    with qtbot.waitSignal(explorer.opener.opened, timeout=PATIENCE):
        explorer.opener.rebuild(index=before.manifest.recipe.index)
    qtbot.waitUntil(lambda: explorer.session.searcher is not None, timeout=PATIENCE)


def press_row(qtbot, table, row):
    qtbot.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=table.visualItemRect(table.item(row, 0)).center(),
    )


def test_a_measurement_that_is_closed_is_given_up(qtbot, explorer, view):
    click(qtbot, view.index)
    (sheet,) = [s for s in explorer.window.findChildren(IndexSheet) if s.isVisible()]
    job = sheet._job
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert told(explorer) == []


def test_a_view_of_its_own_begins_with_what_the_session_holds(qtbot, explorer):
    """A view made later, as when its workspace is first shown, is not a step behind."""
    ask(qtbot, explorer, QUESTION)
    commands = type(explorer.commands)()
    known = {name: getattr(explorer.context, name) for name in AppContext.__dataclass_fields__}
    late = RetrievalView(AppContext(**{**known, "commands": commands}))
    qtbot.addWidget(late)
    assert late.box.text() == QUESTION
    assert rows(late, "dense") == [hit.row for hit in explorer.session.answer.hits["dense"]]
    assert QApplication.activePopupWidget() is None
