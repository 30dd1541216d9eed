"""All that is shown of an encoder's anisotropy: its layers, and its vectors before and after
whitening."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.anisotropy.layerwise import Layerwise, measure_layers
from models.data.sts import Pair
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.sts import score_pairs
from models.events import Progress, Work
from models.files import content_key
from models.portrait import Portrait, portray
from models.whitening import WhitenedVectors, fit_whitening
from models.wire import pack, unpack

_FORM = "anisotropy 1"  # changes whenever the same sentences would give other figures
_STSB = "STSB"


@dataclass(frozen=True, eq=False)
class Report:
    """One encoder on one set of sentences.

    Attributes:
        layers: words and sentences by layer.
        before: the sentences' vectors as the encoder pools them, at length 1.
        after: the same whitened by themselves, then at length 1; None where all are the same.
        kept: the directions that whitening keeps.
    """

    layers: Layerwise
    before: Portrait
    after: Portrait | None
    kept: int


@dataclass(frozen=True, slots=True)
class Cure:
    """What whitening does for STS-B: Spearman × 100 of the cosines, over all pairs.

    Attributes:
        pairs: of sentences.
        before: with the vectors as they are.
        after: whitened with what was fitted on other sentences.
        own: whitened with what was fitted on the pairs' own sentences, without their judgements.
        fitted, own_fitted: on how many sentences.
        kept, own_kept: directions that are left.
    """

    pairs: int
    before: float
    after: float
    own: float
    fitted: int
    own_fitted: int
    kept: int
    own_kept: int


def reporting(
    encoder: Encoder, sentences: Sequence[str], kept: Path | None = None, seed: int = 0
) -> Work[Report]:
    """Measures ``encoder`` on ``sentences``, or remembers what was measured before.

    Args:
        encoder: a transformer of text.
        sentences: repeated ones count once.
        kept: the folder of what was found before, if any.
        seed: of all that is drawn.

    Raises:
        InputError: the encoder does not show its layers, or there are too few sentences.
    """
    texts = list(dict.fromkeys(sentences))
    vectors = SentenceVectors(encoder, kept)
    name = f"layers-{content_key(_FORM, str(seed), *texts)}"
    known = vectors.recall(name)
    if known is not None:
        # What another version kept may not fit any more.
        with suppress(ImportError, AttributeError, KeyError, TypeError, ValueError):
            report = unpack(known)
            if isinstance(report, Report):
                return report
    layers = yield from measure_layers(encoder, texts, seed)
    array = yield from vectors.of(texts)
    before = yield from portray(array)
    yield Progress("Whitening")
    after, dimensions = None, 0
    with suppress(InputError):  # a collapsed encoder has nothing to whiten, which is a finding
        whitening = fit_whitening(array)
        dimensions = whitening.dimensions
        after = yield from portray(whitening(array))
    report = Report(layers, before, after, dimensions)
    vectors.remember(name, pack(report))
    return report


def curing(
    encoder: Encoder,
    sentences: Sequence[str],
    pairs: tuple[Pair, ...],
    dimensions: int | None = None,
    kept: Path | None = None,
) -> Work[Cure]:
    """Scores pairs with judgements before and after whitening.

    Args:
        encoder: what makes the vectors.
        sentences: that whitening is fitted on.
        pairs: of STS-B.
        dimensions: at most so many are kept; None keeps all.
        kept: the folder of vectors that were made before, if any.

    Raises:
        InputError: there is nothing to whiten, or no order among the pairs.
    """
    plain = SentenceVectors(encoder, kept)
    other = fit_whitening((yield from plain.of(sentences)), dimensions)
    own_texts = list(dict.fromkeys(text for pair in pairs for text in (pair.first, pair.second)))
    own = fit_whitening((yield from plain.of(own_texts)), dimensions)
    scores = []
    for vectors in (plain, WhitenedVectors(plain, other), WhitenedVectors(plain, own)):
        score = yield from score_pairs(vectors, _STSB, pairs)
        scores.append(score.spearman)
    before, after, own_after = scores
    return Cure(
        pairs=len(pairs),
        before=before,
        after=after,
        own=own_after,
        fitted=other.fitted,
        own_fitted=own.fitted,
        kept=other.dimensions,
        own_kept=own.dimensions,
    )
