"""The files of a model's folder, and a sentence for each that is missing or unusable."""

import json
from pathlib import Path
from typing import Any

from models.errors import InputError

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        InputError: it is missing, unreadable or not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path.parent} is no model folder: it has no {path.name}.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} could not be read as JSON ({error}).") from error


def read_object(path: Path, *, optional: bool = False) -> dict[str, Any]:
    """A JSON file that holds one object; with ``optional``, {} where there is no file."""
    if optional and not path.is_file():
        return {}
    value = read_json(path)
    if not isinstance(value, dict):
        raise InputError(f"{path} does not hold a JSON object.")
    return value


def read_config(folder: Path) -> dict[str, Any]:
    """config.json of a transformer.

    Raises:
        InputError: it is missing or damaged, names no kind of model, or asks for code of its own
            to be run, which is never done.
    """
    config = read_object(folder / "config.json")
    if not isinstance(config.get("model_type"), str):
        raise InputError(f"{folder / 'config.json'} names no model_type.")
    if "auto_map" in config:
        raise InputError(
            f"The model in {folder} runs only with Python code of its own (auto_map in its "
            "config.json), which is not executed here for safety."
        )
    return config


def whole_number(
    config: dict[str, Any], name: str, folder: Path, *, default: int | None = None, least: int = 1
) -> int:
    """A size in the config.json of ``folder``.

    Raises:
        InputError: it is missing without a default, no whole number, or below ``least``.
    """
    value = config.get(name, default)
    if not isinstance(value, int) or value < least:
        raise InputError(f"{folder / 'config.json'} has no valid {name}.")
    return value


def architecture_of(config: dict[str, Any]) -> str:
    """The model's own name for its kind."""
    named = config.get("architectures")
    return str(named[0] if isinstance(named, list) and named else config["model_type"])


def weight_files(folder: Path) -> tuple[Path, ...]:
    """model.safetensors, or the shards that its index lists.

    Raises:
        InputError: there is none; where the weights are a pickle, how to convert them.
    """
    whole, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if whole.is_file():
        return (whole,)
    if index.is_file():
        listed = read_object(index).get("weight_map")
        names = set(listed.values()) if isinstance(listed, dict) else set()
        if not names or not all(isinstance(n, str) and Path(n).name == n for n in names):
            raise InputError(f"{index} does not list the files that hold the weights.")
        shards = tuple(folder / name for name in sorted(names))
        for shard in shards:
            if not shard.is_file():
                raise InputError(f"{folder} lacks {shard.name}, a part of the model's weights.")
        return shards
    pickles = sorted(path.name for pattern in _PICKLES for path in folder.glob(pattern))
    if pickles:
        raise InputError(
            f"{folder} keeps its weights in {pickles[0]}, a pickle, which can run code when it is "
            "opened; convert it once where you trust it: load it with transformers or "
            "sentence-transformers and save it with safe_serialization=True."
        )
    raise InputError(f"{folder} has no model.safetensors: the model's weights are missing.")


def first_line(error: Exception) -> str:
    """What a library's error says, short enough for a sentence of ours."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[0].rstrip(".: ")
