"""The states of every layer against transformers, and the words that tokens are pieces of."""

import numpy as np
import pytest
import tiny
import torch
from fakes import HashEncoder

from models.encoders import catalog
from models.encoders.layers import layer_states, word_spans, worded
from models.errors import InputError

TEXTS = ["the cats sat on the mat.", "Paris is in France?", "dogs"]


def words(text):
    return [text[start:end] for start, end in word_spans(text)]


def hidden(model, ids):
    """(L + 1, T, H) of one text by transformers."""
    with torch.no_grad():
        output = model(input_ids=torch.tensor([ids]), output_hidden_states=True)
    return torch.stack(output.hidden_states)[:, 0]


def check(folder, model):
    encoder = catalog.load(str(folder))
    batch = encoder.tokenize(TEXTS, "passage")
    found = list(layer_states(encoder, batch))
    expected = torch.cat([hidden(model, ids) for ids in batch], 1)
    assert len(found) == len(expected)
    torch.testing.assert_close(torch.stack(found), expected, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(found[0], found[1])
    return encoder, batch, found


def test_every_layer_of_the_own_bert(tmp_path):
    encoder, batch, found = check(tmp_path, tiny.save_bert(tmp_path))
    assert len(found) == 4
    pooled = torch.stack([part.mean(0) for part in found[-1].split([len(ids) for ids in batch])])
    np.testing.assert_allclose(pooled.numpy(), encoder.forward(batch, "passage"), atol=1e-6)


def test_every_layer_of_another_architecture(tmp_path):
    from transformers import RobertaConfig, RobertaModel

    torch.manual_seed(1)
    model = tiny.save(RobertaModel(tiny.bert_config(RobertaConfig)), tmp_path)
    _, _, found = check(tmp_path, model)
    assert not found[0].requires_grad


def test_words_are_runs_of_letters_marks_and_digits():
    assert words("Don't stop: 3.5 °C!") == ["Don", "t", "stop", "3", "5", "C"]
    assert words("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
    assert words("東京 tower です") == ["東", "京", "tower", "で", "す"]
    assert words("🙂 … -") == []


def test_tokens_know_their_words(tmp_path):
    tiny.save_bert(tmp_path)
    encoder = catalog.load(str(tmp_path))
    first, second, third = worded(encoder, ["the cats, MATing.", "🙂?", ""])
    # [CLS] the cat ##s , mat ##ing . [SEP]
    assert first.words == ("the", "cats", "mating")
    assert first.owner.tolist() == [-1, 0, 1, 1, -1, 2, 2, -1, -1]
    assert list(first.ids) == encoder.tokenize(["the cats, MATing."], "passage")[0]
    for empty in (second, third):
        assert empty.words == () and (empty.owner == -1).all() and len(empty.ids)


def test_words_beyond_the_limit_and_in_a_prompt_are_left_out(tmp_path):
    tiny.save_bert(tmp_path)
    encoder = catalog.load(str(tmp_path), max_length=4)
    assert worded(encoder, ["the cat sat on a mat"])[0].words == ("the", "cat")
    side = encoder.side("passage")
    object.__setattr__(side.tokens, "prompt", "the dog ")
    (found,) = worded(encoder, ["cat sat"])
    assert (found.words, found.owner.tolist()) == ((), [-1] * 4)
    side.tokens.tokenizer.enable_truncation(64)
    (found,) = worded(encoder, ["cat sat"])
    assert (found.words, found.owner.tolist()) == (("cat", "sat"), [-1, -1, -1, 0, 1, -1])


def test_an_encoder_without_layers_is_refused():
    for look in (worded, layer_states):
        with pytest.raises(InputError, match="hash does not show"):
            look(HashEncoder(), ["a"])
