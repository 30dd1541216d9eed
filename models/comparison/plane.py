"""Encoders on the plane of alignment and uniformity, each with its STS-B (Gao et al. 2021, fig. 3).

Scores are kept on the same shelf as those of ``models.evaluation.text_scores``, by the content of
the pairs, so that what was measured in one place is known in the other.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.comparison.points import STSB, stsb_pairs
from models.data.sts import Pair
from models.encoders.card import EncoderCard
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.evaluation.text_material import GEOMETRY
from models.evaluation.text_scores import Score, ScoreShelf, kept_scores, measure_task
from models.events import Progress, Work
from models.files import content_key


@dataclass(frozen=True, slots=True)
class Figures:
    """Where one encoder lies.

    Attributes:
        key: of the encoder.
        spearman: × 100, of cosine and judgement over ``pairs`` pairs.
        alignment: mean squared distance of the ``alike`` pairs judged above 4.
        uniformity: t = 2, of all their sentences.
    """

    key: str
    spearman: float
    alignment: float
    uniformity: float
    pairs: int
    alike: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some encoders on one set of pairs."""

    pairs: int
    figures: tuple[Figures, ...]


def pairs_key(pairs: Sequence[Pair]) -> str:
    """The content key under which scores of these pairs are kept."""
    return content_key(*(part for p in pairs for part in (p.first, p.second, repr(p.gold))))


def recall(path: Path, keys: Sequence[str], shelf: Path | None = None) -> Work[Known]:
    """What is known of encoders on the pairs at ``path``; those that lack a figure are left out.

    Args:
        path: a SentEval folder, or a file of STS-B.
        keys: of encoders.
        shelf: where scores are kept, by default the user's own.

    Raises:
        InputError: there is no such file, or a line of it is bad.
    """
    yield Progress("Reading STS-B")
    pairs = stsb_pairs(path)
    data, kept = pairs_key(pairs), ScoreShelf(shelf or kept_scores())
    found = []
    for key in dict.fromkeys(keys):
        yield Progress("Reading scores")
        figures = _figures(key, kept.read(key, STSB, data), kept.read(key, GEOMETRY, data))
        if figures is not None:
            found.append(figures)
    return Known(len(pairs), tuple(found))


def place(
    source: str, pooling: str | None, path: Path, shelf: Path | None = None
) -> Work[EncoderCard]:
    """Measures an encoder on STS-B; what is known already is not measured again.

    Args:
        source: as ``load_text`` takes it.
        pooling: set by hand; None takes the encoder's own.
        path: a SentEval folder, or a file of STS-B.
        shelf: where scores are kept, by default the user's own.

    Raises:
        InputError: the encoder cannot be loaded, no pair is judged above 4, or as ``recall``.
    """
    from models.text_encoders import load_text

    yield Progress("Reading STS-B")
    pairs = stsb_pairs(path)
    yield Progress("Loading the encoder")
    encoder = load_text(source, **({} if pooling is None else {"pooling": pooling}))
    vectors, kept = SentenceVectors(encoder, kept_vectors()), ScoreShelf(shelf or kept_scores())
    data, scores = pairs_key(pairs), []
    for task in (STSB, GEOMETRY):
        score = kept.read(encoder.card.key, task, data)
        if score is None:
            score, cosines = yield from measure_task(vectors, task, data, pairs)
            with suppress(InputError):  # a full disk: the next time it is measured again
                kept.write(encoder.card.key, score, cosines)
        scores.append(score)
    if _figures(encoder.card.key, *scores) is None:
        raise InputError(f"No pair of {path} is judged above 4, so there is no alignment.")
    return encoder.card


def _figures(key: str, sts: Score | None, geometry: Score | None) -> Figures | None:
    if sts is None or geometry is None:
        return None
    alignment = geometry.figures.get("alignment")
    spearman, uniformity = sts.figures.get(STSB), geometry.figures.get("uniformity")
    if alignment is None or spearman is None or uniformity is None:
        return None
    return Figures(key, spearman, alignment, uniformity, sts.count, geometry.alike)
