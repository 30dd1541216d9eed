"""Text encoders that can be trained: a pretrained transformer, its tokenizer, and SimCSE's head.

The head is a linear layer with tanh over the pooled states (Gao et al. 2021, §6.1). Unsupervised
SimCSE trains with it and drops it afterwards, so that what serves is [CLS] before it; supervised
SimCSE keeps it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from models.encoders.auto import load_transformer
from models.encoders.bert import is_plain_bert
from models.encoders.catalog import BUNDLED, bundled_folder, find
from models.encoders.declared import Declared, read_declared
from models.encoders.folder import read_config, weight_files, whole_number
from models.encoders.settle import Overrides, settle
from models.encoders.tokens import Tokens, auto_tokenizer, read_tokenizer, ready, tokenizer_files
from models.errors import InputError
from models.files import content_key, sha256

if TYPE_CHECKING:
    from torch import Tensor

Head = Literal["training", "kept", "none"]
#: From embeddings (B, T, H) and mask (B, T) to those of which a part is erased.
Erase = Callable[["Tensor", "Tensor"], "tuple[Tensor, Tensor]"]

_SPREAD = 0.02  # of a new head's weights, as BERT's own


@dataclass(frozen=True)
class TextNetSpec:
    """All that fixes the network but its weights after training.

    Attributes:
        base: where training starts: "bundled", or a model's folder or hub name.
        pooling: ``cls`` is the first token's last state, ``mean`` that of all tokens.
        head: whether there is one in training only, for good, or not at all.
        dropout: probability of every dropout in the transformer.
        max_length: tokens read of a text, special tokens included.
    """

    base: str = BUNDLED
    pooling: Literal["cls", "mean"] = "cls"
    head: Head = "training"
    dropout: float = 0.1
    max_length: int = 32


@dataclass(frozen=True)
class Base:
    """A pretrained transformer on disk, known but not loaded.

    Attributes:
        name: short, for people.
        folder: that was given; ``declared.transformer`` is the transformer's own.
        dimensions: of its states.
        key: content key of its weights and tokenizer.
    """

    name: str
    folder: Path
    declared: Declared
    config: dict[str, Any]
    dimensions: int
    key: str


class TextNet(Protocol):
    """What ``build_text`` returns, an ``nn.Module``, as its users see it.

    Attributes:
        transformer: of the transformers library, without a pooler.
        head: ``nn.Linear`` (H, H) that tanh follows, or None.
        tokens: its tokenizer.
        padding: the token id after the last one of a shorter text.
    """

    transformer: Any
    head: Any
    tokens: Tokens
    padding: int

    def project(self, texts: Sequence[str], erase: Erase | None = None) -> "Tensor":
        """(B, H) float32: what the loss sees, not normalised.

        Args:
            erase: changes the output of the embedding layer, as cutoff does.
        """
        ...

    def embed(self, texts: Sequence[str]) -> "Tensor":
        """(B, H) float32: what serves after training, not normalised."""
        ...


def read_base(name: str) -> Base:
    """The transformer called ``name``; see ``TextNetSpec.base``.

    Raises:
        InputError: there is none, a file of it is missing or damaged, or it is not an encoder.
    """
    folder = bundled_folder() if name == BUNDLED else find(name)[0]
    declared = read_declared(folder)
    home = declared.transformer
    config = read_config(home)
    if config.get("is_encoder_decoder") or config.get("is_decoder"):
        raise InputError(f"The model in {folder} writes texts; take an encoder such as BERT.")
    width = "dim" if config["model_type"] == "distilbert" else "hidden_size"
    files = [home / "config.json", *weight_files(home), *tokenizer_files(home)]
    hashes = [part for file in files for part in (file.name, sha256(file))]
    return Base(
        name="all-MiniLM-L6-v2" if name == BUNDLED else folder.resolve().name,
        folder=folder,
        declared=declared,
        config=config,
        dimensions=whole_number(config, width, home),
        key=content_key("base 1", *hashes, str(declared.lowercase)),
    )


def build_text(spec: TextNetSpec, base: Base, seed: int) -> Any:
    """A ``TextNet`` with the weights of ``base``, on the CPU; only a head depends on ``seed``.

    Raises:
        InputError: the specification is out of range, or ``base`` cannot be loaded.
    """
    import torch
    from torch import Tensor, nn

    if not 0 <= spec.dropout < 1:
        raise InputError(f"A dropout of {spec.dropout} cannot be; it is from 0 to below 1.")
    home, config = base.declared.transformer, base.config
    # Refuses an impossible length; nothing else that the base declares is used.
    by_hand = Overrides(spec.pooling, True, "cosine", spec.max_length)
    settle(base.declared, by_hand, config, None, base.name)
    transformer, vocabulary, padding = load_transformer(home, config, spec.dropout)
    transformer.pooler = None  # nothing looks at it, and it would be trained and saved
    tokenizer = read_tokenizer(home) if is_plain_bert(config) else auto_tokenizer(home)
    if tokenizer.get_vocab_size() > vocabulary:
        raise InputError(
            f"The tokenizer of {base.name} knows {tokenizer.get_vocab_size()} tokens and its "
            f"model only {vocabulary}: they do not belong together."
        )
    tokens = Tokens(ready(tokenizer, spec.max_length, base.declared.lowercase))

    class Net(nn.Module):
        def __init__(self, head: nn.Linear | None) -> None:
            super().__init__()
            self.transformer, self.head, self.tokens = transformer, head, tokens
            self.padding = padding

        def project(self, texts: Sequence[str], erase: Erase | None = None) -> Tensor:
            pooled = self._pooled(texts, erase)
            return (pooled if self.head is None else torch.tanh(self.head(pooled))).float()

        def embed(self, texts: Sequence[str]) -> Tensor:
            return self.project(texts) if spec.head == "kept" else self._pooled(texts).float()

        def _pooled(self, texts: Sequence[str], erase: Erase | None = None) -> Tensor:
            where = next(self.parameters()).device
            batch = padded(self.tokens(texts), padding)
            ids, mask = (tensor.to(where) for tensor in batch)  # (B, T)
            left: AbstractContextManager[None] = nullcontext()
            if erase is not None:
                share, mask = erase(torch.ones(*mask.shape, base.dimensions, device=where), mask)
                left = _left(self.transformer, share)
            with left:
                output = self.transformer(input_ids=ids, attention_mask=mask)
            states: Tensor = output.last_hidden_state  # (B, T, H)
            if spec.pooling == "cls":
                return states[:, 0]
            kept = mask[..., None].to(states.dtype)
            return (states * kept).sum(1) / kept.sum(1)

    return Net(None if spec.head == "none" else _head(base.dimensions, seed)).eval()


def _head(width: int, seed: int) -> Any:
    import torch
    from torch import nn

    # The generator of the whole process is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = nn.Linear(width, width)
        nn.init.normal_(head.weight, std=_SPREAD)
        nn.init.zeros_(head.bias)
    return head


@contextmanager
def _left(transformer: Any, share: "Tensor") -> Iterator[None]:
    """Multiplies the embedding layer's output by ``share`` (B, T, H) while it lasts."""
    layer = getattr(transformer, "embeddings", None)
    if layer is None:
        raise InputError("This base encoder has no embedding layer of which to erase a part.")
    hook = layer.register_forward_hook(lambda _, given, output: output * share.to(output.dtype))
    try:
        yield
    finally:
        hook.remove()


def padded(batch: Sequence[Sequence[int]], padding: int) -> "tuple[Tensor, Tensor]":
    """Ids and mask (B, T) int64 of ``batch``, T the tokens of its longest text."""
    import torch

    longest = max(len(ids) for ids in batch)
    ids = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in batch])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in batch])
    return ids, mask
