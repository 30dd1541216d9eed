"""DPR's two encoders (Karpukhin et al. 2020): one for questions, one for passages.

The vector is the raw [CLS] state, projected where the model has a projection; similarity is the
dot product of unnormalised vectors. Segment ids are 0 throughout, as in training. Halves that say
themselves how they pool and compare, as those trained here do, are taken at their word.
"""

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from models.encoders.base import Role
from models.encoders.bert import is_plain_bert
from models.encoders.card import EncoderCard
from models.encoders.declared import Declared, read_declared
from models.encoders.folder import architecture_of, read_config, weight_files, whole_number
from models.encoders.pooling import Dense, Step
from models.encoders.settle import Overrides, settle
from models.encoders.sharing import transformer
from models.encoders.single import FORM, file_hashes, settings
from models.encoders.text_encoder import Side, TextEncoder
from models.encoders.tokens import Tokens, auto_tokenizer, read_tokenizer, ready
from models.encoders.weights import Weights
from models.errors import InputError
from models.files import content_key

_CONTEXTS = ("context_encoder", "ctx_encoder", "passage_encoder")
_LENGTH = 256  # tokens, in all of the paper's experiments


def pair_in(folder: Path) -> tuple[Path, Path] | None:
    """The question and context encoder's folders inside ``folder``, where it holds such a pair."""
    question = folder / "question_encoder"
    contexts = [folder / name for name in _CONTEXTS if (folder / name).is_dir()]
    return (question, contexts[0]) if question.is_dir() and contexts else None


def load_pair(
    question: Path, context: Path, overrides: Overrides, *, name: str, source: str
) -> TextEncoder:
    """The two encoders as one.

    Raises:
        InputError: a half is missing, damaged, or is no BERT; or the halves do not fit.
    """
    halves: dict[Role, Path] = {"question": question, "passage": context}
    declared = {role: _declared(folder, role) for role, folder in halves.items()}
    configs = {role: read_config(declared[role].transformer) for role in halves}
    settled = [settle(declared[r], overrides, configs[r], None, name) for r in halves]
    if settled[0][0] != settled[1][0]:
        raise InputError(
            f"The two encoders of {name} make vectors by different conventions, or read texts of "
            "different lengths."
        )
    conventions, notes = settled[0]
    hashes = {r: file_hashes(folder, declared[r]) for r, folder in halves.items()}
    sides = {}
    for role in halves:
        config, home = configs[role], declared[role].transformer
        tokenizer = read_tokenizer(home) if is_plain_bert(config) else auto_tokenizer(home)
        ready(tokenizer, conventions.max_length, declared[role].lowercase)
        backbone = transformer(home, config, hashes[role])
        tail = _tail(config, Weights(weight_files(home)))
        sides[role] = Side(Tokens(tokenizer, paired=True), backbone, tail)
    kinds = dict.fromkeys(architecture_of(config) for config in configs.values())
    card = EncoderCard(
        name=name,
        source=source,
        architecture="DPR: " + " and ".join(kinds),
        dimensions=0,
        conventions=conventions,
        key=content_key(FORM, *chain(*hashes.values()), settings(declared["passage"], conventions)),
        notes=notes,
    )
    return TextEncoder(card, sides)


def _declared(folder: Path, role: Role) -> Declared:
    """The conventions of a half: its own, or else the paper's."""
    if (folder / "modules.json").is_file():
        own = read_declared(folder)
        if own.tail or any(own.prompts.values()):
            raise InputError(
                f"{folder} is no {role} encoder of DPR's kind: it does more than pool."
            )
        return replace(own, paired=True)
    config = read_config(folder)
    architecture = architecture_of(config)
    if not is_plain_bert(config) or "Reader" in architecture:
        raise InputError(
            f"{folder} holds {architecture}, which is no {role} encoder of DPR's kind."
        )
    return Declared(
        folder,
        pooling="cls",
        normalize=False,
        similarity="dot",
        max_length=min(_LENGTH, whole_number(config, "max_position_embeddings", folder)),
        paired=True,
    )


def _tail(config: dict[str, Any], weights: Weights) -> tuple[Step, ...]:
    size = whole_number(config, "projection_dim", weights.folder, default=0, least=0)
    if size == 0:
        return ()
    hidden = whole_number(config, "hidden_size", weights.folder)
    stem = weights.prefix_of("encode_proj.weight") + "encode_proj."
    return (Dense(weights.read(stem + "weight", size, hidden), weights.read(stem + "bias", size)),)
