"""Conventions that hold: what was set by hand, else what is declared, else what is customary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from models.encoders.card import Conventions, Pooling, Similarity
from models.encoders.declared import Declared
from models.errors import InputError

# These count positions from the padding token's id on, so that many are never used.
_OFFSET_POSITIONS = ("roberta", "xlm-roberta", "camembert", "mpnet", "longformer", "data2vec-text")
_UNBOUNDED = 512  # tokens read where neither the tokenizer nor the model sets a limit


@dataclass(frozen=True)
class Overrides:
    """Conventions set by hand; None leaves what the model declares."""

    pooling: str | None = None
    normalize: bool | None = None
    similarity: str | None = None
    max_length: int | None = None


def settle(
    declared: Declared,
    overrides: Overrides,
    config: Mapping[str, Any],
    tokenizer_limit: object,
    name: str,
) -> tuple[Conventions, tuple[str, ...]]:
    """The conventions of a model, and sentences about all that its files do not declare.

    Raises:
        InputError: a convention is unknown or not supported.
    """
    notes: list[str] = []

    def choose(what: str, by_hand: Any, own: Any, default: Any) -> Any:
        if by_hand is not None:
            if own is not None and own != by_hand:
                notes.append(f"{what} was set by hand: {_say(by_hand)} instead of {_say(own)}.")
            return by_hand
        if own is None:
            notes.append(f"{what} is not declared by the model: {_say(default)} is assumed.")
        return default if own is None else own

    pooling = choose("Pooling", overrides.pooling, declared.pooling, "mean")
    if pooling not in get_args(Pooling):
        raise InputError(
            f"{name} has the pooling {pooling}, which is not supported; load it with "
            f"{_or(get_args(Pooling))} instead."
        )
    similarity = choose("Similarity", overrides.similarity, declared.similarity, "cosine")
    if similarity not in get_args(Similarity):
        raise InputError(
            f"{name} declares the similarity {similarity}, which is not supported; load it with "
            f"{_or(get_args(Similarity))} instead."
        )
    normalize = choose("Normalisation", overrides.normalize, declared.normalize, False)
    if not isinstance(normalize, bool):
        raise InputError(f"Normalisation of {name} is either on or off, not {normalize}.")
    length = _length(declared, overrides, config, tokenizer_limit, name, notes)
    for role, prompt in declared.prompts.items():
        if prompt:
            notes.append(f"Every {role} is preceded by “{prompt}”.")
    return Conventions(pooling, normalize, similarity, length), tuple(notes)


def _length(
    declared: Declared,
    overrides: Overrides,
    config: Mapping[str, Any],
    tokenizer_limit: object,
    name: str,
    notes: list[str],
) -> int:
    most = _positions(config)
    own = declared.max_length
    if own is not None and (not isinstance(own, int) or own < 3):
        raise InputError(f"{name} declares the maximum length {own}, which is no number of tokens.")
    if own is None and isinstance(tokenizer_limit, int) and 3 <= tokenizer_limit < 1_000_000:
        own = tokenizer_limit  # larger numbers are transformers' way to say that there is none
    if own is None and most is None:
        notes.append(f"The model declares no maximum length: {_UNBOUNDED} tokens are assumed.")
    own = min(own or most or _UNBOUNDED, most or own or _UNBOUNDED)
    chosen = overrides.max_length
    if chosen is None or chosen == own:
        return own
    if chosen < 3 or (most is not None and chosen > most):
        raise InputError(
            f"{name} cannot read {chosen} tokens of a text: from 3 to {most or 'any number'} work."
        )
    notes.append(f"The maximum length was set by hand: {chosen} instead of {own} tokens.")
    return chosen


def _positions(config: Mapping[str, Any]) -> int | None:
    positions = config.get("max_position_embeddings")
    if not isinstance(positions, int) or positions < 1:
        return None
    if config.get("model_type") in _OFFSET_POSITIONS:
        padding = config.get("pad_token_id")
        positions -= (padding if isinstance(padding, int) else 0) + 1
    return positions


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _or(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
