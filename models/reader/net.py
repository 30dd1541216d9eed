"""The small reader: a frozen BERT, its top layers trained further, and three heads.

Below the cut nothing is trained, so that what a pair looks like there is computed once, and a
trained reader is a few megabytes beside a base that is there already. At the cut each token is
told what it is to the question (its part, the passage's, or a word that both have), and a head of
its own says whether the passage answers. A plain reader has neither: it is BERT's own for SQuAD 2.0
(Devlin et al. 2019, §4.3), where no answer is the span at [CLS], and other programs load it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer

from models.augment.stop_words import STOP_WORDS
from models.encoders.auto import load_transformer
from models.encoders.bert import Bert, is_plain_bert
from models.encoders.catalog import BUNDLED
from models.encoders.folder import weight_files, whole_number
from models.encoders.tokens import read_tokenizer
from models.encoders.trainable import Base
from models.encoders.weights import Weights
from models.errors import InputError
from models.reader.windows import Window

if TYPE_CHECKING:
    from torch import Tensor

#: What a token is: of the question or a separator; of the passage; of a word that both have.
KINDS = 3
_STEM = 5  # letters by which two longer words are taken for one ("invade", "invaded")
_LEAST = 32  # tokens of question and passage
_SPREAD = 0.02  # of a new head's weights, as BERT's own
_MARK = 0.2  # of a new mark's, about the size of a state's own entries


@dataclass(frozen=True)
class ReaderSpec:
    """All that fixes a small reader but its weights.

    Attributes:
        base: "bundled", or a BERT's folder.
        layers: how many of its top layers are trained.
        max_length: tokens of question and passage that are read at once in training; what is
            learnt from parts of paragraphs holds for whole ones, and costs less.
        reads: tokens that are read at once afterwards, or as many as the base can.
        dropout: in the trained layers.
        plain: without marks and without a head for relevance.
    """

    base: str = BUNDLED
    layers: int = 2
    max_length: int = 128
    reads: int = 256
    dropout: float = 0.1
    plain: bool = False


def cut(spec: ReaderSpec, base: Base) -> int:
    """How many layers stay as they are.

    Raises:
        InputError: the base is no BERT, has fewer layers, or reads shorter texts.
    """
    if not is_plain_bert(base.config):
        raise InputError(
            f"A small reader begins as a BERT; {base.name} is a {base.config['model_type']}."
        )
    home = base.declared.transformer
    count = whole_number(base.config, "num_hidden_layers", home)
    if not 1 <= spec.layers <= count:
        raise InputError(
            f"{spec.layers} layers cannot be trained in {base.name}, which has {count}."
        )
    if not _LEAST <= spec.max_length <= _room(base):
        raise InputError(
            f"{base.name} reads up to {_room(base)} tokens and a reader at least {_LEAST} of them; "
            f"{spec.max_length} cannot be."
        )
    return count - spec.layers


def reads(spec: ReaderSpec, base: Base) -> int:
    """Tokens of question and passage that a trained reader reads at once."""
    return min(max(spec.reads, spec.max_length), _room(base))


def _room(base: Base) -> int:
    return whole_number(base.config, "max_position_embeddings", base.declared.transformer)


def build_net(spec: ReaderSpec, base: Base, seed: int) -> Any:
    """What is trained, an ``nn.Module`` on the CPU; only heads and marks depend on ``seed``.

    ``net(states (B, T, H), mask (B, T), kinds (B, T))`` returns start and end logits (B, T), the
    relevance (B,) as log odds that the passage answers, None of a plain reader, and the [CLS]
    states (B, H). Its ``threshold`` (1,) is the log odds from which on an answer is believed; it
    is chosen by questions set aside and not learnt.

    Raises:
        InputError: ``base`` cannot be loaded, or does not suit ``spec``.
    """
    import torch
    from torch import Tensor, nn

    below = cut(spec, base)
    transformer, _, _ = load_transformer(base.declared.transformer, base.config, spec.dropout)

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.upper = nn.ModuleList(transformer.encoder.layer[below:])
            self.spans = nn.Linear(base.dimensions, 2)
            self.marks = None if spec.plain else nn.Embedding(KINDS, base.dimensions)
            self.relevance = None if spec.plain else nn.Linear(base.dimensions, 1)
            self.threshold: Tensor
            self.register_buffer("threshold", torch.zeros(1))

        def forward(
            self, states: Tensor, mask: Tensor, kinds: Tensor
        ) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
            x = states if self.marks is None else states + self.marks(kinds)
            hidden = (1 - mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
            for layer in self.upper:
                found = layer(x, attention_mask=hidden)
                x = found if isinstance(found, Tensor) else found[0]
            start, end = self.spans(x).unbind(-1)
            odds = None if self.relevance is None else self.relevance(x[:, 0]).squeeze(-1)
            return start, end, odds, x[:, 0]

    with torch.random.fork_rng(devices=[]):  # the whole process's generator is left as it was
        torch.manual_seed(seed)
        net = Net()
        if net.marks is not None:
            nn.init.normal_(net.marks.weight, std=_MARK)
        for head in (net.spans, net.relevance):
            if head is not None:
                nn.init.normal_(head.weight, std=_SPREAD)
                nn.init.zeros_(head.bias)
    return net.eval()


def base_tokenizer(base: Base) -> Tokenizer:
    """The base's tokenizer, which neither cuts nor pads."""
    tokenizer = read_tokenizer(base.declared.transformer)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


class Below:
    """The frozen part of a base."""

    def __init__(self, spec: ReaderSpec, base: Base) -> None:
        self._depth = cut(spec, base)
        self._bert = Bert(base.config, Weights(weight_files(base.declared.transformer)))

    def __call__(self, batch: Sequence[Sequence[int]]) -> "Tensor":
        """States (T, H) at the cut of all tokens of ``batch``, text after text."""
        import torch

        with torch.no_grad():
            return next(islice(self._bert.layers(batch), self._depth, None))


def kinds(window: Window, question: str, text: str) -> list[int]:
    """(T,) what each token is to the question."""
    asked = set(stems(question.split()))
    found = [0] * len(window.ids)
    known: dict[tuple[int, int], bool] = {}
    for place, span in enumerate(window.words, window.first):
        if span not in known:
            known[span] = any(stem in asked for stem in stems([text[slice(*span)]]))
        found[place] = 1 + known[span]
    return found


def stems(words: Iterable[str]) -> Iterator[str]:
    """The beginnings of words that carry content; figures stay whole."""
    for word in words:
        plain = "".join(letter for letter in word.lower() if letter.isalnum())
        if plain and word.lower().strip('?.,!"“”') not in STOP_WORDS:
            yield plain if plain.isdigit() else plain[:_STEM]
