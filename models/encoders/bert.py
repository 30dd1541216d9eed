"""BERT's forward pass (Devlin et al. 2019, §3) for inference on a CPU, without padding.

The tokens of a batch lie one after another in a single (T, H) array, so that every linear layer
is one matrix product over real tokens; only attention sees which token belongs to which text.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from models.encoders.folder import whole_number
from models.encoders.linear import ACTIVATIONS, linear
from models.encoders.weights import Weights
from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

_WORDS = "embeddings.word_embeddings.weight"


def is_plain_bert(config: dict[str, Any]) -> bool:
    """Whether the model is a BERT as published, which ``Bert`` computes."""
    return (
        config["model_type"] in ("bert", "dpr")
        and config.get("hidden_act", "gelu") in ACTIVATIONS
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
    )


class Bert:
    """The inner BERT of a BertModel, of a BERT with a head, or of a DPR encoder.

    Raises:
        InputError: the configuration or the weights do not describe a BERT.
    """

    def __init__(self, config: dict[str, Any], weights: Weights) -> None:
        def size(name: str, default: int | None = None) -> int:
            return whole_number(config, name, weights.folder, default=default)

        self.vocabulary, self.hidden = size("vocab_size"), size("hidden_size")
        self.heads, inner = size("num_attention_heads"), size("intermediate_size")
        if self.hidden % self.heads:
            raise InputError(
                f"{weights.folder / 'config.json'} has a hidden_size of {self.hidden}, which "
                f"{self.heads} attention heads cannot share."
            )
        eps = config.get("layer_norm_eps", 1e-12)
        self.eps = float(eps) if isinstance(eps, float | int) else 1e-12
        prefix = weights.prefix_of(_WORDS)
        self._words = weights.read(prefix + _WORDS, self.vocabulary, self.hidden)
        # Segment ids are 0 throughout, so segment 0 is part of every position.
        types, positions = size("type_vocab_size", 2), size("max_position_embeddings")
        embeddings = prefix + "embeddings."
        self._positions = (
            weights.read(embeddings + "position_embeddings.weight", positions, self.hidden)
            + (weights.read(embeddings + "token_type_embeddings.weight", types, self.hidden)[0])
        )
        self._norm = _norm(weights, embeddings + "LayerNorm", self.hidden)
        activation = config.get("hidden_act", "gelu")
        self._layers = [
            _Layer(weights, f"{prefix}encoder.layer.{n}.", self.hidden, inner, activation)
            for n in range(size("num_hidden_layers"))
        ]

    def __call__(self, batch: Sequence[Sequence[int]]) -> "Tensor":
        """Last hidden states (T, H) of all tokens of ``batch``, text after text."""
        for states in self.layers(batch):
            last = states
        return last

    def layers(self, batch: Sequence[Sequence[int]]) -> "Iterator[Tensor]":
        """States (T, H) of all tokens after the embeddings and then after each layer."""
        import torch

        F = torch.nn.functional
        lengths = [len(ids) for ids in batch]
        runs = [(length, len(list(same))) for length, same in groupby(lengths)]
        ids = torch.tensor(list(chain.from_iterable(batch)))  # (T,)
        places = torch.cat([torch.arange(length) for length in lengths])  # (T,)
        x = F.embedding(ids, self._words) + F.embedding(places, self._positions)  # (T, H)
        x = F.layer_norm(x, (self.hidden,), *self._norm, self.eps)
        yield x
        for layer in self._layers:
            attended = self._attend(layer.qkv(x), runs)  # (T, H)
            x = F.layer_norm(x + layer.output(attended), (self.hidden,), *layer.norm1, self.eps)
            inner = layer.widen(x)  # (T, I)
            x = F.layer_norm(x + layer.narrow(inner), (self.hidden,), *layer.norm2, self.eps)
            yield x

    def _attend(self, qkv: "Tensor", runs: list[tuple[int, int]]) -> "Tensor":
        """Attention within each text; neighbours of equal length are computed together."""
        import torch

        F = torch.nn.functional
        parts = []
        start = 0
        for length, count in runs:
            run = qkv[start : start + length * count].view(count, length, 3, self.heads, -1)
            query, key, value = run.permute(2, 0, 3, 1, 4)  # each (count, heads, length, H/heads)
            mixed = F.scaled_dot_product_attention(query, key, value)
            parts.append(mixed.transpose(1, 2).reshape(length * count, self.hidden))
            start += length * count
        return torch.cat(parts)


class _Layer:
    """One layer's weights; query, key and value are one matrix."""

    def __init__(
        self, weights: Weights, prefix: str, hidden: int, inner: int, activation: str
    ) -> None:
        import torch

        kinds = [f"{prefix}attention.self.{kind}." for kind in ("query", "key", "value")]
        self.qkv = linear(
            torch.cat([weights.read(kind + "weight", hidden, hidden) for kind in kinds]),
            torch.cat([weights.read(kind + "bias", hidden) for kind in kinds]),
        )

        def dense(name: str, out: int, into: int, activation: str | None = None) -> Any:
            stem = f"{prefix}{name}.dense."
            weight, bias = (
                weights.read(stem + "weight", out, into),
                weights.read(stem + "bias", out),
            )
            return linear(weight, bias, activation)

        self.output = dense("attention.output", hidden, hidden)
        self.norm1 = _norm(weights, prefix + "attention.output.LayerNorm", hidden)
        self.widen = dense("intermediate", inner, hidden, activation)
        self.narrow = dense("output", hidden, inner)
        self.norm2 = _norm(weights, prefix + "output.LayerNorm", hidden)


def _norm(weights: Weights, stem: str, hidden: int) -> "tuple[Tensor, Tensor]":
    """Scale and shift; checkpoints that came from TensorFlow call them gamma and beta."""
    names = ("gamma", "beta") if f"{stem}.gamma" in weights else ("weight", "bias")
    scale, shift = (weights.read(f"{stem}.{name}", hidden) for name in names)
    return scale, shift
