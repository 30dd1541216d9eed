"""From a question to hits: each method, both together, highlights and exported files."""

import csv
import io
import json
import threading

import numpy as np
import pytest
from fakes import HashEncoder

from models.data.records import Passage, Passages
from models.errors import InputError
from models.events import Progress, finish
from models.retrieval import export
from models.retrieval.dense import DenseIndex, IndexSpec, build_dense
from models.retrieval.highlight import SentenceVectors, best_by_terms
from models.retrieval.hybrid import WEIGHTS, candidates, fuse
from models.retrieval.lexical import LexicalIndex
from models.retrieval.ranked import Ranked
from models.retrieval.searcher import METHODS, Searcher, found_only
from models.vectors import Vectors, encode

WORDS = [
    "sand",
    "sea",
    "stone",
    "river",
    "cloud",
    "star",
    "vector",
    "sphere",
    "question",
    "answer",
    "bread",
    "salt",
    "time",
]


def searcher(count=150, weight=None, spec=None, texts=None, encoder=None):
    rng = np.random.default_rng(4)
    encoder = encoder or HashEncoder()
    texts = texts or [" ".join(rng.choice(WORDS, 8)) + f" item{i}." for i in range(count)]
    passages = Passages.of(Passage(f"p{i}", f"p{i}", "", t, "f.txt") for i, t in enumerate(texts))
    vectors = encode(texts, encoder)
    dense = finish(build_dense(vectors.array, spec or IndexSpec(), "cosine"))
    return Searcher(passages, vectors, encoder, dense, LexicalIndex.build(texts), weight)


@pytest.fixture(scope="module")
def ready():
    return searcher()


def rows(answer, method):
    return [hit.row for hit in answer.hits[method]]


def test_each_method_is_that_of_its_index(ready):
    answer = ready.search("river of stars and sand item7", 10)
    encoder = ready.encoder
    vector = encoder.forward(encoder.tokenize([answer.question], "question"), "question")
    np.testing.assert_array_equal(answer.vector, vector[0])
    assert rows(answer, "dense") == ready.dense.search(vector, 10)[0].rows.tolist()
    assert rows(answer, "bm25") == ready.lexical.search(answer.question, 10).rows.tolist()
    for method in METHODS:
        scores = [hit.score for hit in answer.hits[method]]
        assert scores == sorted(scores, reverse=True)
        assert [hit.rank for hit in answer.hits[method]] == [*range(1, 11)]
    assert answer.seconds > 0


@pytest.mark.parametrize("spec", [IndexSpec(), IndexSpec("sq8")])
@pytest.mark.parametrize("weight", [0.0, 0.3, 0.75, 1.0])
def test_hybrid_equals_a_naive_fusion_of_exact_scores(weight, spec):
    found = searcher(weight=weight, spec=spec)
    question = "sea salt item3 cloud"
    answer = found.search(question, 12)
    cosines = found.vectors.array @ answer.vector
    bm25 = found.lexical.scores(question)
    near = {*np.argsort(-cosines)[:100]} if spec.kind == "flat" else None
    if near is None:
        near = {*found.dense.search(answer.vector[None], 100)[0].rows}
    worded = {*[i for i in np.argsort(-bm25, kind="stable")[:100] if bm25[i] > 0]}
    both = sorted(near | worded)
    highest, most = max(cosines[i] for i in both), max(bm25[i] for i in both)
    naive = {
        i: weight * (cosines[i] + 1) / (highest + 1) + (1 - weight) * bm25[i] / most for i in both
    }
    expected = sorted(both, key=lambda i: (-np.float32(naive[i]), i))[:12]
    np.testing.assert_allclose(
        [hit.score for hit in answer.hits["hybrid"]], [naive[i] for i in expected], rtol=1e-5
    )
    agreeing = sum(a == b for a, b in zip(rows(answer, "hybrid"), expected, strict=True))
    assert agreeing >= 10  # scores that differ by rounding alone may change places


def test_the_weight_leads_from_one_ranking_to_the_other():
    question = "sea salt item3 cloud"
    dense, bm25 = searcher(weight=1.0), searcher(weight=0.0)
    answer = dense.search(question, 10)
    # Rows whose cosines differ by rounding alone may change places; the cosines may not.
    cosines = dense.vectors.array @ answer.vector
    expected = [hit.score for hit in answer.hits["dense"]]
    np.testing.assert_allclose(cosines[rows(answer, "hybrid")], expected, rtol=1e-5)
    assert rows(bm25.search(question, 10), "hybrid") == rows(bm25.search(question, 10), "bm25")


