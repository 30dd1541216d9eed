"""One sentence's views to be looked at, and how alike an encoder finds them.

The pure part of the text studio, up to what takes a look inside the network (``text_passes``):
frozen requests become frozen results, and the same request gives the same result.
"""

import math
import random
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.augment.edited import Edited
from models.augment.edits import Synonyms
from models.augment.text import augment_text
from models.augment.text_spec import TextAugment
from models.augment.words import split_words
from models.encoders.base import Encoder
from models.events import Progress, Work

#: The edits of words that are drawn here; back-translation takes models of its own.
WORD_EDITS = ("synonym", "insertion", "swap", "deletion", "delete-one", "crop")
#: More is no sentence, and could neither be read nor drawn at every key.
MOST_WORDS, MOST_LETTERS = 64, 600

_BATCH = 16
_KEPT = 2048  # vectors of texts that are remembered

Cosines = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StudioRequest:
    """A sentence and all that decides its views.

    Attributes:
        text: one line, as ``one_line`` gives it.
        alpha: α of EDA's four edits; for deletion the probability of each word.
        crop: share of the words that a crop cuts off.
        cutoff: share of the tokens or dimensions that cutoff erases.
        dropout: probability that dropout leaves a number out.
        count: V, views of each kind.
        seed: where every random number comes from.
    """

    text: str
    alpha: float = 0.1
    crop: float = 0.1
    cutoff: float = 0.1
    dropout: float = 0.1
    count: int = 4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """The views that are edits of words.

    Attributes:
        request: that was answered.
        words: how many the sentence has.
        views: V of each method in ``WORD_EDITS``.
    """

    request: StudioRequest
    words: int
    views: Mapping[str, tuple[Edited, ...]]


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """Cosines to the sentence.

    Attributes:
        views: (V,) of each method's views.
        others: (K,) of sentences that say something else, the scale for the rest.
    """

    views: Mapping[str, Cosines]
    others: Cosines


def one_line(text: str) -> tuple[str, bool]:
    """``text`` as one line of at most ``MOST_WORDS`` words, and whether it was cut to that.

    Spaces at its ends are left out, and every run of spaces and line breaks becomes one space.
    """
    # No more is looked at than can be needed, for a text of megabytes may have been pasted.
    line = " ".join(text[: 4 * MOST_LETTERS].split())
    cut = len(line) > MOST_LETTERS or len(text) > 4 * MOST_LETTERS
    line = line[:MOST_LETTERS].rstrip()
    spans = split_words(line).spans
    if len(spans) > MOST_WORDS:
        return line[: spans[MOST_WORDS - 1][1]], True
    return line, cut


def changed_words(alpha: float, words: int) -> int:
    """n = max(1, int(α · words)), EDA's number of words changed; 0 where α is 0 or no word is."""
    return max(1, int(alpha * words)) if alpha and words else 0


def alpha_of(n: int, words: int) -> float:
    """The smallest α by which ``changed_words`` comes to ``n``, from 0 to 1."""
    alpha = min(n / words, 1.0) if words else 0.0
    # A product that is a rounding error short of n would be cut to n − 1.
    return alpha if int(alpha * words) >= min(n, words) else math.nextafter(alpha, 1.0)


def draw(request: StudioRequest, synonyms: Synonyms) -> Drawn:
    """The views that need no encoder.

    View k stays as it is when there are more views or fewer, or another method is set otherwise.
    """
    shares = {"delete-one": 0.0, "crop": request.crop}
    views = {
        method: tuple(
            augment_text(
                request.text,
                TextAugment(method, shares.get(method, request.alpha)),
                random.Random(f"{request.seed} {method} {view}"),
                synonyms,
            )
            for view in range(request.count)
        )
        for method in WORD_EDITS
    }
    return Drawn(request, len(split_words(request.text).words), MappingProxyType(views))


class SentenceMemory:
    """An encoder that remembers the sentences it has seen last; for one thread at a time."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def vectors(self, texts: Iterable[str]) -> Work[dict[str, NDArray[np.float32]]]:
        """The vector (D,) of each text, of length 1."""
        wanted = list(dict.fromkeys(texts))
        missing = sorted((text for text in wanted if text not in self._known), key=len)
        for start in range(0, len(missing), _BATCH):
            yield Progress("Comparing sentences", start, len(missing), "sentences")
            batch = missing[start : start + _BATCH]
            made = self.encoder.forward(self.encoder.tokenize(batch, "passage"), "passage")
            self._known.update(zip(batch, unit(made), strict=True))
        found = {}
        for text in wanted:
            self._known.move_to_end(text)
            found[text] = self._known[text]
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found


def compare(
    text: str,
    views: Mapping[str, Sequence[Edited]],
    others: Sequence[str],
    memory: SentenceMemory,
) -> Work[Compared]:
    """Cosines of views, and of other sentences, to ``text``, as passages.

    Args:
        text: the sentence.
        views: of it, by method.
        others: sentences that say something else; ``text`` itself is left out of them.
        memory: whose opinion is asked.
    """
    others = [other for other in others if other != text]
    edited = (view.text for made in views.values() for view in made)
    vectors = yield from memory.vectors([text, *edited, *others])
    own = vectors[text]

    def cosines(texts: Iterable[str]) -> Cosines:
        found = np.array([vectors[each] @ own for each in texts], np.float32).clip(-1, 1)
        found.setflags(write=False)
        return found

    made = {method: cosines(view.text for view in each) for method, each in views.items()}
    return Compared(MappingProxyType(made), cosines(others))


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (…, D) at length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-12)
    return result


def way(cosines: Cosines, others: Cosines) -> float:
    """How far views lie on the way to another sentence: 0 at the sentence, 1 where others are.

    A share of the mean drop of the cosine, (1 − mean view) / (1 − mean other); NaN without others
    or where they coincide with the sentence.
    """
    if not len(others) or not len(cosines) or others.mean() >= 1 - 1e-6:
        return math.nan
    return float((1 - cosines.mean(dtype=np.float64)) / (1 - others.mean(dtype=np.float64)))
