"""Encoders of the same files hold one copy of their weights, and only while they are needed."""

import gc
import weakref

import numpy as np
import pytest
import tiny

from models.encoders import catalog
from models.vectors import encode

TEXTS = ["the cat sat on the mat.", "paris is in france"]


def backbones(encoder):
    return [side.backbone for side in encoder._sides.values()]


def resave(folder, seed):
    import torch
    from transformers import BertModel

    torch.manual_seed(seed)
    tiny.save(BertModel(tiny.bert_config()), folder)


@pytest.mark.parametrize("plain", [True, False])
def test_two_ways_of_pooling_share_the_weights(tmp_path, plain):
    if plain:
        tiny.save_bert(tmp_path)
    else:
        from transformers import DistilBertConfig, DistilBertModel

        tiny.save(DistilBertModel(tiny.bert_config(DistilBertConfig)), tmp_path)
    mean, first = (catalog.load(str(tmp_path), pooling=p) for p in ("mean", "cls"))
    assert len({id(each) for each in (*backbones(mean), *backbones(first))}) == 1
    assert mean.card.key != first.card.key
    together = [encode(TEXTS, encoder).array for encoder in (mean, first)]
    assert np.abs(together[0] - together[1]).max() > 0.01
    gone = weakref.ref(backbones(mean)[0])
    del mean, first
    gc.collect()
    assert gone() is None
    for pooling, expected in zip(("mean", "cls"), together, strict=True):
        alone = encode(TEXTS, catalog.load(str(tmp_path), pooling=pooling)).array
        np.testing.assert_array_equal(alone, expected)


def test_a_copy_is_the_same_and_changed_weights_are_not(tmp_path):
    one, copy = tmp_path / "one", tmp_path / "copy"
    resave(one, 1)
    resave(copy, 1)
    first, second = catalog.load(str(one)), catalog.load(str(copy))
    assert backbones(first)[0] is backbones(second)[0]
    before = encode(TEXTS, first).array
    resave(one, 2)
    third = catalog.load(str(one))
    assert backbones(third)[0] is not backbones(first)[0]
    assert np.abs(encode(TEXTS, third).array - before).max() > 0.01
    np.testing.assert_array_equal(encode(TEXTS, first).array, before)
