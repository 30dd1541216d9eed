"""A score taken apart adds up again."""

import numpy as np
import pytest

from models.encoders import catalog
from models.events import finish
from models.retrieval.lexical import LexicalIndex
from models.retrieval.why import why_dense, why_lexical
from models.vectors import encode

QUESTION = "Who painted the Mona Lisa?"
TEXT = "It hangs in Paris. Leonardo da Vinci painted it in Florence, slowly. 猫 is a cat 🙂."
PASSAGE = ("Mona Lisa", TEXT)
KINDS = (
    ("mean", {}, PASSAGE),
    ("text alone", {}, TEXT),
    ("not normalised", {"normalize": False}, PASSAGE),
    ("dot", {"normalize": False, "similarity": "dot"}, PASSAGE),
)


def explained(passage, **overrides):
    encoder = catalog.load("bundled", **overrides)
    score = float(
        encode([QUESTION], encoder, "question").array[0] @ encode([passage], encoder).array[0]
    )
    return encoder, finish(why_dense(encoder, QUESTION, passage)), score


@pytest.mark.parametrize(("name", "overrides", "passage"), KINDS, ids=[kind[0] for kind in KINDS])
def test_the_parts_of_a_sum_add_up_to_the_score(name, overrides, passage):
    encoder, why, score = explained(passage, **overrides)
    if name == "not normalised":
        vectors = [
            encode([QUESTION], encoder, "question").array[0],
            encode([passage], encoder).array[0],
        ]
        score /= np.prod([np.linalg.norm(vector) for vector in vectors])
    assert why.method == "sum"
    assert why.score == pytest.approx(score, abs=2e-5)
    assert sum(part.weight for part in why.words) + why.rest == pytest.approx(why.score, abs=1e-5)
    assert sum(part.weight for part in why.sentences) == pytest.approx(
        sum(part.weight for part in why.words), abs=1e-5
    )
    assert why.read == len(TEXT)


def test_words_are_whole_and_stand_where_they_say():
    _, why, _ = explained(PASSAGE)
    found = [TEXT[start:end] for start, end in (part.span for part in why.words)]
    assert found[:6] == ["It", "hangs", "in", "Paris", ".", "Leonardo"]
    assert "Vinci" in found and "Florence" in found and "猫" in found and "cat" in found
    best = max(why.sentences, key=lambda part: part.weight)
    assert TEXT[slice(*best.span)].startswith("Leonardo")


def test_a_text_that_is_cut_says_how_far_it_was_read():
    encoder = catalog.load("bundled", max_length=12)
    why = finish(why_dense(encoder, QUESTION, TEXT))
    assert 0 < why.read < len(TEXT)
    assert all(part.span[1] <= why.read for part in why.words)


def test_other_poolings_leave_out_each_word():
    encoder, why, score = explained(PASSAGE, pooling="cls")
    assert why.method == "occlusion"
    assert why.score == pytest.approx(score, abs=1e-4)
    part = next(p for p in why.words if TEXT[slice(*p.span)] == "Leonardo")
    left = ("Mona Lisa", TEXT.replace("Leonardo", " "))
    lost = score - float(
        encode([QUESTION], encoder, "question").array[0] @ encode([left], encoder).array[0]
    )
    assert part.weight == pytest.approx(lost, abs=1e-4)


def test_an_empty_passage_has_no_parts():
    for overrides in ({}, {"pooling": "cls"}):
        why = finish(why_dense(catalog.load("bundled", **overrides), QUESTION, ""))
        assert why.words == why.sentences == ()


def test_the_terms_of_bm25_add_up_to_its_score():
    texts = [TEXT, "A cat sat in Paris, and Paris slept.", "Nobody painted the cat cat."]
    index = LexicalIndex.build(texts)
    question = "paris cat painted cat zebra?"
    for row, text in enumerate(texts):
        why = why_lexical(index, question, row, text)
        assert why.score == pytest.approx(float(index.scores(question)[row]), rel=1e-5)
        assert {term.word for term in why.terms} | {word for word, _ in why.missing} == {
            "paris",
            "cat",
            "painted",
            "zebra",
        }
        for term in why.terms:
            assert term.idf == pytest.approx(index.terms(question)[term.word])
            assert all(text[a:b].lower() == term.word for a, b in term.spans)
            assert term.spans
    assert ("zebra", None) in why.missing


def test_a_passage_without_any_word_of_the_question():
    index = LexicalIndex.build(["one two", "three four"])
    why = why_lexical(index, "three five", 0, "one two")
    assert (why.score, why.terms) == (0, ())
    assert [word for word, _ in why.missing] == ["three", "five"]
