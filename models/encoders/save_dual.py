"""Trained dual encoders on disk: the folder that every command and the window load.

Two networks are ``question_encoder`` and ``context_encoder``, one that is shared is the folder
itself; each is laid out as sentence-transformers has it, and says how it compares.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.encoders.base import Role
from models.encoders.declared import SEPARATE_TITLES
from models.encoders.save_text import (
    CARD,
    TrainedText,
    new_folder,
    write_pooling,
    write_tokenizer,
)
from models.encoders.trainable import Base, TextNetSpec
from models.files import write_json, write_text

#: The folder of each half.
HALVES: tuple[tuple[Role, str], ...] = (
    ("question", "question_encoder"),
    ("passage", "context_encoder"),
)


@dataclass(frozen=True, eq=False)
class TrainedDual:
    """A dual encoder with what it came from.

    Attributes:
        name: what to call it.
        net: a ``DualNet`` in evaluation mode, on the CPU.
        spec: of both halves.
        base: where their training began.
        shared: whether one network serves both.
        similarity: by which they were trained to be compared; by "cosine" they are normalised.
        about: one sentence: trained how, on what.
    """

    name: str
    net: Any
    spec: TextNetSpec
    base: Base
    shared: bool
    similarity: Literal["dot", "cosine"]
    about: str


def save_dual_encoder(folder: Path, encoder: TrainedDual, card: str) -> None:
    """Writes an encoder in float32 with its card, a text in Markdown, whole or not at all.

    It reads as many tokens of a text as its base does, as all encoders trained here do.

    Raises:
        InputError: ``folder`` holds something already, or cannot be written.
    """
    with new_folder(folder) as place:
        for role, name in HALVES[:1] if encoder.shared else HALVES:
            half = place if encoder.shared else place / name
            half.mkdir(exist_ok=True)
            _write_half(half, encoder, role)
        write_text(place / CARD, card)


def _write_half(place: Path, encoder: TrainedDual, role: Role) -> None:
    net = encoder.net.side(role)
    half = TrainedText(encoder.name, net, encoder.spec, encoder.base, encoder.about)
    net.transformer.save_pretrained(place, safe_serialization=True)
    write_tokenizer(place, encoder.base)
    write_pooling(place / "1_Pooling", half)
    kinds = ["Transformer", "Pooling", *(["Normalize"] if encoder.similarity == "cosine" else [])]
    modules = [
        {
            "idx": number,
            "name": str(number),
            "path": f"{number}_{kind}" if number else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for number, kind in enumerate(kinds)
    ]
    write_json(place / "modules.json", modules)
    top: dict[str, Any] = {
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": encoder.similarity,
        SEPARATE_TITLES: True,
    }
    write_json(place / "config_sentence_transformers.json", top)