def test_without_known_words_hybrid_is_dense(ready):
    answer = ready.search("zzzz qqqq", 10)
    assert answer.hits["bm25"] == ()
    assert rows(answer, "hybrid") == rows(answer, "dense")
    assert len(answer.hits["dense"]) == 10


def test_fusing_by_hand():
    ids, least = np.array([3, 8]), None
    cosines, bm25 = np.array([0.5, -0.5], np.float32), np.array([0, 4], np.float32)
    fused = fuse(ids, cosines, bm25, 0.6, least, 5)
    assert fused.rows.tolist() == [3, 8]
    np.testing.assert_allclose(fused.scores, [0.6, 0.4])
    fused = fuse(ids, cosines, bm25, 0.5, -1.0, 5)
    np.testing.assert_allclose(fused.scores, [0.5 * 0.5 / 1.5 + 0.5, 0.5])
    assert fused.rows.tolist() == [8, 3]


def test_fusing_nothing_or_what_cannot_be_told_apart():
    empty = Ranked(np.empty(0, np.float32), np.empty(0, np.int64))
    nobody = candidates(empty, empty)
    assert len(fuse(nobody, empty.scores, empty.scores, 0.5, None, 3).rows) == 0
    same, none = np.full(3, 0.2, np.float32), np.zeros(3, np.float32)
    assert fuse(np.array([1, 4, 6]), same, none, 0.5, None, 2).rows.tolist() == [1, 4]
    assert candidates(
        Ranked(same, np.array([9, 1, 4])), Ranked(same, np.array([4, 2, 9]))
    ).tolist() == [1, 2, 4, 9]


@pytest.mark.parametrize("question", ["", "  \n\t"])
def test_an_empty_question_has_no_hits(ready, question):
    answer = ready.search(question)
    assert dict(answer.hits) == {"dense": (), "bm25": (), "hybrid": ()}
    assert answer.vector.shape == (32,)


def test_only_the_methods_asked_for_are_answered(ready):
    for methods in (("dense",), ("bm25",), ("hybrid",), ("bm25", "dense")):
        assert tuple(ready.search("sand", 3, methods).hits) == methods


def test_more_hits_than_passages():
    answer = searcher(4).search("sand sea item2", 50)
    assert len(answer.hits["dense"]) == 4
    assert len(answer.hits["hybrid"]) == 4


def test_an_answer_cannot_be_changed(ready):
    answer = ready.search("sand")
    with pytest.raises(ValueError, match="read-only"):
        answer.vector[0] = 1
    with pytest.raises(TypeError):
        answer.hits["dense"] = ()


def test_what_only_one_method_found(ready):
    answer = ready.search("sea salt item3 cloud", 10)
    shared = {*rows(answer, "dense")} & {*rows(answer, "bm25")}
    only = found_only(answer, "dense")
    assert 0 < len(only) < 10
    assert {hit.row for hit in only} == {*rows(answer, "dense")} - shared
    assert {hit.row for hit in found_only(answer, "bm25")} == {*rows(answer, "bm25")} - shared


def test_several_threads_get_the_same_answers(ready):
    questions = [f"{word} item{i}" for i, word in enumerate(WORDS)]
    expected = [ready.search(question).hits for question in questions]
    found = {}

    def ask(start):
        for i in range(start, len(questions), 3):
            found[i] = ready.search(questions[i]).hits

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[i] for i in range(len(questions))] == expected


def test_parts_that_do_not_belong_together_are_refused(ready):
    def build(**changes):
        parts = {
            "passages": ready.passages,
            "vectors": ready.vectors,
            "encoder": ready.encoder,
            "dense": ready.dense,
            "lexical": ready.lexical,
        }
        return Searcher(**{**parts, **changes})

    assert build().weight == WEIGHTS["cosine"]
    vectors = ready.vectors.array
    for changes, words in (
        ({"encoder": HashEncoder(key="other")}, "embedded by hash"),
        ({"dense": DenseIndex.flat(vectors, "dot")}, "compares by dot"),
        ({"dense": DenseIndex.flat(vectors[:, :8], "cosine")}, "8 dimensions"),
        ({"dense": DenseIndex.flat(vectors[:9], "cosine")}, "index cover 9 passages of 150"),
        ({"lexical": LexicalIndex.build(["one"])}, "word index cover 1 passages of 150"),
        ({"vectors": Vectors(vectors[:9], "hash-1", True)}, "vectors cover 9 passages of 150"),
        ({"weight": 1.5}, "within 0 and 1"),
    ):
        with pytest.raises(InputError, match=words):
            build(**changes)


