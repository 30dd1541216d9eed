"""The two small text encoders that ship with the program: what they are, and what they reach."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.data.training_text import sentence_set
from models.encoders.catalog import load, own_folder
from models.encoders.trainable import TextNetSpec, build_text, read_base
from models.events import finish
from models.geometry import mean_cosine
from models.text_encoders import load_text, shipped
from models.vectors import encode

NAMES = ("explorer-mini", "explorer-mini-mlm")
TEXTS = ["A cat sits on a mat.", "Who wrote it?", "", "猫 🗼", "word " * 300]


@pytest.fixture(scope="module")
def encoders():
    return {name: load(name) for name in NAMES}


def test_they_are_found_by_name_wherever_encoders_are(encoders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "explorer-mini").mkdir()  # a folder of one's own is ./explorer-mini
    assert {"bundled", *NAMES} <= {name for name, _ in shipped()}
    for name, encoder in encoders.items():
        assert (encoder.card.name, encoder.card.source) == (name, name)
        assert encoder.card.conventions.pooling == "mean" and encoder.card.conventions.normalize
        assert load_text(name).card.key == encoder.card.key
        assert read_base(name).folder == own_folder(name)
        assert TextNetSpec(base=name).base == name


@pytest.mark.parametrize("name", NAMES)
def test_sentence_transformers_gives_equal_vectors(encoders, name):
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(own_folder(name)), device="cpu")
    ours = encode(TEXTS, encoders[name]).array
    np.testing.assert_allclose(theirs.encode(TEXTS), ours, atol=1e-4)
    net = build_text(TextNetSpec(name, "mean", "none", 0.1, 64), read_base(name), 0)
    with torch.no_grad():
        trained = torch.nn.functional.normalize(net.embed(TEXTS), dim=1).numpy()
    np.testing.assert_allclose(trained, ours, atol=1e-4)


def test_they_are_small_and_say_what_they_are():
    sizes = []
    for name in NAMES:
        folder = own_folder(name)
        tensors = load_file(folder / "model.safetensors")
        assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
        assert not list(folder.rglob("*.bin")) and not list(folder.rglob("*.pt"))
        sizes += [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        card = (folder / "README.md").read_text("utf-8")
        for word in ("## Data", "## Recipe", "## What it reaches", "## Limits", "SQuAD"):
            assert word in card, (name, word)
    assert sum(sizes) < 25e6


def test_the_masked_language_model_guesses_a_word_by_its_context():
    from transformers import AutoTokenizer, BertForMaskedLM

    folder = own_folder("explorer-mini-mlm")
    model, tokenizer = (
        BertForMaskedLM.from_pretrained(folder),
        AutoTokenizer.from_pretrained(folder),
    )
    batch = tokenizer("a man is [MASK] a guitar .", return_tensors="pt")
    place = batch["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.no_grad():
        order = model.eval()(**batch).logits[0, place].argsort(descending=True)
    words = tokenizer.convert_ids_to_tokens(order[:20].tolist())
    assert "playing" in words, words


def test_simcse_cures_the_narrow_cone(encoders):
    texts = [text for (text,) in finish(sentence_set("bundled", 0, limit=300)).train]
    before, after = (
        float(mean_cosine(torch.from_numpy(encode(texts, encoders[name]).array.copy())))
        for name in reversed(NAMES)
    )
    assert before > 0.8 and after < before - 0.15


def test_related_sentences_are_closer_than_others(encoders):
    texts = [
        "A man is playing a guitar.",
        "A person plays an instrument.",
        "The president won the election.",
        "The vote was won by the president.",
    ]
    vectors = encode(texts, encoders["explorer-mini"]).array
    cosines = vectors @ vectors.T
    assert min(cosines[0, 1], cosines[2, 3]) > cosines[:2, 2:].max()
