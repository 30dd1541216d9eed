"""BM25: bm25s's ranking, no more and no less, and a folder that is whole or refused."""

import json
import math
from collections import Counter

import numpy as np
import pytest

from models.data.lazy import Lazy
from models.errors import InputError
from models.events import Progress, finish
from models.retrieval import lexical
from models.retrieval.lexical import LexicalIndex, words

TOPICS = """contrastive learning pulls positive pairs together and pushes negatives apart|
the river carries sand and stones from the mountains to the sea|
a passage answers the question when it holds the answer string|
temperature scales the similarities inside the softmax|
bread needs flour, water, salt and time|
the encoder maps a sentence to a vector on the unit sphere|
stars are born in cold clouds of gas and dust|
retrieval finds the passages nearest to the question"""


def corpus(count=300):
    rng = np.random.default_rng(5)
    parts = [line.strip() for line in TOPICS.split("|")]
    return [
        " ".join([parts[i], *rng.choice([w for p in parts for w in p.split()], 12), f"No{n}"])
        for n, i in enumerate(rng.integers(len(parts), size=count))
    ]


QUESTIONS = (
    "Which passages are nearest to the question?",
    "learning learning contrastive",
    "water and salt AND bread",
    "No17 encoder",
)


def test_scores_and_ranking_are_those_of_bm25s():
    import bm25s

    texts = corpus()
    theirs = bm25s.BM25(corpus=None)
    theirs.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    ours = LexicalIndex.build(texts)
    for question in QUESTIONS:
        asked = bm25s.tokenize(question, show_progress=False)
        rows, scores = theirs.retrieve(asked, k=10, show_progress=False)
        found = ours.search(question, 10)
        np.testing.assert_array_equal(found.scores, scores[0])
        np.testing.assert_array_equal(ours.scores(question)[rows[0]], scores[0])
        above = scores[0] > scores[0][-1]  # of ties at the end bm25s may keep any
        assert {*found.rows[above]} == {*rows[0][above]}


def test_scores_are_those_of_the_formula():
    texts = corpus(50)
    documents = [Counter(words(text)) for text in texts]
    mean = np.mean([document.total() for document in documents])
    expected = []
    for document in documents:
        score = 0.0
        for word in words(QUESTIONS[0]):
            held = sum(word in other for other in documents)
            idf = math.log(1 + (50 - held + 0.5) / (held + 0.5))
            norm = 1.5 * (1 - 0.75 + 0.75 * document.total() / mean)
            score += idf * document[word] / (document[word] + norm)
        expected.append(score)
    np.testing.assert_allclose(LexicalIndex.build(texts).scores(QUESTIONS[0]), expected, rtol=1e-5)


def test_indexing_in_chunks_changes_nothing(monkeypatch):
    texts = corpus(50)
    whole = LexicalIndex.build(texts)
    monkeypatch.setattr(lexical, "_CHUNK", 7)
    events = []
    chunked = finish(LexicalIndex.building(texts), events.append)
    assert events[-1] == Progress("Indexing words", 50, 50, "passages")
    assert len(events) == 9
    for question in QUESTIONS:
        np.testing.assert_array_equal(whole.scores(question), chunked.scores(question))


def test_the_arrays_are_those_of_bm25s_and_it_opens_the_folder(tmp_path, monkeypatch):
    import bm25s

    texts = [*corpus(), "", "the of"]
    monkeypatch.setattr(lexical, "_CHUNK", 64)
    ours = LexicalIndex.build(texts)
    found = bm25s.tokenize(texts, show_progress=False)
    vocabulary = ours.postings.vocabulary
    names = {number: word for word, number in found.vocab.items()}
    ids = [[vocabulary[names[number]] for number in text] for text in found.ids]
    theirs = bm25s.BM25()
    theirs.index((ids, vocabulary), show_progress=False)
    for name in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(ours.postings, name), theirs.scores[name])
    ours.save(tmp_path / "bm25")
    opened = bm25s.BM25.load(tmp_path / "bm25", show_progress=False)
    for question in QUESTIONS:
        scores = opened.get_scores(words(question))
        np.testing.assert_array_equal(scores, ours.scores(question))


def test_texts_are_read_in_slices(monkeypatch):
    asked, texts = [], corpus(100)
    monkeypatch.setattr(lexical, "_CHUNK", 30)

    def read(start, stop):
        asked.append(stop - start)
        return texts[start:stop]

    index = LexicalIndex.build(Lazy(100, read))
    assert asked == [30, 30, 30, 10]
    whole = LexicalIndex.build(texts)
    np.testing.assert_array_equal(index.scores(QUESTIONS[0]), whole.scores(QUESTIONS[0]))


def test_equal_scores_come_in_row_order_up_to_the_last_place():
    index = LexicalIndex.build(["sand castle"] * 8 + ["sand"])
    assert index.search("castle", 3).rows.tolist() == [0, 1, 2]
    assert index.search("sand", 2).rows.tolist() == [8, 0]


