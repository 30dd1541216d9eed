"""DPR pairs, against transformers' DPRQuestionEncoder and DPRContextEncoder."""

import numpy as np
import pytest
import tiny

from models.encoders import catalog
from models.errors import InputError
from models.vectors import encode


def save_pair(folder, contexts="context_encoder", **changes):
    import torch
    from transformers import DPRConfig, DPRContextEncoder, DPRQuestionEncoder

    torch.manual_seed(11)
    config = tiny.bert_config(DPRConfig, max_position_embeddings=300, **changes)
    question = tiny.save(DPRQuestionEncoder(config), folder / "question_encoder")
    context = tiny.save(DPRContextEncoder(config), folder / contexts)
    return question, context


def pooler_output(model, ids):
    import torch

    with torch.no_grad():
        return model(input_ids=torch.tensor([ids])).pooler_output[0].numpy()


@pytest.mark.parametrize(("projection", "contexts"), [(0, "context_encoder"), (7, "ctx_encoder")])
def test_pair_equals_transformers(tmp_path, projection, contexts):
    question, context = save_pair(tmp_path, contexts, projection_dim=projection)
    encoder = catalog.load(str(tmp_path))
    tokens = tiny.tokenizer()
    cls, sep = tokens.cls_token_id, tokens.sep_token_id

    def ids(text):
        return tokens.encode(text, add_special_tokens=False)

    asked = encode(["who sat on the mat?", "where is paris"], encoder, "question").array
    for text, vector in zip(["who sat on the mat?", "where is paris"], asked, strict=True):
        expected = pooler_output(question, [cls, *ids(text), sep])
        np.testing.assert_allclose(vector, expected, atol=1e-5)
    passages = [("paris", "is in france."), ("", "the dog ran"), ("a cat", "sat on " * 400)]
    found = encode(passages, encoder, "passage").array
    for (title, text), vector in zip(passages, found, strict=True):
        whole = [cls, *ids(title), sep, *ids(text), sep] if title else [cls, *ids(text), sep]
        if len(whole) > 256:
            whole = [*whole[:255], sep]
        np.testing.assert_allclose(vector, pooler_output(context, whole), atol=1e-5)
    card = encoder.card
    assert card.dimensions == (projection or 24)
    assert (card.conventions.pooling, card.conventions.normalize) == ("cls", False)
    assert (card.conventions.similarity, card.conventions.max_length) == ("dot", 256)
    assert card.architecture == "DPR: DPRQuestionEncoder and DPRContextEncoder"


def test_two_paths_and_one_folder_are_the_same_pair(tmp_path):
    save_pair(tmp_path)
    folder = catalog.load(str(tmp_path))
    paths = f"{tmp_path / 'question_encoder'},{tmp_path / 'context_encoder'}"
    pair = catalog.load(paths)
    assert pair.card.key == folder.card.key
    assert pair.card.source == paths
    swapped = f"{tmp_path / 'context_encoder'},{tmp_path / 'question_encoder'}"
    assert catalog.load(swapped).card.key != folder.card.key


def test_half_a_pair_is_refused(tmp_path):
    save_pair(tmp_path)
    with pytest.raises(InputError, match="one half of a DPR pair"):
        catalog.load(str(tmp_path / "question_encoder"))


def test_reader_is_no_encoder(tmp_path):
    from transformers import DPRConfig, DPRReader

    save_pair(tmp_path)
    config = tiny.bert_config(DPRConfig)
    tiny.save(DPRReader(config), tmp_path / "reader")
    with pytest.raises(InputError, match="DPRReader"):
        catalog.load(f"{tmp_path / 'question_encoder'},{tmp_path / 'reader'}")
