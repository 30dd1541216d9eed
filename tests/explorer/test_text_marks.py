"""How edited sentences are drawn: what is struck, boxed and underlined, and where that stands."""

import math

import pytest
from PySide6.QtGui import QFont

from explorer.tokens import DARK, LIGHT, contrast
from explorer.views.augmentation.text_masks import masks_height
from explorer.views.augmentation.text_runs import (
    NAMES,
    Run,
    edited_runs,
    erased_runs,
    lay_out,
    look,
)
from explorer.views.augmentation.text_sentences import EXAMPLES
from models.augment.edited import compare as compare_texts


def test_what_was_left_out_stands_where_it_stood():
    assert edited_runs(compare_texts("a b c", "a c")) == (
        Run("a"),
        Run(" "),
        Run("b", "deleted"),
        Run(" c"),
    )
    first = edited_runs(compare_texts("One two three", "two three"))
    assert first == (Run("One", "deleted"), Run(" "), Run("two three"))
    changed = edited_runs(compare_texts("a cat sat", "a dog sat"))
    assert changed == (Run("a "), Run("dog", "replaced", "cat"), Run(" sat"))
    assert edited_runs(compare_texts("", "")) == ()


def test_erased_tokens_are_blocks_and_spans_are_joined():
    text, spans = "one two three", ((0, 3), (4, 7))
    assert [run.kind for run in erased_runs(text, spans, "erased")] == [
        *("erased", "kept", "erased", "kept")
    ]
    assert erased_runs(text, spans, "dimmed") == (Run("one two", "dimmed"), Run(" three"))
    assert erased_runs(text, (), "erased") == (Run(text),)


def test_marks_hit_their_letters_behind_an_emoji(dressed):
    runs = (Run("😍😍 "), Run("cry", "replaced"), Run("!"))
    (mark,) = lay_out(runs, QFont(), 400, LIGHT).layout.formats()
    assert (mark.start, mark.length) == (5, 3)


def test_boxes_follow_their_words_over_lines(dressed):
    runs = (Run("word " * 6), Run("erased words here", "dimmed"), Run(" word" * 3))
    wide = lay_out(runs, QFont(), 4000, LIGHT)
    narrow = lay_out(runs, QFont(), 60, LIGHT)
    assert len(wide.boxes) == 1 and len(narrow.boxes) > 1
    assert narrow.height > wide.height
    start = wide.layout.lineAt(0).cursorToX(30)[0]
    assert wide.boxes[0][1].left() == pytest.approx(start)


def test_text_from_the_right_begins_there_and_its_boxes_too(dressed):
    words = EXAMPLES[8].split()
    runs = (Run(words[0], "dimmed"), Run(f" {' '.join(words[1:])}"))
    laid = lay_out(runs, QFont(), 800, LIGHT)
    ((_, box),) = laid.boxes
    line = laid.layout.lineAt(0)
    assert box.right() == pytest.approx(800, abs=1) and box.left() > 800 / 2
    assert line.cursorToX(len(EXAMPLES[8]))[0] < box.left()  # the full stop stands at the left
    left = lay_out((Run("word ", "dimmed"), Run(EXAMPLES[8])), QFont(), 800, LIGHT)
    assert left.boxes[0][1].left() == 0


def test_marks_can_be_told_apart_in_both_themes_and_without_colour(dressed):
    for theme in (LIGHT, DARK):
        for kind in ("deleted", "inserted", "replaced", "moved"):
            color = look(kind, theme).foreground().color().name()
            assert contrast(color, theme.surface) >= 4.5
    forms = [
        (f.fontStrikeOut(), f.fontWeight(), f.underlineStyle())
        for f in (look(kind, LIGHT) for kind in NAMES if kind != "erased")
    ]
    assert len(set(forms)) == len(NAMES) - 1
    assert masks_height(2) > masks_height(1) and not math.isnan(masks_height(0))
