"""Folders written by sentence-transformers and transformers, against these libraries."""

import numpy as np
import pytest
import tiny

from models.encoders import catalog
from models.vectors import encode

TEXTS = ["the cat sat on the mat.", "", "paris is in france", "who ran away? " * 40, "dogs"]


def states(model, text, length=64):
    """Last hidden states (T, H) of one text by transformers."""
    import torch

    inputs = tiny.tokenizer()(text, truncation=True, max_length=length, return_tensors="pt")
    with torch.no_grad():
        return (
            model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
            .last_hidden_state[0]
            .numpy()
        )


@pytest.mark.parametrize("tokenizer_json", [True, False])
def test_plain_bert(tmp_path, tokenizer_json):
    model = tiny.save_bert(tmp_path, tokenizer_json=tokenizer_json)
    encoder = catalog.load(str(tmp_path))
    expected = np.stack([states(model, text).mean(0) for text in TEXTS])
    np.testing.assert_allclose(encode(TEXTS, encoder).array, expected, atol=1e-5)
    conventions = encoder.card.conventions
    assert (conventions.pooling, conventions.normalize) == ("mean", False)
    assert conventions.max_length == 64
    assert "Pooling is not declared by the model: mean is assumed." in encoder.card.notes
    assert encoder.card.source == str(tmp_path)


def test_bert_under_a_head_and_with_old_names(tmp_path):
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import BertForMaskedLM

    torch.manual_seed(3)
    model = tiny.save(BertForMaskedLM(tiny.bert_config(hidden_act="gelu_new")), tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    old = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): tensor
        for name, tensor in weights.items()
    }
    save_file(old, tmp_path / "model.safetensors", metadata={"format": "pt"})
    expected = np.stack([states(model.bert, text).mean(0) for text in TEXTS])
    np.testing.assert_allclose(encode(TEXTS, str(tmp_path)).array, expected, atol=1e-5)


def test_sharded_half_precision_weights(tmp_path):
    import torch

    model = tiny.save_bert(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    model.half().save_pretrained(tmp_path, max_shard_size="20KB")
    assert not (tmp_path / "model.safetensors").exists()
    expected = np.stack([states(model.to(torch.float32), text).mean(0) for text in TEXTS])
    np.testing.assert_allclose(encode(TEXTS, str(tmp_path)).array, expected, atol=1e-5)


@pytest.fixture(scope="module")
def sentence_folder(tmp_path_factory):
    """[CLS], Dense with Tanh, Normalize, prompts, a declared similarity and length."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize, Pooling, Transformer

    plain, folder = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("sentence")
    tiny.save_bert(plain)
    torch.manual_seed(5)
    modules = [
        Transformer(str(plain), max_seq_length=12),
        Pooling(24, "cls"),
        Dense(24, 10),
        Normalize(),
    ]
    model = SentenceTransformer(
        modules=modules,
        prompts={"query": "query: ", "passage": "passage: "},
        similarity_fn_name="dot",
        device="cpu",
    )
    model.save(str(folder))
    return folder, model


def test_sentence_transformers_folder(sentence_folder):
    folder, model = sentence_folder
    encoder = catalog.load(str(folder))
    for role, prompt in (("question", "query"), ("passage", "passage")):
        expected = model.encode(TEXTS, prompt_name=prompt)
        np.testing.assert_allclose(encode(TEXTS, encoder, role).array, expected, atol=1e-5)
    card = encoder.card
    assert card.dimensions == 10
    assert (card.conventions.pooling, card.conventions.normalize) == ("cls", True)
    assert (card.conventions.similarity, card.conventions.max_length) == ("dot", 12)
    assert "Every question is preceded by “query: ”." in card.notes


def test_older_sentence_transformers_files(sentence_folder, tmp_path):
    import shutil

    folder, model = sentence_folder
    old = shutil.copytree(folder, tmp_path / "old")
    (old / "1_Pooling" / "config.json").write_text(
        '{"word_embedding_dimension": 24, "pooling_mode_cls_token": true}'
    )
    (old / "sentence_bert_config.json").unlink()
    (old / "sentence_roberta_config.json").write_text('{"max_seq_length": 12}')
    expected = model.encode(TEXTS, prompt_name="passage")
    np.testing.assert_allclose(encode(TEXTS, str(old)).array, expected, atol=1e-5)


def test_prompts_and_dense_weights_are_part_of_the_key(sentence_folder, tmp_path):
    import shutil

    folder, _ = sentence_folder
    key = catalog.load(str(folder)).card.key
    same = shutil.copytree(folder, tmp_path / "same")
    assert catalog.load(str(same)).card.key == key
    tiny.edit(same / "config_sentence_transformers.json", prompts={"query": "q: "})
    assert catalog.load(str(same)).card.key != key
    other = shutil.copytree(folder, tmp_path / "other")
    data = bytearray((other / "2_Dense" / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (other / "2_Dense" / "model.safetensors").write_bytes(data)
    assert catalog.load(str(other)).card.key != key


@pytest.mark.parametrize("kind", ["distilbert", "roberta", "mpnet"])
def test_other_architectures(tmp_path, kind):
    import torch
    from transformers import (
        DistilBertConfig,
        DistilBertModel,
        MPNetConfig,
        MPNetModel,
        RobertaConfig,
        RobertaModel,
    )

    torch.manual_seed(1)
    if kind == "distilbert":
        config = DistilBertConfig(
            vocab_size=40, dim=24, n_layers=2, n_heads=4, hidden_dim=40, pad_token_id=1,
            max_position_embeddings=64,
        )  # fmt: skip
        model = DistilBertModel(config)
    else:
        model_class, config_class = {
            "roberta": (RobertaModel, RobertaConfig),
            "mpnet": (MPNetModel, MPNetConfig),
        }[kind]
        model = model_class(tiny.bert_config(config_class))
    model = tiny.save(model, tmp_path)
    encoder = catalog.load(str(tmp_path), max_length=30)
    expected = np.stack([states(model, text, 30).mean(0) for text in TEXTS])
    np.testing.assert_allclose(encode(TEXTS, encoder).array, expected, atol=1e-5)
    assert encoder.card.architecture == type(model).__name__
    # RoBERTa and MPNet count positions from the padding token's id on.
    most = 64 if kind == "distilbert" else 62
    assert catalog.load(str(tmp_path)).card.conventions.max_length == most


def test_only_the_encoder_of_an_encoder_decoder(tmp_path):
    import torch
    from transformers import T5Config, T5EncoderModel, T5Model

    torch.manual_seed(2)
    config = T5Config(
        vocab_size=60, d_model=24, d_kv=6, d_ff=40, num_layers=2, num_heads=4, pad_token_id=1
    )
    tiny.save(T5Model(config), tmp_path)
    model = T5EncoderModel.from_pretrained(tmp_path).eval()
    expected = np.stack([states(model, text).mean(0) for text in TEXTS])
    np.testing.assert_allclose(encode(TEXTS, str(tmp_path)).array, expected, atol=1e-5)
