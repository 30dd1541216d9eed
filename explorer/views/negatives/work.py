"""What is done in the background: embedding under both encoders, one question, all questions."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.encoders.base import Encoder
from models.events import Work
from models.negative_study.gathered import Gathered
from models.negative_study.margins import Margins, margins
from models.negative_study.pick import Spec
from models.negative_study.sight import Sight, look
from models.negative_study.study import Study, study


@dataclass(frozen=True, eq=False)
class Seen:
    """A set of questions under encoders A and B."""

    gathered: Gathered
    sights: tuple[Sight, Sight]


def seeing(
    gathered: Gathered, encoders: tuple[Encoder, Encoder], known: Mapping[str, Sight]
) -> Work[Seen]:
    """Embeds what is not ``known`` by an encoder's key."""
    sights = dict(known)
    for name, encoder in zip("AB", encoders, strict=True):
        if encoder.card.key not in sights:
            sights[encoder.card.key] = yield from look(gathered, encoder, name)
    return Seen(gathered, (sights[encoders[0].card.key], sights[encoders[1].card.key]))


def studying(seen: Seen, place: int, spec: Spec) -> Work[tuple[Seen, Study]]:
    """One question."""
    found = yield from study(seen.gathered, seen.sights, place, spec)
    return seen, found


def measuring(seen: Seen, spec: Spec) -> Work[tuple[Seen, Margins]]:
    """All questions."""
    found = yield from margins(seen.gathered, seen.sights, spec)
    return seen, found
