"""Trained text encoders on disk, as folders that sentence-transformers loads as well.

Each is a transformer with its tokenizer, and what follows it: pooling, the head where one is
kept (``Dense``), and a normalisation, so that a dot product is a cosine everywhere.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.encoders.bert import is_plain_bert
from models.encoders.folder import read_object
from models.encoders.masked import HEAD_NAMES
from models.encoders.settle import Overrides, settle
from models.encoders.tokens import tokenizer_files
from models.encoders.trainable import Base, TextNetSpec
from models.errors import InputError
from models.files import write_error, write_json, write_text

if TYPE_CHECKING:
    from torch import Tensor

CARD = "README.md"
_WEIGHTS = "model.safetensors"
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
        guesses: the head of a masked language model by ``HEAD_NAMES``, where it was trained as
            one; it takes no part in a vector.
    """

    name: str
    net: Any
    spec: TextNetSpec
    base: Base
    about: str
    guesses: "Mapping[str, Tensor] | None" = None


def save_text_encoder(folder: Path, encoder: TrainedText, card: str, half: bool = False) -> None:
    """Writes an encoder with its card, a text in Markdown, whole or not at all.

    It reads as many tokens of a text as its base does, whatever it was trained on: so the paper
    evaluates.

    Args:
        half: keep weights in half precision; whoever loads them computes in float32 all the same.

    Raises:
        InputError: ``folder`` holds something already, or cannot be written.
    """
    with new_folder(folder) as place:
        _write_transformer(place, encoder, half)
        write_tokenizer(place, encoder.base)
        kept = encoder.spec.head == "kept"
        kinds = ["Transformer", "Pooling", *(["Dense"] if kept else []), "Normalize"]
        paths = [f"{number}_{kind}" if number else "" for number, kind in enumerate(kinds)]
        modules = [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (kind, path) in enumerate(zip(kinds, paths, strict=True))
        ]
        write_json(place / "modules.json", modules)
        write_pooling(place / paths[1], encoder)
        if kept:
            _write_dense(place / paths[2], encoder.net.head)
        top: dict[str, Any] = {
            "prompts": {},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        }
        write_json(place / "config_sentence_transformers.json", top)
        write_text(place / CARD, card)


def _write_transformer(place: Path, encoder: TrainedText, half: bool) -> None:
    """Weights and config.json; a BERT that guesses words is one for the library as well."""
    from safetensors.torch import load_file, save_file

    encoder.net.transformer.save_pretrained(place, safe_serialization=True)
    guesses = encoder.guesses if is_plain_bert(encoder.base.config) else None
    if not half and guesses is None:
        return
    tensors = load_file(place / _WEIGHTS)
    config = read_object(place / "config.json")
    if guesses is not None:
        tensors = {f"bert.{name}": tensor for name, tensor in tensors.items()}
        tensors |= {name: guesses[own] for own, name in HEAD_NAMES.items()}
        config |= {"architectures": ["BertForMaskedLM"], "tie_word_embeddings": True}
    if half:
        tensors = {name: tensor.half() for name, tensor in tensors.items()}
        # What transformers computes in; the file's own precision would be rough on a CPU.
        config["dtype"] = "float32"
    save_file(
        {name: t.contiguous() for name, t in tensors.items()}, place / _WEIGHTS, {"format": "pt"}
    )
    write_json(place / "config.json", config)


def write_tokenizer(place: Path, base: Base) -> None:
    """The tokenizer of ``base``, and how many tokens of a text are read."""
    home = base.declared.transformer
    extras = [home / name for name in _EXTRAS if (home / name).is_file()]
    for path in (*tokenizer_files(home), *extras):
        shutil.copyfile(path, place / path.name)
    own = {"max_seq_length": reads(base), "do_lower_case": base.declared.lowercase}
    write_json(place / "sentence_bert_config.json", own)


def reads(base: Base) -> int:
    """How many tokens of a text an encoder made from ``base`` reads."""
    file = base.declared.transformer / "tokenizer_config.json"
    limit = read_object(file, optional=True).get("model_max_length")
    by_hand = Overrides("mean", True, "cosine")
    return settle(base.declared, by_hand, base.config, limit, base.name)[0].max_length


def write_pooling(place: Path, encoder: TrainedText) -> None:
    """The module that follows the transformer."""
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
def new_folder(folder: Path) -> Iterator[Path]:
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
