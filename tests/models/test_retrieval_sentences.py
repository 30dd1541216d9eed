"""Sentences by rule: where they end, and that their spans cover the text."""

import random

import pytest

from models.retrieval.sentences import sentences


def split(text):
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["One sentence."],
        ["No stop at the end"],
        ["First one.", "Second one!", "Third one?"],
        ["The U.S. Army left.", "He moved to the U.S.", "The army stayed."],
        ["Dr. Smith met Mrs. Jones on St. Mark's Square.", "They talked."],
        ["It was pioneered by J. A. Hobson and J. R. R. Tolkien.", "Others followed."],
        ["Some fruit, e.g. Apples, i.e. Malus, vs. Pears etc. are sweet.", "Others are not."],
        ["Pi is 3.14159 or so.", "It rose by 5.5%.", "20 people came."],
        ["Well... it depends.", "She left...", "Then she came back.", "Wait… what?"],
        ['He said "stop."', "Then he left.", "(It rained.)", "“Why?” he asked.", "‘So!’"],
        ["See Fig. 3 and No. 5 in vol. 2, p. 12.", "No.", "Never."],
        ["At 5 p.m. the bell rang.", "At 6 a.m. Mr. Fox woke."],
        ["Apple Inc. was founded by Jobs Jr. in 1976.", "He has a Ph.D. from Rome."],
        ["World War I.", "The war ended in 1918."],
        ["Visit example.com today.", "Use v2.0.1 of it."],
        ["What?!", "Really?"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected):
    assert split(" ".join(expected)) == expected


def test_blank_lines_and_list_items_divide_but_wrapped_lines_do_not():
    text = "A title\n\nA line that\nis wrapped. Next\n  - one\n  - two\n 1. three\n"
    assert split(text) == [
        "A title",
        "A line that\nis wrapped.",
        "Next",
        "- one",
        "- two",
        "1. three",
    ]


def test_chinese_and_japanese_need_no_space():
    assert split("これは文です。「そう！」と言った？終わり") == [
        "これは文です。",
        "「そう！」",
        "と言った？",
        "終わり",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u2003\xa0"])
def test_nothing_but_space_has_no_sentence(text):
    assert sentences(text) == ()


def test_spans_are_ordered_trimmed_and_cover_all_that_is_not_space():
    rng = random.Random(1)
    pieces = [
        "Mr.",
        "U.S.",
        "a",
        "The",
        "3.5",
        ".",
        "...",
        "?!",
        '"',
        ")",
        "\n",
        "\n\n",
        " - ",
        "。",
        "é",
    ]
    for _ in range(500):
        text = "".join(rng.choice([*pieces, " ", " "]) for _ in range(rng.randrange(40)))
        spans = sentences(text)
        covered = set()
        for start, end in spans:
            assert start < end
            assert text[start:end] == text[start:end].strip()
            assert covered.isdisjoint(range(start, end))
            covered.update(range(start, end))
        assert list(spans) == sorted(spans)
        assert {i for i, c in enumerate(text) if not c.isspace()} <= covered
