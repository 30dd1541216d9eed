"""The texts of a comparison: which are drawn, what is embedded, and either encoder on them."""

import numpy as np
import pytest
import torch
from fakes import HashEncoder
from scipy.stats import spearmanr
from senteval_folder import benchmark, put

from models.comparison.points import (
    Points,
    embed,
    of_corpus,
    of_file,
    of_sample,
    of_stsb,
    stsb_pairs,
    words,
)
from models.comparison.sides import side
from models.errors import InputError
from models.events import finish
from models.geometry import alignment, uniformity
from models.project import Project
from models.samples import assets


@pytest.fixture(scope="module")
def sample():
    return Project.open(assets() / "sample" / "project")


def test_passages_are_embedded_as_their_corpus_embeds_them(sample):
    points = finish(of_corpus(sample, 20))
    assert len(points) == 20 and points.of == len(sample.passages)
    assert points.sentence.startswith("20 of 318 passages of Bundled sample, drawn at random")
    for row, text in zip(points.rows, points.texts, strict=True):
        passage = sample.passages[int(row)]
        assert text == (passage.title, passage.text)
    assert points.columns["topic"][0] == sample.passages[int(points.rows[0])].fields["topic"]
    assert finish(of_corpus(sample, 10**6)).sentence == "All 318 passages of Bundled sample"


def test_vectors_of_a_corpus_are_not_made_again(sample):
    points = finish(of_corpus(sample, 20))
    own = HashEncoder(384, sample.vectors.encoder_key)
    array = finish(embed(points, own, None, "A"))
    np.testing.assert_array_equal(array, sample.vectors.array[points.rows])
    assert own.embedded == 0 and not array.flags.writeable
    other = HashEncoder(8)
    assert finish(embed(points, other, None, "B")).shape == (20, 8) and other.embedded == 20


def test_the_sample_is_there_without_a_corpus(sample):
    points = finish(of_sample(50))
    corpus = finish(of_corpus(sample, 50))
    assert points.texts == corpus.texts and set(points.columns) == {"topic", "title"}
    assert points.project is None


def test_sentences_of_a_file(tmp_path):
    put(tmp_path / "some.txt", "One.\n\nTwo words.\n 三つ 🙂 \n")
    points = finish(of_file(tmp_path / "some.txt", 10))
    assert points.texts == ("One.", "Two words.", "三つ 🙂")
    assert points.sentence == "All 3 sentences of some.txt"
    with pytest.raises(InputError, match="no file"):
        finish(of_file(tmp_path / "none.txt", 10))


def test_stsb_is_read_from_a_folder_and_from_a_file_of_any_name(tmp_path):
    benchmark(tmp_path)
    file = tmp_path / "STS" / "STSBenchmark" / "sts-test.csv"
    moved = file.rename(tmp_path / "pairs.tsv")
    benchmark(tmp_path)
    assert stsb_pairs(tmp_path) == stsb_pairs(moved) and len(stsb_pairs(moved)) == 4
    put(tmp_path / "bad.csv", "one\ttwo\n")
    with pytest.raises(InputError, match="line 1 has 2 columns"):
        stsb_pairs(tmp_path / "bad.csv")
    with pytest.raises(InputError, match="no folder"):
        stsb_pairs(tmp_path / "nothing")


def test_sentences_of_stsb_stand_once_and_keep_their_pairs(tmp_path):
    benchmark(tmp_path)
    points = finish(of_stsb(tmp_path, 100))
    assert len(points) == points.of == 7  # one sentence stands in both places of a pair
    pairs = stsb_pairs(tmp_path)
    for (i, j), gold, pair in zip(points.pairs, points.gold, pairs, strict=True):
        assert (points.texts[i], points.texts[j], gold) == (pair.first, pair.second, pair.gold)
    assert points.columns["genre"] == tuple("main" for _ in range(7))


def test_a_draw_from_stsb_keeps_whole_pairs(tmp_path):
    benchmark(tmp_path)
    points = finish(of_stsb(tmp_path, 4))
    assert len(points.pairs) == 2 and len(points) <= 4 < points.of
    known = {(pair.first, pair.second) for pair in stsb_pairs(tmp_path)}
    assert all((points.texts[i], points.texts[j]) in known for i, j in points.pairs)


def test_either_side_is_measured_as_geometry_measures_it():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(12, 5)).astype(np.float32)
    pairs = np.array([(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)])
    gold = np.array([4.5, 1.0, 5.0, 4.0, 2.0])
    points = Points("p", "sentences", ("t",) * 12, np.arange(12), 12, pairs=pairs, gold=gold)
    found = finish(side(x, points))
    unit = torch.from_numpy(x / np.linalg.norm(x, axis=1, keepdims=True))
    assert found.uniformity == pytest.approx(float(uniformity(unit)), abs=1e-5)
    assert found.alignment == pytest.approx(float(alignment(unit[[0, 4]], unit[[1, 5]])), abs=1e-5)
    cosines = (unit[pairs[:, 0].copy()] * unit[pairs[:, 1].copy()]).sum(1)
    assert found.spearman == pytest.approx(100 * spearmanr(gold, cosines).statistic, abs=1e-4)
    assert (found.alike, found.judged, found.dimensions) == (2, 5, 5)
    each = [float(unit[i] @ unit[j]) for i in range(12) for j in range(i)]
    assert found.mean_cosine == pytest.approx(np.mean(each), abs=1e-5)


def test_without_pairs_there_is_no_alignment():
    points = Points("p", "sentences", ("t",) * 6, np.arange(6), 6)
    found = finish(side(np.random.default_rng(0).normal(size=(6, 3)), points))
    assert found.alignment is None and found.spearman is None and found.judged == 0


def test_a_text_in_one_line():
    assert words(("Title.", "Some\n text.")) == "Title. Some text."
    assert words("plain\ttext") == "plain text" and words("  ") == "–"
