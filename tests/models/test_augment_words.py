"""Texts of any script taken apart and put together, and what is left where a word goes."""

import time

import pytest

from models.augment.edited import Mark, assemble, compare, slots_of
from models.augment.edits import Slot
from models.augment.words import joined, split_words

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1ec\U0001f1e7"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat, sat.", "The cat sat"),
        ("don’t well-known e.g. U.S.", "don’t well-known e.g U.S"),
        ("$5.00 or 10% of 3,357 at 10:30!", "$5.00 or 10% of 3,357 at 10:30"),
        ("and/or dogs—cats (mice) -- end", "and or dogs cats mice end"),
        ("我爱你，世界。", "我 爱 你 世 界"),
        ("カタカナ と漢字", "カタカナ と 漢 字"),
        ("한국어 문장입니다.", "한국어 문장입니다"),
        ("مرحبا، يا عالم؟", "مرحبا يا عالم"),
        ("שָׁלוֹם עולם", "שָׁלוֹם עולם"),
        ("می‌خواهم", "می‌خواهم"),
        ("नमस्ते दुनिया", "नमस्ते दुनिया"),
        (f"I ❤️ {FAMILY}{FLAG} 👍🏽! 1️⃣", f"I ❤️ {FAMILY} {FLAG} 👍🏽 1️⃣"),
        ("Acme™ #tag @you", "Acme #tag @you"),
        ("", ""),
        (" \n ", ""),
        ("…!?", ""),
        ("half \ud83d a pair", "half a pair"),
    ],
)
def test_words_are_found_and_the_text_stays_whole(text, words):
    found = split_words(text)
    assert list(found.words) == words.split()
    assert found.text == text
    assert [text[start:end] for start, end in found.spans] == list(found.words)
    assert assemble(found, slots_of(found)).text == text


@pytest.mark.parametrize(
    ("text", "gone", "expected"),
    [
        ("The cat sat.", "cat", "The sat."),
        ("The cat, sat.", "cat", "The, sat."),
        ("a, b, c", "b", "a, c"),
        ("say (yes) now", "yes", "say now"),
        ("(a) b (c)", "b", "(a) (c)"),
        ("the (very big) cat", "very", "the (big) cat"),
        ("the (very big) cat", "big", "the (very) cat"),
        ('He said "no".', "no", "He said."),
        ("Hello, world!", "Hello", "world!"),
        ("Hello, world!", "world", "Hello!"),
        ('"Hello" he said', "Hello", "he said"),
        ("(very big) cat", "very", "(big) cat"),
        ("a and/or b", "or", "a and b"),
        ("a and/or b", "and", "a or b"),
        ("a/b/c", "b", "a/c"),
        ("dogs—cats run", "cats", "dogs run"),
        ("a - b c", "b", "a - c"),
        ("a b - c", "b", "a - c"),
        ("one\n\ntwo three", "two", "one\n\nthree"),
        ("你好，世界。", "世", "你好，界。"),
        ("说「好」吧", "好", "说吧"),
        ("你，好", "你", "好"),
        ("Go 👍 now", "👍", "Go now"),
    ],
)
def test_a_word_goes_with_what_belonged_to_it(text, gone, expected):
    words = split_words(text)
    slots = [
        Slot(slot.word, slot.origin, "deleted") if slot.word == gone else slot
        for slot in slots_of(words)
    ]
    edited = assemble(words, slots)
    assert edited.text == expected
    (mark,) = edited.changes
    assert text[slice(*mark.source)] == gone
    assert mark.target[0] == mark.target[1] <= len(expected)
    kept = [expected[slice(*m.target)] for m in edited.marks if m.kind == "kept"]
    assert kept == [word for word in words.words if word != gone]


def test_two_gaps_that_are_one_space_become_one_space():
    assert joined(" ", " ") == " "
    assert joined("", "") == ""


def test_every_kind_of_mark_points_at_its_word():
    words = split_words("A big cat sat.")
    a, big, cat, sat = slots_of(words)
    slots = [
        Slot("new", None, "inserted"),
        Slot(sat.word, sat.origin, "moved"),
        Slot(big.word, big.origin, "deleted"),
        Slot("dog", cat.origin, "replaced"),
        Slot(a.word, a.origin, "moved"),
    ]
    edited = assemble(words, slots)
    assert edited.text == "new sat dog A."
    assert edited.marks == (
        Mark("inserted", (0, 0), (0, 3)),
        Mark("moved", (10, 13), (4, 7)),
        Mark("deleted", (2, 5), (7, 7)),
        Mark("replaced", (6, 9), (8, 11)),
        Mark("moved", (0, 1), (12, 13)),
    )


def test_two_texts_are_compared_word_by_word():
    edited = compare("The cat sat down.", "Today the black dog sat.")
    assert edited.text == "Today the black dog sat."
    said = [
        (mark.kind, edited.original[slice(*mark.source)], edited.text[slice(*mark.target)])
        for mark in edited.marks
    ]
    assert said == [
        ("inserted", "", "Today"),
        ("kept", "The", "the"),
        ("replaced", "cat", "black"),
        ("inserted", "", "dog"),
        ("kept", "sat", "sat"),
        ("deleted", "down", ""),
    ]
    assert edited.changes == tuple(mark for mark in edited.marks if mark.kind != "kept")
    assert compare("", "") == compare("", "").__class__("", "", ())
    assert [mark.kind for mark in compare("a b", "").marks] == ["deleted", "deleted"]
    assert [mark.kind for mark in compare("", "a b").marks] == ["inserted", "inserted"]


@pytest.mark.parametrize("piece", ["a", "a.", "1,", "a-", "👍🏽", " ", ".,"])
def test_a_line_without_an_end_takes_no_time(piece):
    started = time.perf_counter()
    assert split_words(piece * 300_000).text == piece * 300_000
    # Half a second at most; a pattern that goes over the line again for each word takes minutes.
    assert time.perf_counter() - started < 20
