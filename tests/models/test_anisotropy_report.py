"""What is shown of an encoder: remembered by its sentences, and honest about collapse."""

from itertools import pairwise

import numpy as np
import pytest
import tiny
from test_anisotropy import SENTENCES

from models.anisotropy import report
from models.anisotropy.layerwise import measure_layers
from models.anisotropy.report import curing, reporting
from models.anisotropy.sentences import sentences_of, sentences_of_project
from models.data.sts import Pair
from models.encoders import catalog
from models.errors import InputError
from models.events import finish
from models.portrait import portray
from models.samples import assets
from models.vectors import encode
from models.whitening import fit_whitening


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    tiny.save_bert(folder)
    return catalog.load(str(folder))


def test_a_report_is_layers_and_two_portraits(encoder):
    found = finish(reporting(encoder, [*SENTENCES, SENTENCES[1]], seed=3))
    assert found.layers == finish(measure_layers(encoder, SENTENCES, 3))
    array = encode(SENTENCES, encoder).array
    whitening = fit_whitening(array)
    for shown, vectors in ((found.before, array), (found.after, whitening(array))):
        expected = finish(portray(vectors))
        assert shown.mean_cosine == pytest.approx(expected.mean_cosine, abs=1e-5)
        np.testing.assert_allclose(shown.density, expected.density, atol=1e-4)
    assert found.kept == whitening.dimensions == 19


def test_it_is_measured_once(encoder, tmp_path, monkeypatch):
    first = finish(reporting(encoder, SENTENCES, tmp_path))
    monkeypatch.setattr(report, "measure_layers", None)
    again = finish(reporting(encoder, SENTENCES, tmp_path))
    assert again.layers == first.layers and again.kept == first.kept
    np.testing.assert_array_equal(again.before.singular_values, first.before.singular_values)
    for other in (SENTENCES[1:], SENTENCES[::-1]):
        with pytest.raises(TypeError):
            finish(reporting(encoder, other, tmp_path))
    with pytest.raises(TypeError):
        finish(reporting(encoder, SENTENCES, tmp_path, seed=1))


@pytest.mark.parametrize("text", ["{", "{}", '{"object": "models.gone:X", "fields": {}}', "[1]"])
def test_what_cannot_be_read_any_more_is_measured_anew(encoder, tmp_path, text):
    first = finish(reporting(encoder, SENTENCES, tmp_path))
    (path,) = tmp_path.glob("*/layers-*.json")
    path.write_text(text)
    assert finish(reporting(encoder, SENTENCES, tmp_path)).layers == first.layers
    assert len(path.read_text()) > 1000


def test_a_collapsed_encoder_is_shown_as_such(encoder, monkeypatch):
    def collapsed(self, texts, stage=""):
        yield from ()
        return np.ones((len(texts), 24), np.float32)

    monkeypatch.setattr(report.SentenceVectors, "of", collapsed)
    found = finish(reporting(encoder, SENTENCES))
    assert (found.after, found.kept) == (None, 0)
    assert found.before.mean_cosine == pytest.approx(1)


def test_a_cure_is_scored_against_judgements(encoder):
    from scipy.stats import spearmanr

    pairs = tuple(
        Pair(a, b, float(at % 6), "main") for at, (a, b) in enumerate(pairwise(SENTENCES))
    )
    found = finish(curing(encoder, SENTENCES[:12], pairs, 5))
    array = encode(SENTENCES, encoder).array
    for shown, fitted in ((found.before, None), (found.after, array[:12]), (found.own, array)):
        x = array if fitted is None else fit_whitening(fitted, 5)(array)
        x = x / np.linalg.norm(x, axis=1, keepdims=True)
        expected = spearmanr([pair.gold for pair in pairs], (x[:-1] * x[1:]).sum(1)).statistic
        assert shown == pytest.approx(100 * expected, abs=0.2)
    assert (found.pairs, found.fitted, found.own_fitted) == (19, 12, 20)
    assert (found.kept, found.own_kept) == (5, 5)
    with pytest.raises(InputError, match="two vectors"):
        finish(curing(encoder, SENTENCES[:1], pairs))


def test_sentences_are_drawn_each_once_and_counted(tmp_path):
    path = tmp_path / "some.txt"
    path.write_text("\n".join(f"Sentence {n % 30}." for n in range(90)) + "\n", "utf-8")
    found = finish(sentences_of(str(path), path.name, 10, 1))
    assert len(set(found.texts)) == len(found.texts) == 10 and found.of == 30
    assert found.about == "10 of 30 sentences of some.txt, drawn at random with seed 1"
    assert finish(sentences_of(str(path), path.name, 30)).about == "All 30 sentences of some.txt"
    again = finish(sentences_of(str(path), path.name, 10, 1))
    assert again.texts == found.texts


def test_a_corpus_is_cut_into_sentences():
    from models.project import Project

    project = Project.open(assets() / "sample" / "project")
    found = finish(sentences_of_project(project, 10_000))
    assert found.of > 1000 and len(found.texts) == found.of
    assert any(text == project.passages[0].text.split(". ")[0] + "." for text in found.texts)
    assert all(text == " ".join(text.split()) for text in found.texts)
    sample = finish(sentences_of("bundled", "the sample", 10_000))
    assert set(sample.texts) == set(found.texts)
