"""What is looked into, and the work of looking: layers, spectra and whitening of encoders."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.anisotropy.report import Cure, Report, curing, reporting
from models.anisotropy.sentences import Sentences
from models.comparison.points import stsb_pairs
from models.data.sts import Pair
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.embedding import kept_vectors
from models.events import Progress, Work


@dataclass(frozen=True, eq=False)
class SentencesSource:
    """One entry of the choice of sentences.

    Attributes:
        key: the same for the same sentences.
        title: what the choice calls it.
        read: draws at most so many of them; slow.
    """

    key: object
    title: str
    read: Callable[[int], Work[Sentences]]


@dataclass(frozen=True)
class Wanted:
    """One or two encoders, the sentences, and STS-B where it is known."""

    source: SentencesSource
    most: int
    encoders: tuple[Encoder, ...]
    stsb: Path | None


@dataclass(frozen=True, eq=False)
class Side:
    """What one encoder shows.

    Attributes:
        name, pooling: of the encoder.
        key: of the encoder.
        report: on the sentences.
        cure: what whitening does for STS-B; None where that is not known.
    """

    name: str
    pooling: str
    key: str
    report: Report
    cure: Cure | None


@dataclass(frozen=True, eq=False)
class Looked:
    """The answer to a ``Wanted``; ``trouble`` says why STS-B could not be scored."""

    wanted: Wanted
    sentences: Sentences
    sides: tuple[Side, ...]
    trouble: str = ""


def looking(wanted: Wanted, before: Looked | None) -> Work[Looked]:
    """Measures each encoder once; what ``before`` holds is not read or measured again."""
    sentences = yield from _sentences(wanted, before)
    pairs, trouble = yield from _pairs(wanted.stsb)
    known: dict[str, Side] = {}
    if before is not None and before.sentences is sentences:
        known = {side.key: side for side in before.sides}
    sides = []
    for encoder in wanted.encoders:
        card, old = encoder.card, known.get(encoder.card.key)
        if old is None:
            report = yield from reporting(encoder, sentences.texts, kept_vectors())
        else:
            report = old.report
        cure = None
        if pairs is not None and report.after is not None:
            try:
                cure = yield from curing(encoder, sentences.texts, pairs, kept=kept_vectors())
            except InputError as error:  # the layers are shown all the same
                trouble = str(error)
        sides.append(Side(card.name, card.conventions.pooling, card.key, report, cure))
    return Looked(wanted, sentences, tuple(sides), trouble)


def _sentences(wanted: Wanted, before: Looked | None) -> Work[Sentences]:
    if before is not None:
        old = before.wanted
        if (old.source.key, old.most) == (wanted.source.key, wanted.most):
            return before.sentences
    return (yield from wanted.source.read(wanted.most))


def _pairs(path: Path | None) -> Work[tuple[tuple[Pair, ...] | None, str]]:
    if path is None:
        return None, ""
    yield Progress("Reading STS-B")
    try:
        return stsb_pairs(path), ""
    except InputError as error:
        return None, str(error)
