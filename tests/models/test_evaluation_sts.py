"""Spearman over all pairs at once, vectors that are kept, and the bundled encoder's figures."""

from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder
from scipy.stats import spearmanr
from senteval_folder import benchmark, put, sick, sts_year

from models.data.sts import Pair, read_sts
from models.errors import InputError
from models.evaluation import published
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.evaluation.sts import (
    average,
    correlation,
    evaluate_sts,
    pair_geometry,
    score_pairs,
    worst,
)
from models.events import Skipped, finish

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "senteval"


class Chosen(HashEncoder):
    """Vectors as given, a text each."""

    def __init__(self, vectors):
        super().__init__(dimensions=2, key="chosen")
        self.vectors = vectors

    def tokenize(self, texts, role):
        return [[list(self.vectors).index(text)] for text in texts]

    def forward(self, batch, role):
        return np.array([list(self.vectors.values())[i] for (i,) in batch], np.float32)


def at(degrees, length=1.0):
    angle = np.radians(degrees)
    return length * np.cos(angle), length * np.sin(angle)


PAIRS = (
    Pair("o", "a", 5.0, "one"),
    Pair("o", "b", 3.0, "one"),
    Pair("o", "c", 4.0, "two"),
    Pair("o", "d", 0.0, "two"),
)
VECTORS = {"o": at(0, 9.0), "a": at(0, 2.0), "b": at(90), "c": at(60, 0.1), "d": at(80)}


def test_cosines_are_raw_and_ranks_run_over_all_subsets():
    score = finish(score_pairs(SentenceVectors(Chosen(VECTORS)), "STSB", PAIRS))
    np.testing.assert_allclose(score.cosines, np.cos(np.radians([0, 90, 60, 80])), atol=1e-6)
    # Ranks of gold 4 2 3 1, of cosines 4 1 3 2: 1 − 6 · 2 / (4 · 15)
    assert score.spearman == pytest.approx(80)
    assert dict(score.subsets) == {"one": pytest.approx(100), "two": pytest.approx(100)}
    assert worst(score, 2) == (1, 3)
    assert not score.cosines.flags.writeable


def test_geometry_takes_pairs_above_4_and_every_sentence():
    lies = finish(pair_geometry(SentenceVectors(Chosen(VECTORS)), "STSB", PAIRS))
    assert (lies.alignment, lies.alike, lies.pairs) == (pytest.approx(0, abs=1e-6), 1, 4)
    angles = np.radians([0, 0, 0, 0, 0, 90, 60, 80])
    x = np.stack([np.cos(angles), np.sin(angles)], 1)
    squares = ((x[:, None] - x) ** 2).sum(2)[np.triu_indices(8, 1)]
    assert lies.uniformity == pytest.approx(np.log(np.exp(-2 * squares).mean()), abs=1e-5)
    none = finish(pair_geometry(SentenceVectors(Chosen(VECTORS)), "STSB", PAIRS[1:]))
    assert (none.alignment, none.alike) == (None, 0)


def test_the_correlation_is_scipys_with_ties():
    rng = np.random.default_rng(0)
    gold, cosines = rng.integers(0, 6, 200) / 2, rng.integers(0, 20, 200).astype(np.float32)
    assert correlation(gold, cosines) == pytest.approx(100 * spearmanr(gold, cosines)[0])
    assert correlation(gold, np.ones(200, np.float32)) is None


def test_an_encoder_that_says_the_same_of_all_is_told_so():
    vectors = SentenceVectors(Chosen(dict.fromkeys("oabcd", (1.0, 0.0))))
    with pytest.raises(InputError, match="All pairs of STSB are equally alike"):
        finish(score_pairs(vectors, "STSB", PAIRS))
    broken = SentenceVectors(Chosen({**VECTORS, "d": (np.nan, 1.0)}))
    with pytest.raises(InputError, match="not finite"):
        finish(score_pairs(broken, "STSB", PAIRS))


@pytest.fixture
def folder(tmp_path):
    benchmark(tmp_path / "data")
    sick(tmp_path / "data")
    pairs = [("a cat sat", "a cat sat down", 4.5), ("rain", "a train", 0.5), ("x y", "x z", 3)]
    sts_year(tmp_path / "data", "STS13", dict.fromkeys(("FNWN", "headlines", "OnWN"), pairs))
    return tmp_path / "data"


def test_a_folder_with_some_tasks_works_for_those(folder):
    events = []
    vectors = SentenceVectors(HashEncoder())
    scores = finish(evaluate_sts(vectors, folder), events.append)
    assert [score.task for score in scores] == ["STS13", "STSB", "SICKR"]
    assert [len(score.pairs) for score in scores] == [9, 4, 3]
    skipped = [event for event in events if isinstance(event, Skipped)]
    assert [event.where for event in skipped] == ["STS12", "STS14", "STS15", "STS16"]
    assert "STS.input.MSRpar.txt" in skipped[0].why
    assert average(scores) == pytest.approx(np.mean([score.spearman for score in scores]))


