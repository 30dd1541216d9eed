"""Passages of about a hundred words."""

from itertools import pairwise

import pytest

from models.data.cut import Cutting, cut
from models.data.records import Document
from models.errors import InputError


def document(words: int) -> Document:
    text = " ".join(f"w{n}" for n in range(words))
    return Document("doc", "Title", text, "doc.txt", {"kind": "test"})


def lengths(words: int, cutting: Cutting) -> list[int]:
    return [len(passage.text.split()) for passage in cut(document(words), cutting)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (1, [1]),
        (99, [99]),
        (100, [100]),
        (124, [124]),  # a tail below a quarter joins
        (125, [100, 25]),
        (200, [100, 100]),
        (224, [100, 124]),
        (330, [100, 100, 100, 30]),
    ],
)
def test_blocks_of_a_hundred_words(words: int, expected: list[int]) -> None:
    assert lengths(words, Cutting()) == expected


def test_disjoint_blocks_hold_every_word_once() -> None:
    passages = list(cut(document(357), Cutting(50)))
    assert " ".join(passage.text for passage in passages) == document(357).text


@pytest.mark.parametrize("words", [7, 40, 95, 200, 203])
def test_overlapping_blocks_share_their_words(words: int) -> None:
    pieces = [passage.text.split() for passage in cut(document(words), Cutting(20, 5))]
    assert all(len(piece) == 20 for piece in pieces[:-1])
    assert all(a[-5:] == b[:5] for a, b in pairwise(pieces))
    joined = pieces[0] + [word for piece in pieces[1:] for word in piece[5:]]
    assert joined == document(words).text.split()


def test_ids_and_what_passages_inherit() -> None:
    whole = next(cut(document(10), Cutting()))
    assert (whole.id, whole.document) == ("doc", "doc")
    parts = list(cut(document(200), Cutting()))
    assert [part.id for part in parts] == ["doc#1", "doc#2"]
    assert {part.document for part in parts} == {"doc"}
    assert parts[1].title == "Title"
    assert parts[1].source == "doc.txt"
    assert parts[1].fields == {"kind": "test"}


def test_zero_words_keeps_documents_whole() -> None:
    passages = list(cut(document(5000), Cutting(words=0)))
    assert [passage.id for passage in passages] == ["doc"]
    assert passages[0].text == document(5000).text


@pytest.mark.parametrize("words", [0, 100])
def test_text_without_words_gives_no_passage(words: int) -> None:
    assert list(cut(Document("d", "", " \n\t ", "d.txt"), Cutting(words))) == []


def test_white_space_within_passages_is_kept() -> None:
    text = "  def f():\n        return 1\n\n    done  "
    passage = next(cut(Document("d", "", text, "d.txt"), Cutting()))
    assert passage.text == "def f():\n        return 1\n\n    done"


def test_text_without_spaces_is_cut_too() -> None:
    chinese = Document("d", "", "向量空间" * 100, "d.txt")
    assert [len(passage.text) for passage in cut(chinese, Cutting())] == [100] * 4
    encoded = Document("d", "", "A" * 100_000, "d.txt")
    assert max(len(passage.text) for passage in cut(encoded, Cutting())) < 12_500


@pytest.mark.parametrize(("words", "overlap"), [(-1, 0), (100, -1), (100, 100), (0, 1)])
def test_impossible_cuttings_are_refused(words: int, overlap: int) -> None:
    with pytest.raises(InputError, match=r"cannot (be negative|overlap)"):
        Cutting(words, overlap)
