"""Evaluating a searcher: what counts as gold, what is left out, and figures by hand."""

import numpy as np
import pytest
from fakes import HashEncoder

from models.data.cut import Cutting, cut
from models.data.questions import Question
from models.data.records import Document, Passage, Passages
from models.evaluation.gold import gold_rows
from models.evaluation.retrieval import evaluate_retrieval
from models.events import Skipped, finish
from models.retrieval.dense import DenseIndex
from models.retrieval.lexical import LexicalIndex
from models.retrieval.searcher import METHODS, Searcher
from models.vectors import encode

PARAGRAPHS = [
    " ".join(f"{topic}{i}" for i in range(60)) for topic in ("river", "star", "bread", "salt")
]


def pieces(words=20):
    documents = [Document(f"d{i}", f"T{i}", text, "f") for i, text in enumerate(PARAGRAPHS)]
    return Passages.of(p for d in documents for p in cut(d, Cutting(words)))


def searcher(passages):
    encoder, texts = HashEncoder(), passages.column("text")
    vectors = encode(texts, encoder)
    dense = DenseIndex.flat(vectors.array, "cosine")
    return Searcher(passages, vectors, encoder, dense, LexicalIndex.build(texts))


def gold(question, passages):
    (found,) = finish(gold_rows([question], passages))
    return {passages[row].id: grade for row, grade in found.items()}


def test_a_gold_text_is_the_same_passage_whatever_its_spaces():
    passages = pieces(0)
    text = PARAGRAPHS[1].replace(" ", " \n ")
    assert gold(Question("q", "?", gold_texts=(text,)), passages) == {"d1": 1}


def test_a_gold_text_that_was_cut_is_its_pieces_or_those_with_the_answer():
    passages = pieces()
    whole = Question("q", "?", gold_texts=(PARAGRAPHS[1],))
    assert gold(whole, passages) == {"d1#1": 1, "d1#2": 1, "d1#3": 1}
    answered = Question("q", "?", answers=("star25",), gold_texts=(PARAGRAPHS[1],))
    assert gold(answered, passages) == {"d1#2": 1}
    across = Question("q", "?", answers=("star19 star20",), gold_texts=(PARAGRAPHS[1],))
    assert gold(across, passages) == {"d1#1": 1, "d1#2": 1, "d1#3": 1}


def test_a_piece_of_another_document_is_not_gold():
    shared = " ".join(PARAGRAPHS[2].split()[:6])
    stray = Passage("e#2", "e", "E", shared, "f")
    shorter = Passage("g", "g", "G", shared, "f")
    passages = Passages.of([stray, shorter, *(pieces()[i] for i in range(len(pieces())))])
    found = gold(Question("q", "?", gold_texts=(PARAGRAPHS[2],)), passages)
    assert set(found) == {"d2#1", "d2#2", "d2#3"}


def test_gold_ids_name_passages_or_documents_with_grades():
    passages = pieces()
    found = gold(Question("q", "?", gold_ids={"d0#2": 2, "d3": 1, "gone": 3}), passages)
    assert found == {"d0#2": 2, "d3#1": 1, "d3#2": 1, "d3#3": 1}
    answered = Question("q", "?", answers=("salt45",), gold_ids={"d3": 2, "d0": 0})
    assert gold(answered, passages) == {"d3#3": 2}


def test_figures_by_hand():
    passages = pieces(0)
    found = searcher(passages)
    questions = [
        Question("a", "river3 river4", ("river9",), gold_texts=(PARAGRAPHS[0],)),
        Question("b", "star1 star2 star3", (), {"d1": 1}),
        Question("c", "bread5 bread6", (), {"d3": 1}),
        Question("d", "salt5", ("river0 river1",)),
        Question("e", "salt6", ("star5", "nowhere"), gold_texts=("not in this corpus",)),
        Question("f", "salt6"),
    ]
    result = finish(evaluate_retrieval(found, questions, ks=(1, 4)))
    assert list(result) == list(METHODS)
    bm25 = result["bm25"]
    assert bm25["top1"] == bm25["top4"] == bm25["mrr10"] == bm25["ndcg10"] == pytest.approx(200 / 3)
    assert (bm25["questions"], bm25["without_gold"]) == (3, 3)
    assert bm25["answer_match"] == {
        "top1": pytest.approx(100 / 3),
        "top4": pytest.approx(100 / 3),
        "questions": 3,
    }
    answers = [found.search(q.text, 10, ("dense",)).hits["dense"] for q in questions]
    ranks = [
        [hit.row for hit in hits].index(g) + 1 for hits, g in zip(answers, (0, 1, 3), strict=False)
    ]
    assert result["dense"]["mrr10"] == pytest.approx(100 * np.mean([1 / r for r in ranks]))
    assert result["dense"]["top4"] == result["dense"]["answer_match"]["top4"] == 100
    assert result["hybrid"]["questions"] == 3


def test_batches_give_what_single_searches_give():
    rng = np.random.default_rng(1)
    passages = pieces()
    found = searcher(passages)
    words = " ".join(PARAGRAPHS).split()
    questions = [
        Question(str(i), " ".join(rng.choice(words, 3)), (), {f"d{i % 4}#1": 1}) for i in range(150)
    ]
    result = finish(evaluate_retrieval(found, questions))
    ids = passages.column("id")
    for method in METHODS:
        tops = [[ids[h.row] for h in found.search(q.text, 5).hits[method]] for q in questions]
        share = np.mean([f"d{i % 4}#1" in top for i, top in enumerate(tops)])
        assert result[method]["top5"] == pytest.approx(100 * share)


def test_without_gold_and_without_answers_figures_are_null():
    events = []
    questions = [Question("x", "river1", ("",)), Question("y", "star1")]
    result = finish(evaluate_retrieval(searcher(pieces()), questions), events.append)
    for figures in result.values():
        assert figures == {
            "top1": None,
            "top5": None,
            "top20": None,
            "top100": None,
            "answer_match": {
                "top1": None,
                "top5": None,
                "top20": None,
                "top100": None,
                "questions": 0,
            },
            "mrr10": None,
            "ndcg10": None,
            "questions": 0,
            "without_gold": 2,
        }
    (skipped,) = [event for event in events if isinstance(event, Skipped)]
    assert skipped.where == "question x"
