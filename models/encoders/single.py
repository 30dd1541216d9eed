"""An encoder of one transformer: a sentence-transformers folder or a plain one."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.encoders.base import Role
from models.encoders.bert import is_plain_bert
from models.encoders.card import EncoderCard
from models.encoders.declared import Declared, read_declared
from models.encoders.folder import architecture_of, read_config, read_object, weight_files
from models.encoders.pooling import Step, normalized, read_dense
from models.encoders.settle import Overrides, settle
from models.encoders.sharing import transformer
from models.encoders.text_encoder import Side, TextEncoder
from models.encoders.tokens import (
    Tokens,
    auto_tokenizer,
    read_tokenizer,
    ready,
    tokenizer_files,
)
from models.errors import InputError
from models.files import content_key, sha256

#: Changes whenever the same files would give other vectors.
FORM = "encoder 1"


def load_single(
    folder: Path,
    overrides: Overrides,
    *,
    name: str,
    source: str,
    published: str | None = None,
) -> TextEncoder:
    """The encoder in ``folder``.

    Args:
        folder: of a sentence-transformers model or a plain transformer.
        overrides: conventions set by hand.
        name: short, for people.
        source: what loads it again.
        published: the SHA-256 that its weights must have.

    Raises:
        InputError: a file is missing, damaged or unsafe, or asks for what is not supported.
    """
    declared = read_declared(folder)
    home = declared.transformer
    config = read_config(home)
    if config["model_type"] == "dpr":
        raise InputError(
            f"{folder} is one half of a DPR pair; give the folder that holds question_encoder and "
            "context_encoder, or both folders as QUESTION_DIR,CONTEXT_DIR."
        )
    hashes = file_hashes(folder, declared)  # every file is there before the slow part begins
    if published is not None and published not in hashes:
        raise InputError(
            f"The weights in {folder} are not the published ones of {name} (their SHA-256 "
            "differs); install the model again."
        )
    limit = read_object(home / "tokenizer_config.json", optional=True).get("model_max_length")
    conventions, notes = settle(declared, overrides, config, limit, name)
    backbone = transformer(home, config, hashes)
    tokenizer = read_tokenizer(home) if is_plain_bert(config) else auto_tokenizer(home)
    ready(tokenizer, conventions.max_length, declared.lowercase)
    tail: tuple[Step, ...] = tuple(
        normalized if step is None else read_dense(step) for step in declared.tail
    )
    roles: tuple[Role, Role] = ("question", "passage")
    card = EncoderCard(
        name=name,
        source=source,
        architecture=f"{'DPR: ' if declared.paired else ''}{architecture_of(config)}",
        dimensions=0,
        conventions=conventions,
        key=content_key(FORM, *hashes, settings(declared, conventions)),
        notes=notes,
    )
    prompts = declared.prompts
    return TextEncoder(
        card,
        {
            r: Side(Tokens(tokenizer, prompts.get(r, ""), declared.paired), backbone, tail)
            for r in roles
        },
    )


def file_hashes(folder: Path, declared: Declared) -> list[str]:
    """Name and SHA-256 of every file that takes part in making a vector."""
    home = declared.transformer
    files = [home / "config.json", *weight_files(home), *tokenizer_files(home)]
    for step in declared.tail:
        if step is not None:
            read_object(step / "config.json")
            files += [step / "config.json", *weight_files(step)]
    root = folder if home.is_relative_to(folder) else home
    return [part for f in files for part in (f.relative_to(root).as_posix(), sha256(f))]


def settings(declared: Declared, conventions: Any) -> str:
    """All that changes a vector and is written in no hashed file, as JSON."""
    tail = ["normalize" if step is None else step.name for step in declared.tail]
    prompts = {role: declared.prompts[role] for role in sorted(declared.prompts)}
    return json.dumps(
        [asdict(conventions), tail, prompts, declared.lowercase, declared.paired], sort_keys=True
    )
