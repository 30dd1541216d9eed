"""Back-translation through two tiny random models that the test saves."""

import pytest
import tiny
import torch
from transformers import BartConfig, BartForConditionalGeneration, BertModel

from models.augment import back_translation
from models.augment.back_translation import BackTranslation, Translator, back_translate
from models.errors import InputError
from models.events import Progress, finish

SIZE = len(tiny.SPECIAL) + len(tiny.WORDS)


def save_bart(folder, seed, **changes):
    values = {
        "vocab_size": SIZE,
        "d_model": 16,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 16,
        "decoder_ffn_dim": 16,
        "max_position_embeddings": 40,
        "pad_token_id": 1,
        "bos_token_id": 2,
        "eos_token_id": 3,
        "decoder_start_token_id": 3,
        "forced_bos_token_id": None,
        "forced_eos_token_id": None,
        "init_std": 0.3,
    }
    torch.manual_seed(seed)
    folder.mkdir()
    tiny.save(BartForConditionalGeneration(BartConfig(**{**values, **changes})), folder)
    return folder


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two models; what they say has no meaning, but it depends on the text and on the seed."""
    root = tmp_path_factory.mktemp("translators")
    return BackTranslation(save_bart(root / "there", 1), save_bart(root / "back", 2))


def made(texts, spec, seed=0):
    return finish(back_translate(texts, spec, seed))


def test_both_models_are_used_sentence_by_sentence(pair, monkeypatch):
    calls = []

    class Spy:
        def __init__(self, folder):
            self.folder = folder

        def __call__(self, texts, temperature, seed):
            calls.append((self.folder.name, list(texts), temperature, seed))
            return [text.upper() if self.folder.name == "there" else f"{text}x" for text in texts]

    monkeypatch.setattr(back_translation, "_translator", Spy)
    events = []
    texts = ["A cat. A dog!", "", " Rain "]
    views = finish(back_translate(texts, pair), events.append)
    assert [view.text for view in views] == ["A CAT.x A DOG!x", "", "RAINx"]
    assert [view.original for view in views] == texts
    assert [call[:3] for call in calls] == [
        ("there", ["A cat.", "A dog!", "Rain"], 0.9),
        ("back", ["A CAT.", "A DOG!", "RAIN"], 0.9),
    ]
    assert calls[0][3] != calls[1][3]
    assert events[-1] == Progress("Translating", 3, 3, "sentences")


def test_the_models_words_come_back_marked(pair):
    text = "the cat sat on a mat . the dog ran"
    (view,) = made([text], pair)
    assert view.text != text
    assert view.changes
    for mark in view.marks:
        if mark.kind == "kept":
            assert text[slice(*mark.source)] == view.text[slice(*mark.target)]


def test_the_seed_decides_and_torchs_own_numbers_go_on(pair):
    texts = ["the cat sat on a mat", "paris is in france"]
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    views = [made(texts, pair, seed) for seed in (1, 1, 2)]
    assert torch.equal(torch.rand(3), expected)
    assert views[0] == views[1]
    assert views[0] != views[2]


def test_without_a_temperature_the_likeliest_words_are_taken(pair):
    spec = BackTranslation(pair.there, pair.back, 0.0)
    texts = ["the cat sat on a mat", "paris is in france"]
    assert made(texts, spec, 1) == made(texts, spec, 2)
    with_padding = Translator(pair.there)(texts, 0.0, 0)
    alone = [Translator(pair.there)([text], 0.0, 0)[0] for text in texts]
    # Shorter company leaves less room, so that one may be cut where the other goes on.
    for a, b in zip(with_padding, alone, strict=True):
        assert a.startswith(b) or b.startswith(a)


def test_texts_over_the_models_length_and_without_sentences(pair):
    views = made(["the cat " * 500, "", " \n ", "猫 👍"], pair)
    assert views[0].text and views[0].original == "the cat " * 500
    assert [views[1].text, views[2].text] == ["", " \n "]
    assert views[3].text


def test_it_can_be_stopped_at_every_event(pair):
    work = back_translate(["the cat"] * 40, pair)
    assert next(work) == Progress("Translating", 0, 40, "sentences")
    assert next(work) == Progress("Translating", 0, 40, "sentences")
    assert next(work) == Progress("Translating", 16, 40, "sentences")
    work.close()


def test_nothing_is_loaded_before_it_is_needed(tmp_path):
    spec = BackTranslation(tmp_path / "none", tmp_path / "none")
    assert made(["", " "], spec)[1].text == " "
    with pytest.raises(InputError, match="no model folder"):
        made(["the cat"], spec)


def test_folders_that_cannot_translate_are_one_sentence(tmp_path, pair):
    encoder = tmp_path / "encoder"
    tiny.save(BertModel(tiny.bert_config()), encoder)
    with pytest.raises(InputError, match="has no decoder"):
        Translator(encoder)
    cut = save_bart(tmp_path / "cut", 1)
    weights = cut / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:200])
    with pytest.raises(InputError, match="cut short"):
        Translator(cut)
    weights.rename(cut / "pytorch_model.bin")
    with pytest.raises(InputError, match="a pickle"):
        Translator(cut)
    small = save_bart(tmp_path / "small", 1, vocab_size=10)
    with pytest.raises(InputError, match="does not fit its model's vocabulary"):
        Translator(small)
    bare = save_bart(tmp_path / "bare", 1)
    (bare / "tokenizer.json").unlink()
    with pytest.raises(InputError, match="could not be loaded"):
        Translator(bare)
    other = save_bart(tmp_path / "other", 1)
    tiny.edit(other / "config.json", encoder_layers=2)
    with pytest.raises(InputError, match="no tensor named"):
        Translator(other)
    with pytest.raises(InputError, match="0 or more"):
        BackTranslation(pair.there, pair.back, -1.0)
