"""Every bad input is refused with one sentence that says what is wrong and where."""

import json
import shutil
from unittest.mock import Mock

import huggingface_hub
import pytest
import tiny
from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError

from models.encoders import catalog
from models.errors import InputError


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A plain BERT dressed as a sentence-transformers folder."""
    folder = tmp_path_factory.mktemp("pristine")
    tiny.save_bert(folder)
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "mean"}')
    (folder / "config_sentence_transformers.json").write_text("{}")
    return folder


@pytest.fixture
def folder(pristine, tmp_path):
    return shutil.copytree(pristine, tmp_path / "model")


def refused(name, **overrides):
    """The sentence with which an encoder is refused."""
    with pytest.raises(InputError) as caught:
        catalog.load(str(name), **overrides)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_pristine_folder_loads(folder):
    assert catalog.load(str(folder)).card.conventions.normalize


def test_missing_files_are_named(folder):
    for name in ("config.json", "1_Pooling/config.json", "model.safetensors"):
        kept = (folder / name).read_bytes()
        (folder / name).unlink()
        sentence = refused(folder)
        assert name.rpartition("/")[2] in sentence
        assert str((folder / name).parent) in sentence
        (folder / name).write_bytes(kept)
    (folder / "tokenizer.json").unlink()
    assert "tokenizer" in refused(folder)


def test_pickled_weights_are_not_opened(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    sentence = refused(folder)
    assert "pickle" in sentence
    assert "safe_serialization=True" in sentence


@pytest.mark.parametrize("size", [0, 5, 2000])
def test_truncated_weights(folder, size):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:size])
    assert "cut short" in refused(folder)


def test_missing_shard(folder):
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "model-00001-of-00002.safetensors" in refused(folder)
    index = {"weight_map": {"a": "../outside.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "model.safetensors.index.json" in refused(folder)


def test_weights_that_do_not_fit(folder):
    tiny.edit(folder / "config.json", intermediate_size=41)
    assert "do not fit" in refused(folder)
    tiny.edit(folder / "config.json", intermediate_size=40, num_hidden_layers=4)
    assert "encoder.layer.3" in refused(folder)
    tiny.edit(folder / "config.json", num_hidden_layers=3, num_attention_heads=5)
    assert "attention heads" in refused(folder)
    tiny.edit(folder / "config.json", num_attention_heads="many")
    assert "num_attention_heads" in refused(folder)


def test_tokenizer_of_another_model(folder):
    shutil.copy(catalog.bundled_folder() / "tokenizer.json", folder / "tokenizer.json")
    assert "do not belong together" in refused(folder)


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "modules.json",
        "tokenizer.json",
        "1_Pooling/config.json",
        "config_sentence_transformers.json",
        "sentence_bert_config.json",
    ],
)
def test_damaged_json_is_named(folder, name):
    (folder / name).write_text('{"cut": ')
    assert name in refused(folder)


def test_code_of_its_own_is_never_run(folder):
    tiny.edit(folder / "config.json", auto_map={"AutoModel": "modeling_own.OwnModel"})
    assert "auto_map" in refused(folder)


@pytest.mark.parametrize(
    "kind",
    ["sentence_transformers.models.LSTM", "own_code.Pooling", "sentence_transformers.models.Asym"],
)
def test_unsupported_modules(folder, kind):
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = kind
    (folder / "modules.json").write_text(json.dumps(modules))
    assert kind in refused(folder)


def test_modules_outside_the_folder(folder):
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = "../elsewhere"
    (folder / "modules.json").write_text(json.dumps(modules))
    assert "outside" in refused(folder)
    (folder / "modules.json").write_text("[]")
    assert "Transformer and Pooling" in refused(folder)


def test_dense_with_an_unknown_activation(folder):
    modules = json.loads((folder / "modules.json").read_text())
    modules[2] = {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "2_Dense").mkdir()
    shutil.copy(folder / "model.safetensors", folder / "2_Dense")
    config = {"in_features": 24, "out_features": 8, "activation_function": "os.system"}
    (folder / "2_Dense" / "config.json").write_text(json.dumps(config))
    assert "os.system" in refused(folder)


def test_unsupported_pooling_and_similarity_can_be_overridden(folder):
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": ["mean", "max"]}')
    assert "mean + max" in refused(folder)
    assert catalog.load(str(folder), pooling="mean").card.conventions.pooling == "mean"
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "mean"}')
    for declared in ("euclidean", "manhattan"):
        tiny.edit(folder / "config_sentence_transformers.json", similarity_fn_name=declared)
        assert "cosine or dot" in refused(folder)
    assert catalog.load(str(folder), similarity="dot").card.conventions.similarity == "dot"


def test_prompts_left_out_of_pooling(folder):
    tiny.edit(folder / "config_sentence_transformers.json", prompts={"query": "query : "})
    tiny.edit(folder / "1_Pooling" / "config.json", include_prompt=False)
    assert "prompts" in refused(folder)


def test_bad_overrides(folder):
    assert "median" in refused(folder, pooling="median")
    assert "euclidean" in refused(folder, similarity="euclidean")
    assert "65" in refused(folder, max_length=65)
    assert "2 tokens" in refused(folder, max_length=2)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": "long"}')
    assert "long" in refused(folder)


def test_architecture_unknown_to_transformers(folder):
    tiny.edit(folder / "config.json", model_type="no_such_architecture")
    assert "could not be loaded" in refused(folder)
    tiny.edit(folder / "config.json", model_type=None)
    assert "model_type" in refused(folder)


def test_weights_missing_for_transformers(folder):
    tiny.edit(folder / "config.json", hidden_act="silu", num_hidden_layers=4)
    assert "encoder.layer.3" in refused(folder)


def test_no_folder(tmp_path):
    (tmp_path / "file").touch()
    for name in (tmp_path / "file", tmp_path / "nothing here", "y" * 5000, "null\0", "~nobody/x"):
        assert "not a folder" in refused(name)
    assert "no config.json" in refused(tmp_path)


def test_comma_in_a_folder_name(folder):
    folder.rename(folder.parent / "one,two")
    assert catalog.load(str(folder.parent / "one,two")).card.name == "one,two"


def test_hub_offline_and_unknown(monkeypatch):
    for error, words in (
        (LocalEntryNotFoundError("no connection"), "could not be reached"),
        (RepositoryNotFoundError("404", response=Mock()), "no public model of that name"),
    ):

        def fail(name, error=error, **kwargs):
            raise error

        monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
        sentence = refused("somebody/some-model")
        assert words in sentence
        assert "somebody/some-model" in sentence


def test_hub_model(monkeypatch, folder):
    asked = []

    def found(name, *, allow_patterns):
        asked.append((name, allow_patterns))
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", found)
    card = catalog.load("somebody/some-model").card
    assert (card.name, card.source) == ("some-model", "somebody/some-model")
    assert asked[0][0] == "somebody/some-model"
    assert not any("bin" in pattern or "py" in pattern for pattern in asked[0][1])
