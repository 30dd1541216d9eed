"""Hits as items, how much of each is drawn, and the files they are saved as."""

import csv
import io
import json

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QListView, QStyleOptionViewItem

from explorer.theme import themes
from explorer.views.retrieval.delegate import HitDelegate
from explorer.views.retrieval.exporting import copy_text
from explorer.views.retrieval.model import HitModel, items_of
from models.data.records import Passage, Passages
from models.retrieval.searcher import Answer, Hit

LONG = " ".join(f"Sentence number {number} of a long passage." for number in range(60))


@pytest.fixture(scope="module")
def passages():
    return Passages.of(
        [
            Passage("a", "a", "First", "A short one.", "a.txt", {}),
            Passage("b", "b", "", LONG, "b.txt", {}),
            Passage("c", "c", "<b>Third</b>", "Line one.\nLine two | with a bar.", "c.txt", {}),
        ]
    )


def hits(*scores):
    return tuple(Hit(rank, rank - 1, score) for rank, score in enumerate(scores, start=1))


def test_items_join_hits_with_their_text(passages):
    first, second, third = items_of(passages, hits(0.9, 0.6, 0.5), frozenset({1}), "only Dense")
    assert (first.title, first.text, first.rank, first.source) == (
        "First",
        "A short one.",
        1,
        "a.txt",
    )
    assert second.title == "b", "a passage without a title goes by its id"
    assert [item.only for item in (first, second, third)] == ["", "only Dense", ""]
    assert [item.share for item in (first, second, third)] == pytest.approx([1, 0.25, 0])


def test_equal_scores_share_alike_and_no_hits_are_no_items(passages):
    assert [item.share for item in items_of(passages, hits(0.4, 0.4), frozenset(), "")] == [1, 1]
    assert items_of(passages, (), frozenset(), "") == ()


def test_an_endless_passage_is_cut_on_its_card_and_nowhere_else():
    endless = Passages.of([Passage("a", "a", "T", "word " * 100_000, "a.txt", {})])
    (item,) = items_of(endless, hits(1.0), frozenset(), "")
    assert len(item.text) < 4100 and item.text.endswith(" …")
    answer = Answer("q", np.zeros(2, np.float32), {"dense": hits(1.0)}, 0.0)
    assert len(copy_text("csv", answer, endless, ["dense"])) > 400_000


def test_the_model_marks_and_finds(qapp, passages):
    model = HitModel()
    model.show(items_of(passages, hits(0.9, 0.6), frozenset(), ""))
    model.mark({1: (0, 10)})
    assert [item.sentence for item in model.items] == [None, (0, 10)]
    model.mark({0: (0, 5)})
    assert model.items[1].sentence == (0, 10), "what came before stays"
    assert model.find(1).row() == 1 and not model.find(7).isValid()
    assert model.data(model.index(0)) == "1. First, score 0.900. A short one."


@pytest.fixture
def drawn(qtbot, passages):
    """Draws a passage's card with a sentence marked: (first line, lines shown, lines in all)."""
    view = QListView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    cards = HitDelegate(view)
    model = HitModel(view)

    def draw(row, sentence=None, expanded=-1):
        model.show(items_of(passages, hits(0.9, 0.6, 0.5), frozenset({1}), "only BM25"))
        if sentence:
            model.mark({row: sentence})
        cards.expanded = expanded
        option = QStyleOptionViewItem()
        option.widget, option.font = view, QFont()
        item = model.items[row]
        layout = cards._layout(item, 300, option.font)
        index = model.index(row)
        option.rect.setSize(cards.sizeHint(option, index))
        image = QImage(option.rect.size(), QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        cards.paint(painter, option, index)
        painter.end()
        marked = QColor(themes().current.highlight).rgb()
        seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        assert len(seen) > 3 and (marked in seen) == (
            sentence is not None and sentence[0] < len(LONG)
        )
        return (*cards._window(item, layout), layout.lineCount(), image.height())

    return draw


def test_a_short_passage_is_drawn_whole(drawn):
    first, count, lines, _ = drawn(0)
    assert (first, count) == (0, lines)


def test_of_a_long_passage_the_lines_around_the_sentence_are_drawn(drawn):
    first, count, lines, height = drawn(1)
    assert (first, count) == (0, 5) and lines > 20
    start = LONG.index("Sentence number 30")
    moved, still_five, _, same = drawn(1, (start, start + 40))
    assert still_five == 5 and moved > 5
    assert same == height, "a sentence that arrives makes nothing jump"
    last = LONG.index("Sentence number 59")
    end, _, _, _ = drawn(1, (last, len(LONG)))
    assert end == lines - 5, "never beyond the last line"
    early, _, _, _ = drawn(1, (0, 30))
    assert early == 0


def test_the_chosen_hit_is_drawn_whole(drawn):
    first, count, lines, height = drawn(1, (900, 930), expanded=1)
    assert (first, count) == (0, lines)
    assert height > drawn(1)[3]


def test_a_sentence_beyond_what_the_card_shows_is_no_trouble(drawn):
    drawn(1, (len(LONG) + 500, len(LONG) + 600))


@pytest.fixture
def answer():
    found = {"dense": hits(0.9, 0.6), "bm25": (), "hybrid": hits(1.0)}
    return Answer("What | where?", np.zeros(2, np.float32), found, 0.0)


def test_dpr_output_is_of_the_last_method_shown(answer, passages):
    (record,) = json.loads(copy_text("json", answer, passages, ["dense", "bm25", "hybrid"]))
    assert len(record["ctxs"]) == 1
    (record,) = json.loads(copy_text("json", answer, passages, ["dense"]))
    assert [context["id"] for context in record["ctxs"]] == ["a", "b"]


def test_csv_and_markdown_hold_the_methods_shown_and_escape_the_text(answer, passages):
    table = list(csv.DictReader(io.StringIO(copy_text("csv", answer, passages, ["dense"]))))
    assert [row["method"] for row in table] == ["dense", "dense"]
    text = copy_text("markdown", answer, passages, ["bm25", "dense"])
    assert "What \\| where?" in text and "No passage was found." in text
    assert "### Hybrid" not in text