@pytest.mark.parametrize("question", ["", "   ", "the and of", "zzzz qqqq", "?!", "a b c"])
def test_a_question_without_a_known_word_finds_nothing(question):
    index = LexicalIndex.build(corpus(20))
    found = index.search(question, 5)
    assert len(found.rows) == len(found.scores) == 0
    assert not index.scores(question).any()
    assert index.terms(question) == {}


@pytest.mark.parametrize("texts", [["the of and", "", "  ?"], ["the", "sand"], [""]])
def test_passages_without_words_are_no_error(texts, tmp_path):
    index = LexicalIndex.build(texts)
    assert len(index) == len(texts)
    assert index.search("sand", 5).rows.tolist() == [i for i, t in enumerate(texts) if t == "sand"]
    index.save(tmp_path / "bm25")
    assert len(LexicalIndex.load(tmp_path / "bm25")) == len(texts)


def test_no_passages_at_all_are_refused():
    with pytest.raises(InputError, match="no passages"):
        LexicalIndex.build([])


def test_terms_are_weighted_as_in_the_scores():
    index = LexicalIndex.build(["sand sand", "sand and sea", "stone"])
    assert index.terms("The sea, the SAND, the moon") == {
        "sea": pytest.approx(math.log(1 + 2.5 / 1.5)),
        "sand": pytest.approx(math.log(1 + 1.5 / 2.5)),
    }


def test_what_is_saved_is_what_is_loaded(tmp_path):
    index = LexicalIndex.build(corpus())
    index.save(tmp_path / "bm25")
    LexicalIndex.build(["something older"]).save(tmp_path / "other")
    index.save(tmp_path / "other")
    for name in ("bm25", "other"):
        again = LexicalIndex.load(tmp_path / name)
        assert len(again) == 300
        for question in QUESTIONS:
            np.testing.assert_array_equal(again.scores(question), index.scores(question))
            assert again.terms(question) == index.terms(question)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bm25", "other"]
    for path in (tmp_path / "bm25").glob("*.npy"):
        np.load(path, allow_pickle=False)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("here")
    with pytest.raises(InputError, match="could not be written"):
        LexicalIndex.build(corpus(5)).save(tmp_path / "file" / "bm25")


def test_damaged_folders_are_refused(tmp_path):
    folder = tmp_path / "bm25"
    with pytest.raises(InputError, match="missing"):
        LexicalIndex.load(folder)
    index = LexicalIndex.build(corpus(30))
    index.save(folder)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for damaged in (b"", whole[: len(whole) // 2], b"\x93NUMPY" + whole[:20]):
            path.write_bytes(damaged)
            with pytest.raises(InputError, match="damaged"):
                LexicalIndex.load(folder)
        path.unlink()
        with pytest.raises(InputError, match="damaged"):
            LexicalIndex.load(folder)
        path.write_bytes(whole)
    assert len(LexicalIndex.load(folder)) == 30


def test_a_loaded_index_is_mapped_and_a_bad_row_in_a_large_one_is_refused_by_the_search(
    tmp_path, monkeypatch
):
    folder = tmp_path / "bm25"
    LexicalIndex.build(["sand", "sea sand"]).save(folder)
    index = LexicalIndex.load(folder)
    assert isinstance(index.postings.data, np.memmap)
    assert isinstance(index.postings.indices, np.memmap)
    rows = np.load(folder / "indices.csc.index.npy")
    rows[-1] = 77
    del index
    np.save(folder / "indices.csc.index.npy", rows)
    with pytest.raises(InputError, match="damaged"):
        LexicalIndex.load(folder)
    monkeypatch.setattr(lexical, "_WHOLE", 2)
    with pytest.raises(InputError, match=r"bm25 is damaged; build it again"):
        LexicalIndex.load(folder).search("sand sea", 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("indices.csc.index.npy", np.full(3, 99, np.int32)),
        ("indptr.csc.index.npy", np.array([0, 5, 2, 900])),
        ("data.csc.index.npy", np.ones(1, np.float32)),
        ("data.csc.index.npy", np.array([{"a": 1}], dtype=object)),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_refused(name, value, tmp_path):
    LexicalIndex.build(["sand", "sea"]).save(tmp_path / "bm25")
    np.save(tmp_path / "bm25" / name, value, allow_pickle=value.dtype == object)
    with pytest.raises(InputError, match="damaged"):
        LexicalIndex.load(tmp_path / "bm25")


def test_a_vocabulary_of_another_index_is_refused(tmp_path):
    LexicalIndex.build(["sand", "sea"]).save(tmp_path / "bm25")
    (tmp_path / "bm25" / "vocab.index.json").write_text(json.dumps({"sand": 77}))
    with pytest.raises(InputError, match="damaged"):
        LexicalIndex.load(tmp_path / "bm25")
