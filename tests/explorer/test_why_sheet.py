"""Why this hit: the sheet says what the models say, by clicks and by the keyboard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from running import PATIENCE, ask, click

from explorer.views.retrieval.why_sheet import WhySheet
from models.events import finish
from models.project import text_of
from models.retrieval.why import why_dense, why_lexical

QUESTION = "Why does dropout work as an augmentation for sentences?"


@pytest.fixture
def sheet(qtbot, explorer):
    """The best dense hit, taken apart."""
    ask(qtbot, explorer, QUESTION)
    view = explorer.window.view("retrieval")
    view.box.clearFocus()
    assert not view.why.isEnabled()
    explorer.session.select((explorer.session.answer.hits["dense"][0].row,))
    click(qtbot, view.why)
    (made,) = explorer.window.findChildren(WhySheet)
    qtbot.waitUntil(lambda: made.dense is not None, timeout=PATIENCE)
    yield made
    made.dismiss()


def cells(sheet):
    table = sheet.table
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def test_the_dense_score_is_the_one_of_the_list_and_its_sentences_are_sorted(explorer, sheet):
    hit = explorer.session.answer.hits["dense"][0]
    assert sheet.dense.score == pytest.approx(hit.score, abs=1e-4)
    assert sheet.sum.text().startswith(f"Score {hit.score:.3f} = ")
    project, encoder = explorer.session.project, explorer.session.searcher.encoder
    passage = project.passages[hit.row]
    given = text_of(passage.title, passage.text, project.manifest.titles)
    why = finish(why_dense(encoder, QUESTION, given))
    best = max(why.sentences, key=lambda part: part.weight)
    assert cells(sheet)[0] == [passage.text[slice(*best.span)], f"{best.weight:+.3f}"]
    assert len(sheet.text.extraSelections()) > 5


def test_by_words_the_terms_are_listed_with_those_that_are_missing(qtbot, explorer, sheet):
    click(qtbot, sheet.side.button("bm25"))
    hit = explorer.session.answer.hits["dense"][0]
    text = explorer.session.project.passages[hit.row].text
    why = why_lexical(explorer.session.searcher.lexical, QUESTION, hit.row, text)
    assert [row[0] for row in cells(sheet)] == [
        *(term.word for term in why.terms),
        *(word for word, _ in why.missing),
    ]
    assert f"{why.score:.3f}" in sheet.sum.text()
    marked = {shade.cursor.selectedText().lower() for shade in sheet.text.extraSelections()}
    assert marked == {term.word for term in why.terms if term.spans}


def test_pointing_at_a_word_tells_what_it_adds(qtbot, sheet):
    strongest = max(sheet.dense.words, key=lambda part: part.weight)
    shade = next(
        s for s in sheet.text.extraSelections() if s.cursor.selectionStart() == strongest.span[0]
    )
    cursor = shade.cursor
    cursor.setPosition(strongest.span[0] + 1)
    at = sheet.text.cursorRect(cursor).center() + QPoint(1, 0)
    QTest.mouseMove(sheet.text.viewport(), QPoint(1, 1))
    QTest.mouseMove(sheet.text.viewport(), at)
    qtbot.waitUntil(lambda: "adds" in sheet.point.text() and "“" in sheet.point.text())
    assert f"{strongest.weight:+.4f}" in sheet.point.text()


def test_escape_closes_it(qtbot, explorer, sheet):
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isHidden()


def test_the_keyboard_opens_it_for_the_selected_hit_alone(qtbot, explorer):
    ask(qtbot, explorer, QUESTION)
    explorer.session.select(())
    explorer.commands.run("retrieval.why")
    assert not explorer.window.findChildren(WhySheet)
    explorer.session.select((explorer.session.answer.hits["bm25"][0].row,))
    qtbot.keyClick(explorer.window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    (made,) = explorer.window.findChildren(WhySheet)
    qtbot.waitUntil(lambda: made.dense is not None, timeout=PATIENCE)
    made.dismiss()
