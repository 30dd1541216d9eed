"""The work behind the sheet of indexes: all passages, or so many as are measured in a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.blocks import gather
from models.events import Progress, Work
from models.geometry import sampled_rows
from models.project import Project
from models.retrieval.faiss_kinds import lists_of
from models.retrieval.index_spec import IndexSpec
from models.retrieval.measure import IndexMeasure, compare_indexes

#: Of more passages so many are drawn at first.
MOST = 50_000
_PATIENCE = 600.0  # seconds that building one kind may take
_ASKED = 200


@dataclass(frozen=True)
class Measured:
    """``measures`` on ``count`` of ``of`` passages."""

    measures: tuple[IndexMeasure, ...]
    count: int
    of: int
    dimensions: int

    @property
    def sampled(self) -> bool:
        """Whether not all passages were measured."""
        return self.count < self.of

    def bytes_of(self, measure: IndexMeasure) -> float:
        """What the index of all passages takes: what a passage takes, times their number, and
        the centres, of which there are not as many more."""
        passage = (measure.bytes - self._centres(measure, self.count)) / max(1, self.count)
        return passage * self.of + self._centres(measure, self.of)

    def _centres(self, measure: IndexMeasure, count: int) -> float:
        """Bytes of the lists' centres, and of the codes' 256."""
        kind = measure.spec.kind
        lists = lists_of(measure.spec, count) if kind in ("ivf", "ivfpq") else 0
        return 4 * self.dimensions * (lists + (256 if kind == "ivfpq" else 0))

    @property
    def sentence(self) -> str:
        """What was measured, and on what."""
        asked = min(_ASKED, self.count)
        words = (
            f"{asked} of {self.count:,} passages, drawn evenly with seed 0, were searched one by "
            "one; recall is the share of the exact ten nearest that was found."
        )
        if self.sampled:
            words += (
                f" These {self.count:,} are a random sample of {self.of:,}: MB are scaled up to "
                "all, while among all of them a search takes longer and recall may be lower."
            )
        return words


def measuring(project: Project, kinds: Sequence[Any], most: int | None) -> Work[Measured]:
    """Each kind on ``most`` random passages, or on all."""
    vectors = project.vectors.array
    if most is not None and len(vectors) > most:
        yield Progress("Drawing passages")
        vectors = gather(vectors, sampled_rows(len(vectors), most))
    similarity = project.manifest.encoder.conventions.similarity
    specs = [IndexSpec(kind=kind) for kind in kinds]
    measures = yield from compare_indexes(vectors, specs, 10, similarity, patience=_PATIENCE)
    count, dimensions = project.vectors.array.shape
    return Measured(measures, len(vectors), count, dimensions)