def test_a_task_asked_for_by_name_must_be_whole(folder):
    vectors = SentenceVectors(HashEncoder())
    (score,) = finish(evaluate_sts(vectors, folder, ["sick-r", "SICKR"]))
    assert score.task == "SICKR"
    (folder / "STS" / "STS13-en-test" / "STS.gs.OnWN.txt").unlink()
    with pytest.raises(InputError, match=r"STS13 cannot be measured.*STS\.gs\.OnWN\.txt"):
        finish(evaluate_sts(vectors, folder, ["STS13"]))
    put(folder / "STS" / "STSBenchmark" / "sts-test.csv", "damaged\n")
    with pytest.raises(InputError, match="columns"):
        finish(evaluate_sts(vectors, folder))


def test_no_sentence_is_embedded_twice(folder, tmp_path):
    first = HashEncoder()
    vectors = SentenceVectors(first, tmp_path / "kept")
    fresh = finish(evaluate_sts(vectors, folder))
    texts = {text for score in fresh for pair in score.pairs for text in (pair.first, pair.second)}
    assert first.embedded == len(texts)
    again = HashEncoder()
    kept = finish(evaluate_sts(SentenceVectors(again, tmp_path / "kept"), folder))
    assert again.embedded == 0
    for one, other in zip(fresh, kept, strict=True):
        np.testing.assert_array_equal(one.cosines, other.cosines)
    other_key = HashEncoder(key="hash-2")
    finish(evaluate_sts(SentenceVectors(other_key, tmp_path / "kept"), folder))
    assert other_key.embedded == len(texts)


def test_what_was_embedded_before_it_was_left_is_kept(tmp_path):
    texts = [f"word {n} " * (1 + n % 5) for n in range(2000)]
    encoder = HashEncoder()
    work = SentenceVectors(encoder, tmp_path).of(texts)
    while next(work).done < 500:
        pass
    work.close()
    before = encoder.embedded
    assert 500 <= before < 2000
    array = finish(SentenceVectors(encoder, tmp_path).of(texts))
    assert encoder.embedded == 2000
    np.testing.assert_array_equal(array, finish(SentenceVectors(HashEncoder()).of(texts)))


def test_a_disk_that_takes_nothing_costs_time_only(tmp_path):
    (tmp_path / "file").write_text("in the way")
    vectors = SentenceVectors(HashEncoder(), tmp_path / "file")
    texts = [f"text {n}" for n in range(700)] + ["text 0"]
    plain = finish(SentenceVectors(HashEncoder()).of(texts))
    for _ in range(2):
        np.testing.assert_array_equal(finish(vectors.of(texts)), plain)
    vectors.remember("name", {"a": 1})
    assert vectors.recall("name") is None


def test_the_encoders_used_last_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("models.evaluation.embedding._ENCODERS", 2)
    for n in range(3):
        finish(SentenceVectors(HashEncoder(key=f"key-{n}"), tmp_path).of(["text"]))
    assert len(list(tmp_path.iterdir())) == 2
    assert (tmp_path / "key-2").is_dir()


def test_the_users_own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path))
    assert kept_vectors() == tmp_path / "sentences"
    monkeypatch.delenv("CONTRASTIVE_EXPLORER_HOME")
    assert kept_vectors().parent.name == "contrastive-explorer"


def test_odd_texts_have_vectors(tmp_path):
    texts = ["", "one", "word " * 10_000, "😀", "שלום עולם", "日本語の文"]
    pairs = tuple(Pair(text, "one two", float(n), "odd") for n, text in enumerate(texts))
    score = finish(score_pairs(SentenceVectors(HashEncoder(), tmp_path), "STSB", pairs))
    assert np.isfinite(score.cosines).all()


def test_printed_averages_are_those_of_printed_figures():
    for row in (*published.STS, *published.TRANSFER):
        if row.scores:
            # SBERT's printed average of STS is 0.03 above that of its printed figures.
            assert row.average == pytest.approx(np.mean(list(row.scores.values())), abs=0.04)
            assert len(row.scores) == 7


@pytest.mark.slow
@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published sets are not here")
def test_the_bundled_encoder_has_its_published_figures():
    from models.encoders.catalog import load

    pairs = read_sts(PUBLISHED, "STSB")
    for pooling, spearman, alignment, uniformity in (
        ("mean", 82.03, 0.251, -3.805),
        ("cls", 73.50, 0.088, -1.621),
    ):
        vectors = Once(load("bundled", pooling=pooling))
        assert finish(score_pairs(vectors, "STSB", pairs)).spearman == pytest.approx(
            spearman, abs=0.05
        )
        lies = finish(pair_geometry(vectors, "STSB", pairs))
        assert lies.alignment == pytest.approx(alignment, abs=0.001)
        assert lies.uniformity == pytest.approx(uniformity, abs=0.001)


class Once(SentenceVectors):
    """Keeps the last vectors in memory."""

    last = None

    def of(self, texts, stage="Embedding"):
        if self.last is None:
            self.last = yield from super().of(texts, stage)
        return self.last