def test_the_best_sentence_by_terms_sums_distinct_words():
    text = "Sand sand sand. The sea is salt. Sand and sea."
    terms = {"sand": 1.0, "sea": 2.0}
    span = best_by_terms(text, terms)
    assert text[slice(*span)] == "Sand and sea."
    assert best_by_terms("Sea. Sea again.", terms) == (0, 4)
    assert best_by_terms("No match here.", terms) is None
    assert best_by_terms("", terms) is None


def test_the_best_sentence_by_vector_is_the_nearest_and_is_remembered():
    encoder = HashEncoder()
    finder = SentenceVectors(encoder, capacity=3)
    vector = encode(["bread and salt"], encoder, "question").array[0]
    texts = ["The river is long. We eat bread and salt. Stars shine.", "  ", "Only one."]
    events = []
    encoder.embedded = 0
    spans = finish(finder.best(texts, 7 * vector), events.append)
    assert texts[0][slice(*spans[0])] == "We eat bread and salt."
    assert spans[1:] == (None, (0, 9))
    assert encoder.embedded == 4
    assert events == [Progress("Comparing sentences", 0, 4, "sentences")]
    finish(finder.best(["Only one."], vector))
    finish(finder.best(texts, vector))
    assert 4 < encoder.embedded < 8, "three of four sentences were remembered"


def awkward():
    texts = ['A | pipe, a "quote"\nand *stars*', "=1+1 <b>bold</b> 1914", "plain `code` [x](y)"]
    found = searcher(texts=texts)
    return found, found.search("plain stars | 1914", 3)


def test_retriever_output_is_that_of_dpr():
    found, answer = awkward()
    empty = found.search("")
    text = export.retriever_json([answer, empty], found.passages, "dense", [["1914"], []])
    one, other = json.loads(text)
    assert one["question"] == "plain stars | 1914"
    assert one["answers"] == ["1914"]
    assert [c["id"] for c in one["ctxs"]] == [f"p{row}" for row in rows(answer, "dense")]
    assert {c["id"]: c["has_answer"] for c in one["ctxs"]} == {"p0": False, "p1": True, "p2": False}
    for context, hit in zip(one["ctxs"], answer.hits["dense"], strict=True):
        assert float(context["score"]) == hit.score
        assert set(context) == {"id", "title", "text", "score", "has_answer"}
    assert other == {"question": "", "answers": [], "ctxs": []}


def test_csv_keeps_every_character():
    found, answer = awkward()
    header, *lines = csv.reader(io.StringIO(export.hits_csv([answer], found.passages), newline=""))
    assert header == ["question", "method", "rank", "score", "id", "title", "text"]
    assert len(lines) == sum(len(hits) for hits in answer.hits.values())
    texts = found.passages.column("text")
    for line in lines:
        assert line[6] == texts[int(line[4][1:])]
        assert line[0] == answer.question


def test_markdown_shows_text_as_it_is():
    from markdown_it import MarkdownIt

    found, answer = awkward()
    text = export.hits_markdown([answer], found.passages)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    shown = {"".join(c.content for c in t.children) for t in tokens if t.type == "inline"}
    for passage in found.passages.column("text"):
        assert " ".join(passage.split()) in shown
    assert answer.question in shown
    kinds = {c.type for t in tokens if t.type == "inline" for c in t.children}
    assert kinds <= {"text", "text_special"}
    assert "No passage was found." in export.hits_markdown([found.search("")], found.passages)


def test_the_ending_of_a_name_chooses_the_format(tmp_path):
    found, answer = awkward()
    for name, beginning in (("a.json", "[\n"), ("a.csv", "question,"), ("a.MD", "## plain")):
        export.write(tmp_path / name, [answer], found.passages)
        assert (tmp_path / name).read_text("utf-8").startswith(beginning)
    with pytest.raises(InputError, match="must end with"):
        export.write(tmp_path / "a.xlsx", [answer], found.passages)
