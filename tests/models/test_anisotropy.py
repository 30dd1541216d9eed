"""Measures by layer against plain loops over words, and cases with a known answer."""

from itertools import combinations

import numpy as np
import pytest
import tiny
import torch

from models.anisotropy import layerwise, plan
from models.anisotropy.estimates import resample
from models.anisotropy.layerwise import measure_layers
from models.anisotropy.plan import make_plan
from models.anisotropy.sums import LayerSums, lay_out
from models.encoders import catalog
from models.encoders.layers import Worded, layer_states, worded
from models.errors import InputError
from models.events import Progress, finish
from models.geometry import mean_cosine, uniformity

STARTS = ["the cats sat", "a dog ran", "Paris is in France", "who sat far away", "the dog is home"]
ENDS = ["on the mat.", "from the cats", "in Paris?", "far away from home"]
SENTENCES = [f"{start} {end}" for start in STARTS for end in ENDS]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    tiny.save_bert(folder)
    return catalog.load(str(folder))


def cosine(x, y):
    return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))


@pytest.fixture(scope="module")
def states(encoder):
    """For each layer and sentence the states (T, H), sentence by sentence."""
    texts = worded(encoder, SENTENCES)
    each = [[s.numpy() for s in layer_states(encoder, [text.ids])] for text in texts]
    return texts, list(zip(*each, strict=True))


def word_vectors(text, tokens):
    return [tokens[text.owner == word].mean(0) for word in range(len(text.words))]


@pytest.mark.parametrize("tokens", [1, 64, 2048])
def test_all_measures_equal_plain_loops_however_sentences_are_cut(
    encoder, states, monkeypatch, tokens
):
    monkeypatch.setattr(layerwise, "_TOKENS", tokens)
    found = finish(measure_layers(encoder, [*SENTENCES, *SENTENCES[:3]], seed=4))
    texts, layers = states
    chosen = make_plan(texts, 4)
    assert (found.sentences, found.pairs, found.pooled) == (20, 1000, 20)
    for layer, arrays in zip(found.layers, layers, strict=True):
        words = [word_vectors(text, each) for text, each in zip(texts, arrays, strict=True)]
        pairs = [words[row][at] for row, at in chosen.pairs]
        random = [cosine(x, y) for x, y in zip(pairs[::2], pairs[1::2], strict=True)]
        assert layer.anisotropy.value == pytest.approx(np.mean(random), abs=1e-5)
        within = [np.mean([cosine(w, np.mean(ws, 0)) for w in ws]) for ws in words]
        assert layer.intra_sentence.value == pytest.approx(np.mean(within), abs=1e-5)
        contexts = {}
        for text, vectors in zip(texts, words, strict=True):
            for name in set(text.words):
                contexts.setdefault(name, []).append(vectors[text.words.index(name)])
        frequent = {name: vs for name, vs in contexts.items() if len(vs) >= 5}
        alike = [[cosine(*pair) for pair in combinations(vs, 2)] for vs in frequent.values()]
        itself = [np.mean(each) for each in alike]
        assert layer.self_similarity.value == pytest.approx(np.mean(itself), abs=1e-5)
        assert (found.words, found.of) == (len(frequent), len(frequent))
        assert found.contexts == sum(map(len, frequent.values()))
        for raw, adjusted in (
            (layer.self_similarity, layer.adjusted_self),
            (layer.intra_sentence, layer.adjusted_intra),
        ):
            assert adjusted.value == pytest.approx(raw.value - layer.anisotropy.value, abs=1e-9)
            assert adjusted.low < adjusted.value < adjusted.high
        for kind, vectors in (
            (layer.mean, [each.mean(0) for each in arrays]),
            (layer.first, [each[0] for each in arrays]),
        ):
            x = torch.nn.functional.normalize(torch.from_numpy(np.stack(vectors)), dim=1)
            assert kind.mean_cosine == pytest.approx(float(mean_cosine(x)), abs=1e-5)
            assert kind.uniformity == pytest.approx(float(uniformity(x)), abs=1e-5)


def test_the_last_layer_is_what_the_encoder_pools(encoder, states):
    _, layers = states
    batch = encoder.tokenize(SENTENCES, "passage")
    pooled = np.stack([each.mean(0) for each in layers[-1]])
    np.testing.assert_allclose(pooled, encoder.forward(batch, "passage"), atol=1e-5)


def invented(count, words, generator):
    """Sentences of invented words and one more token each, which belongs to none."""
    names = [tuple(f"w{n}" for n in generator.choice(60, words, False)) for _ in range(count)]
    owner = np.array([-1, *range(words)])
    return [Worded((0,) * (words + 1), each, owner) for each in names]


def measured(texts, states):
    """The one layer of ``states`` (sentences, T, H)."""
    chosen = make_plan(texts, 0)
    sums = LayerSums(chosen, len(texts), states.shape[2])
    for rows in (range(50), range(50, len(texts))):
        part = torch.from_numpy(states[list(rows)]).float().flatten(0, 1)
        sums.add(part, lay_out(texts, rows, chosen))
    (layer,) = finish(layerwise._layers(chosen, [sums], 0))
    return layer


