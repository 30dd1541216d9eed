"""A BERT that has learnt nothing yet: a vocabulary made from texts, and random weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from models.data.training_text import sentence_set
from models.encoders.save_text import new_folder
from models.encoders.wordpiece import SPECIAL, make_wordpiece
from models.errors import InputError
from models.events import Progress, Work
from models.files import write_json

_INNER = 4  # times the hidden size, as in every BERT (Devlin et al. 2019, §3)
_MOST = 1_000_000


@dataclass(frozen=True)
class FreshSpec:
    """The shape of a new BERT.

    Attributes:
        layers: of the transformer.
        hidden: size of its states.
        heads: of attention, which share the hidden size.
        vocabulary: pieces of words at most; texts with few words give fewer.
        length: tokens of a text that it can read, special ones included.
        seed: of its weights.
    """

    layers: int = 4
    hidden: int = 256
    heads: int = 4
    vocabulary: int = 8192
    length: int = 128
    seed: int = 0


@dataclass(frozen=True)
class Fresh:
    """What was written: ``parameters`` are numbers to learn, ``sentences`` made the vocabulary."""

    folder: Path
    vocabulary: int
    parameters: int
    sentences: int


def new_text_encoder(sources: Sequence[str], folder: Path, spec: FreshSpec) -> Work[Fresh]:
    """Writes a random BERT as a Hugging Face folder, to be trained as a masked language model.

    The words are lower-cased. The same texts and the same seed give the same files.

    Args:
        sources: files of sentences, each as ``sentence_set`` takes it.
        folder: new or empty.
        spec: the shape.

    Raises:
        InputError: the shape is impossible, a file cannot be read, or ``folder`` holds something.
    """
    _check(spec)
    texts: dict[str, None] = {}
    for source in sources:
        found = yield from sentence_set(source, 0)
        texts.update(dict.fromkeys(chain.from_iterable(found.train)))
    yield Progress("Making a vocabulary")
    tokenizer = make_wordpiece(texts, spec.vocabulary)
    yield Progress("Writing")
    model = _model(spec, tokenizer.get_vocab_size())
    with new_folder(folder) as place:
        model.save_pretrained(place, safe_serialization=True)
        tokenizer.save(str(place / "tokenizer.json"))
        write_json(place / "tokenizer_config.json", _tokenizer_config(spec.length))
    return Fresh(
        folder=folder,
        vocabulary=tokenizer.get_vocab_size(),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        sentences=len(texts),
    )


def _check(spec: FreshSpec) -> None:
    if min(spec.layers, spec.hidden, spec.heads) < 1:
        raise InputError("Layers, hidden size and heads count from 1.")
    if spec.hidden % spec.heads:
        raise InputError(
            f"A hidden size of {spec.hidden} cannot be shared by {spec.heads} attention heads; "
            "take a multiple."
        )
    if not 100 <= spec.vocabulary <= _MOST:
        raise InputError(
            f"A vocabulary of {spec.vocabulary:,} pieces cannot be; it is from 100 to {_MOST:,}."
        )
    if spec.length < 8:
        raise InputError(f"A length of {spec.length} tokens is too short for a sentence; take 8.")


def _model(spec: FreshSpec, vocabulary: int) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=spec.hidden,
        num_hidden_layers=spec.layers,
        num_attention_heads=spec.heads,
        intermediate_size=_INNER * spec.hidden,
        max_position_embeddings=spec.length,
    )
    # The generator of the whole process is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed)
        return BertModel(config, add_pooling_layer=False)


def _tokenizer_config(length: int) -> dict[str, Any]:
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    own = dict(zip(names, SPECIAL, strict=True))
    return {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "model_max_length": length,
        **own,
    }
