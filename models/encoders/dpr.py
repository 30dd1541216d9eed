"""DPR's two encoders (Karpukhin et al. 2020): one for questions, one for passages.

The vector is the raw [CLS] state, projected where the model has a projection; similarity is the
dot product of unnormalised vectors. Segment ids are 0 throughout, as in training.
"""

from pathlib import Path
from typing import Any

from models.encoders.base import Role
from models.encoders.bert import Bert, is_plain_bert
from models.encoders.card import EncoderCard
from models.encoders.declared import Declared
from models.encoders.folder import architecture_of, read_config, weight_files, whole_number
from models.encoders.pooling import Dense, Step
from models.encoders.settle import Overrides, settle
from models.encoders.single import FORM, file_hashes, settings
from models.encoders.text_encoder import Side, TextEncoder
from models.encoders.tokens import Tokens, read_tokenizer, ready
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
    configs = {role: _config(folder, role) for role, folder in halves.items()}
    declared = {
        role: Declared(
            folder,
            pooling="cls",
            normalize=False,
            similarity="dot",
            max_length=min(_LENGTH, whole_number(configs[role], "max_position_embeddings", folder)),
            paired=True,
        )
        for role, folder in halves.items()
    }
    settled = [settle(declared[r], overrides, configs[r], None, name) for r in halves]
    if settled[0][0] != settled[1][0]:
        raise InputError(f"The two encoders of {name} read texts of different lengths.")
    conventions, notes = settled[0]
    hashes = [part for r, folder in halves.items() for part in file_hashes(folder, declared[r])]
    sides = {}
    for role, folder in halves.items():
        tokenizer = ready(read_tokenizer(folder), conventions.max_length, lowercase=False)
        weights = Weights(weight_files(folder))
        backbone = Bert(configs[role], weights)
        tail = _projection(configs[role], weights, backbone.hidden)
        sides[role] = Side(Tokens(tokenizer, paired=True), backbone, tail)
    kinds = dict.fromkeys(architecture_of(config) for config in configs.values())
    card = EncoderCard(
        name=name,
        source=source,
        architecture="DPR: " + " and ".join(kinds),
        dimensions=0,
        conventions=conventions,
        key=content_key(FORM, *hashes, settings(declared["passage"], conventions)),
        notes=notes,
    )
    return TextEncoder(card, sides)


def _config(folder: Path, role: Role) -> dict[str, Any]:
    config = read_config(folder)
    architecture = architecture_of(config)
    if not is_plain_bert(config) or "Reader" in architecture:
        raise InputError(
            f"{folder} holds {architecture}, which is no {role} encoder of DPR's kind."
        )
    return config


def _projection(config: dict[str, Any], weights: Weights, hidden: int) -> tuple[Step, ...]:
    size = whole_number(config, "projection_dim", weights.folder, default=0, least=0)
    if size == 0:
        return ()
    stem = weights.prefix_of("encode_proj.weight") + "encode_proj."
    return (Dense(weights.read(stem + "weight", size, hidden), weights.read(stem + "bias", size)),)