def test_isotropic_vectors_have_no_anisotropy_and_know_no_words():
    generator = np.random.default_rng(1)
    texts = invented(300, 9, generator)
    layer = measured(texts, generator.normal(size=(300, 10, 64)))
    assert layer.anisotropy.value == pytest.approx(0, abs=0.015)
    assert layer.anisotropy.low < 0 < layer.anisotropy.high
    assert layer.self_similarity.value == pytest.approx(0, abs=0.01)
    # A word is a ninth of its sentence's mean, whose other parts are at right angles to it.
    assert layer.intra_sentence.value == pytest.approx(1 / 3, abs=0.01)


def test_identical_vectors_are_as_narrow_as_can_be():
    generator = np.random.default_rng(1)
    texts = invented(100, 4, generator)
    layer = measured(texts, np.broadcast_to(generator.normal(size=8), (100, 5, 8)).copy())
    for found in (layer.anisotropy, layer.self_similarity, layer.intra_sentence):
        assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1), abs=1e-5)
    assert layer.adjusted_self.value == pytest.approx(0, abs=1e-5)
    assert layer.mean.mean_cosine == pytest.approx(1) and layer.mean.uniformity == pytest.approx(0)


def test_a_static_vector_for_each_word_has_self_similarity_one():
    generator = np.random.default_rng(1)
    texts = invented(300, 9, generator)
    table = {f"w{n}": row for n, row in enumerate(generator.normal(size=(60, 64)))}
    states = np.stack([[table["w0"], *(table[word] for word in text.words)] for text in texts])
    layer = measured(texts, states)
    assert layer.self_similarity.value == pytest.approx(1, abs=1e-5)
    # One pair in sixty is the same word twice.
    assert layer.anisotropy.value == pytest.approx(1 / 60, abs=0.03)


def test_a_plan_draws_words_of_two_sentences_and_each_context_once():
    owner = np.array([0, 1, 2])
    texts = [Worded((1, 2, 3), ("a", "b", "a"), owner)] * 5 + [Worded((1,), (), owner[:0])]
    texts += [Worded((1,), ("c",), owner[:1])] * 4
    found = make_plan(texts, 3)
    assert found.frequent == ("a", "b") and found.counts.tolist() == [5, 5]
    assert found.occurrences[:5].tolist() == [[row, 0, 0] for row in range(5)]
    assert found.occurrences[5:].tolist() == [[row, 1, 1] for row in range(5)]
    first, second = found.pairs[::2], found.pairs[1::2]
    assert len(first) == 1000 and (first[:, 0] != second[:, 0]).all()
    assert 5 not in found.pairs[:, 0]
    assert {(0, 2), (9, 0)} <= {tuple(place) for place in found.pairs.tolist()}
    assert found.inner.tolist() == [0, 1, 2, 3, 4] and len(found.pooled) == 10
    again = make_plan(texts, 3)
    assert (found.pairs == again.pairs).all()
    assert (found.pairs != make_plan(texts, 4).pairs).any()


def test_more_words_than_are_kept_are_sampled_and_counted(encoder, monkeypatch):
    monkeypatch.setattr(plan, "WORDS", 3)
    monkeypatch.setattr(plan, "POOLED", 6)
    found = finish(measure_layers(encoder, SENTENCES))
    assert found.words == 3 < found.of
    assert found.pooled == 6


def test_words_in_few_contexts_have_no_self_similarity(encoder):
    found = finish(measure_layers(encoder, ["the cat sat", "paris is far"]))
    assert found.of == found.contexts == 0
    assert {layer.self_similarity for layer in found.layers} == {None}
    assert {layer.adjusted_self for layer in found.layers} == {None}
    assert all(0 < layer.intra_sentence.value <= 1 for layer in found.layers)


@pytest.mark.parametrize("sentences", [[], ["the cat"], ["the cat", "🙂"], ["cat", "dog"]])
def test_too_few_words_are_refused(encoder, sentences):
    with pytest.raises(InputError, match="two sentences"):
        finish(measure_layers(encoder, sentences))


def test_damaged_weights_are_told(encoder, monkeypatch):
    broken = lambda *_: iter([torch.full((500, 4), torch.nan)])  # noqa: E731
    monkeypatch.setattr(layerwise, "layer_states", broken)
    monkeypatch.setattr(
        layerwise.LayerSums, "add", lambda self, states, batch: self.pairs.fill_(torch.nan)
    )
    with pytest.raises(InputError, match="damaged"):
        finish(measure_layers(encoder, SENTENCES))


def test_it_tells_how_far_it_is_and_can_be_closed(encoder):
    work = measure_layers(encoder, SENTENCES)
    events = [next(work) for _ in range(3)]
    assert events[0] == Progress("Finding words", 0, 20, "sentences")
    assert events[1].stage == "Reading layers"
    work.close()


def test_resampling_gives_the_standard_error_of_a_mean():
    generator = np.random.default_rng(0)
    values = np.stack([generator.normal(size=400), np.full(400, 0.25)])
    found = resample(values, (0, 1))
    wide, flat = found.estimates()
    error = values[0].std() / 20
    assert wide.value == pytest.approx(values[0].mean())
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert (flat.value, flat.low, flat.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.estimates() == resample(values, (0, 1)).estimates()
    same, _ = found.less(found).estimates()
    assert (same.value, same.low, same.high) == (0, 0, 0)
