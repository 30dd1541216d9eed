"""Reading with a small reader: base and trained layers as one BERT, without padding."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.encoders.bert import Bert
from models.encoders.folder import weight_files
from models.encoders.weights import Weights
from models.errors import InputError
from models.reader.net import KINDS, base_tokenizer, cut, kinds, reads
from models.reader.reader import Reader, ReaderCard
from models.reader.saved import SavedReader
from models.reader.spans import Scores, odds_of
from models.reader.windows import Window

if TYPE_CHECKING:
    from torch import Tensor


class SmallScorer:
    """The ``Scorer`` of a small reader.

    Raises:
        InputError: the trained weights do not fit the base.
    """

    def __init__(self, saved: SavedReader) -> None:
        base, self._tensors = saved.base, dict(saved.tensors)
        self._depth, self._width = cut(saved.spec, base), base.dimensions
        self._plain, self._threshold = saved.spec.plain, saved.threshold
        self._spans = self._read("spans.weight", 2, self._width), self._read("spans.bias", 2)
        if not self._plain:
            self._marks = self._read("marks.weight", KINDS, self._width)
            self._relevance = (
                self._read("relevance.weight", 1, self._width),
                self._read("relevance.bias", 1),
            )
        files = weight_files(base.declared.transformer)
        layers = {
            f"encoder.layer.{self._depth + int(place)}.{rest}": tensor
            for place, rest, tensor in _upper(self._tensors)
        }
        self._bert = Bert(base.config, _Over(files, layers))

    def __call__(
        self, batch: Sequence[Window], question: str, texts: Sequence[str]
    ) -> list[Scores]:
        """The scores of each window, all in one forward pass over tokens without padding."""
        import torch
        from torch.nn.functional import linear

        with torch.inference_mode():
            for depth, states in enumerate(self._bert.layers([window.ids for window in batch])):
                if depth == self._depth and not self._plain:
                    # In place, so that the layers above see it.
                    states += self._marks[_told(batch, question, texts)]
            spans = linear(states, *self._spans).numpy()  # (T, 2)
            relevance = None if self._plain else linear(states, *self._relevance).numpy()  # (T, 1)
        found, at = [], 0
        for window in batch:
            inside = slice(at + window.first, at + window.first + len(window.spans))
            start, end = spans[inside].T
            if relevance is None:
                odds = odds_of(start, end, float(spans[at].sum()))
            else:
                odds = float(relevance[at, 0])
            found.append(Scores(start, end, odds - self._threshold))
            at += len(window.ids)
        return found

    def _read(self, name: str, *shape: int) -> "Tensor":
        tensor = self._tensors.get(name)
        if tensor is None or tuple(tensor.shape) != shape:
            raise InputError(f"The reader has no tensor {name} of the shape {shape}.")
        return tensor


def _told(batch: Sequence[Window], question: str, texts: Sequence[str]) -> "Tensor":
    """(T,) what each token is to the question."""
    import torch

    marks = [kinds(window, question, texts[window.passage]) for window in batch]
    return torch.tensor([kind for window in marks for kind in window])


def small_reader(saved: SavedReader, source: str) -> Reader:
    """A reader ready to read.

    Raises:
        InputError: the trained weights do not fit the base.
    """
    card = ReaderCard(
        name=saved.name,
        source=source,
        architecture=f"{saved.spec.layers} trained layers on {saved.base.name}",
        kind="qa" if saved.spec.plain else "small",
        max_length=reads(saved.spec, saved.base),
    )
    return Reader(card, base_tokenizer(saved.base), SmallScorer(saved))


class _Over(Weights):
    """A model's weights, some of which others stand in for."""

    def __init__(self, files: Any, others: "dict[str, Tensor]") -> None:
        super().__init__(files)
        self._others = others

    def read(self, name: str, *shape: int) -> "Tensor":
        for own, tensor in self._others.items():
            if name.endswith(own):
                if tuple(tensor.shape) != shape:
                    raise InputError(f"The reader's tensor {own} does not fit its base.")
                return tensor
        return super().read(name, *shape)


def _upper(tensors: "dict[str, Tensor]") -> "list[tuple[str, str, Tensor]]":
    found = []
    for name, tensor in tensors.items():
        part, _, rest = name.partition(".")
        place, _, rest = rest.partition(".")
        if part == "upper" and place.isdigit():
            found.append((place, rest, tensor))
    return found
