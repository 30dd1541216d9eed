"""Trained text encoders on disk, as folders that sentence-transformers loads as well.

Each is a transformer with its tokenizer, and what follows it: pooling, the head where one is
kept (``Dense``), and a normalisation, so that a dot product is a cosine everywhere.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.encoders.folder import read_object
from models.encoders.settle import Overrides, settle
from models.encoders.tokens import tokenizer_files
from models.encoders.trainable import Base, TextNetSpec
from models.errors import InputError
from models.files import write_error, write_json, write_text

CARD = "README.md"
_EXTRAS = ("special_tokens_map.json", "added_tokens.json")


@dataclass(frozen=True, eq=False)
class TrainedText:
    """A network with what it came from.

    Attributes:
        name: what to call it.
        net: a ``TextNet`` in evaluation mode, on the CPU.
        spec: of the network.
        base: where its training began.
        about: one sentence: trained how, on what.
    """

    name: str
    net: Any
    spec: TextNetSpec
    base: Base
    about: str


def save_text_encoder(folder: Path, encoder: TrainedText, card: str) -> None:
    """Writes an encoder in float32 with its card, a text in Markdown, whole or not at all.

    It reads as many tokens of a text as its base does, whatever it was trained on: so the paper
    evaluates.

    Raises:
        InputError: ``folder`` holds something already, or cannot be written.
    """
    with _new_folder(folder) as place:
        encoder.net.transformer.save_pretrained(place, safe_serialization=True)
        _write_tokenizer(place, encoder.base)
        kept = encoder.spec.head == "kept"
        kinds = ["Transformer", "Pooling", *(["Dense"] if kept else []), "Normalize"]
        paths = [f"{number}_{kind}" if number else "" for number, kind in enumerate(kinds)]
        modules = [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (kind, path) in enumerate(zip(kinds, paths, strict=True))
        ]
        write_json(place / "modules.json", modules)
        _write_pooling(place / paths[1], encoder)
        if kept:
            _write_dense(place / paths[2], encoder.net.head)
        top: dict[str, Any] = {
            "prompts": {},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        }
        write_json(place / "config_sentence_transformers.json", top)
        write_text(place / CARD, card)


def _write_tokenizer(place: Path, base: Base) -> None:
    home = base.declared.transformer
    extras = [home / name for name in _EXTRAS if (home / name).is_file()]
    for path in (*tokenizer_files(home), *extras):
        shutil.copyfile(path, place / path.name)
    limit = read_object(home / "tokenizer_config.json", optional=True).get("model_max_length")
    by_hand = Overrides("mean", True, "cosine")
    conventions, _ = settle(base.declared, by_hand, base.config, limit, base.name)
    own = {"max_seq_length": conventions.max_length, "do_lower_case": base.declared.lowercase}
    write_json(place / "sentence_bert_config.json", own)


def _write_pooling(place: Path, encoder: TrainedText) -> None:
    modes = {
        "pooling_mode_cls_token": encoder.spec.pooling == "cls",
        "pooling_mode_mean_tokens": encoder.spec.pooling == "mean",
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    }
    place.mkdir()
    write_json(
        place / "config.json", {"word_embedding_dimension": encoder.base.dimensions, **modes}
    )


def _write_dense(place: Path, head: Any) -> None:
    from safetensors.torch import save_file

    config = {
        "in_features": head.in_features,
        "out_features": head.out_features,
        "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh",
    }
    place.mkdir()
    write_json(place / "config.json", config)
    tensors = {f"linear.{name}": t.detach().contiguous() for name, t in head.state_dict().items()}
    save_file(tensors, place / "model.safetensors")


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder beside ``folder`` that takes its place once it is complete."""
    temporary: Path | None = None
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"{folder} holds something already; choose another folder.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        yield temporary
        temporary.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    except OSError as error:
        raise write_error(folder, error) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
