"""Every figure of an encoder of text, one task after the other, kept by what it was measured on."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.nli import Triplet
from models.data.senteval import TransferTask
from models.data.sts import STS_TASKS, Pair
from models.encoders.card import EncoderCard
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.evaluation.sts import pair_geometry, score_pairs
from models.evaluation.text_material import GEOMETRY, TRIPLETS, Material, read_material
from models.evaluation.transfer import score_task
from models.evaluation.triplets import score_triplets
from models.events import Progress, Work
from models.files import atomic_path, write_json
from models.training.shelf import RunCard, read_card

#: Changes whenever the same vectors would have other figures.
_FORM = "text scores 1"


@dataclass(frozen=True)
class Score:
    """What one task says of one encoder.

    Attributes:
        task: one of ``TASKS``.
        data: content key of what it was measured on.
        figures: by the columns of ``models.evaluation.score_table``.
        count: pairs, examples tested on, or triplets.
        subsets: Spearman × 100 of each subset of an STS task; None where it has no order.
        alike: pairs that alignment was measured on.
        folds: accuracies of a transfer task without a test set.
        l2: λ of its classifier, or of each fold's.
        note: a sentence where the task is not what its name says, else "".
    """

    task: str
    data: str
    figures: Mapping[str, float]
    count: int
    subsets: Mapping[str, float | None] = field(default_factory=dict)
    alike: int = 0
    folds: tuple[float, ...] = ()
    l2: tuple[float, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Progress):
    """The encoder that is measured, and of a run the step that it stands at."""

    card: EncoderCard
    step: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(Progress):
    """One more task is done, and kept."""

    key: str  # of the encoder
    score: Score


class ScoreShelf:
    """Scores on disk, by encoder and by content of the data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str, task: str, data: str) -> Score | None:
        """What is known of an encoder on this data; None if nothing can be read."""
        path = self._place(key, task, data)
        if task in STS_TASKS and not path.with_suffix(".npy").is_file():
            return None
        try:
            return score_of(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # measured again at a click

    def cosines(self, key: str, score: Score) -> NDArray[np.float32] | None:
        """(N,) of the pairs of an STS task in file order; None if they cannot be read."""
        try:
            path = self._place(key, score.task, score.data).with_suffix(".npy")
            found = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return found if found.shape == (score.count,) and found.dtype == np.float32 else None

    def write(self, key: str, score: Score, cosines: NDArray[np.float32] | None = None) -> None:
        """Keeps a score.

        Raises:
            InputError: the disk is full or the folder cannot be written.
        """
        path = self._place(key, score.task, score.data)
        if cosines is not None:
            with atomic_path(path.with_suffix(".npy")) as temporary, temporary.open("wb") as file:
                np.save(file, cosines, allow_pickle=False)
        write_json(path, plain_score(score))

    def _place(self, key: str, task: str, data: str) -> Path:
        return self._folder / key / f"{task}-{data}.json"


def kept_scores() -> Path:
    """Where this user's scores are kept, beside the vectors."""
    return kept_vectors().with_name("scores")


def measure(
    source: str,
    pooling: str | None,
    tasks: Sequence[str],
    folder: Path | None,
    triplets: str | Path | None = None,
    shelf: Path | None = None,
) -> Work[EncoderCard]:
    """Measures an encoder by some tasks; what is known already is not measured again.

    Args:
        source: as ``load_text`` takes it.
        pooling: set by hand; None takes the encoder's own.
        tasks: some of ``TASKS``.
        folder: a SentEval folder.
        triplets: as ``read_triplets`` takes them.
        shelf: where scores are kept, by default the user's own.

    Yields:
        Loaded once, and Scored after each task; closing it keeps what is done.

    Raises:
        InputError: the encoder cannot be loaded, or as ``read_material``.
    """
    from models.text_encoders import is_run, load_text

    yield Progress("Loading the encoder")
    step = serving_step(read_card(Path(source).expanduser())) if is_run(source) else None
    encoder = load_text(source, **({} if pooling is None else {"pooling": pooling}))
    card = encoder.card
    yield Loaded("Loading the encoder", card=card, step=step)
    vectors, kept = SentenceVectors(encoder, kept_vectors()), ScoreShelf(shelf or kept_scores())
    for at, task in enumerate(tasks, 1):
        data, material = yield from read_material(task, folder, triplets)
        score = kept.read(card.key, task, data)
        if score is None:
            score, cosines = yield from measure_task(vectors, task, data, material)
            with suppress(InputError):  # a full disk: it is shown all the same
                kept.write(card.key, score, cosines)
        yield Scored(f"{task}: done", at, len(tasks), "tasks", key=card.key, score=score)
    return card


def measure_task(
    vectors: SentenceVectors, task: str, data: str, material: Material
) -> Work[tuple[Score, NDArray[np.float32] | None]]:
    """One task's score, and of an STS task the cosines of its pairs.

    Raises:
        InputError: as the task's own measure.
    """
    if isinstance(material, TransferTask):
        reached = yield from score_task(vectors, material)
        figures = {task: reached.accuracy}
        more: dict[str, Any] = {"folds": reached.folds, "l2": reached.l2, "note": reached.note}
        return Score(task, data, figures, reached.tested, **more), None
    if task == TRIPLETS:
        order = yield from score_triplets(vectors, _of(material, Triplet))
        figures = {"ordered": order.ordered, "margin": order.margin}
        return Score(task, data, figures, len(material)), None
    pairs = _of(material, Pair)
    if task == GEOMETRY:
        lies = yield from pair_geometry(vectors, "STSB", pairs)
        known = {"alignment": lies.alignment, "uniformity": lies.uniformity}
        figures = {name: figure for name, figure in known.items() if figure is not None}
        return Score(task, data, figures, lies.pairs, alike=lies.alike), None
    sts = yield from score_pairs(vectors, task, pairs)
    return Score(task, data, {task: sts.spearman}, len(pairs), sts.subsets), sts.cosines


def _of(material: Sequence[Any], kind: type) -> tuple[Any, ...]:
    if not all(isinstance(each, kind) for each in material):
        raise TypeError(f"The task is measured on {kind.__name__}s.")
    return tuple(material)


def serving_step(run: RunCard) -> int:
    """The step whose weights serve: the best one where the run was scored, else the last."""
    return run.step if run.best is None else run.best[0]


def plain_score(score: Score) -> dict[str, Any]:
    """A form that JSON keeps."""
    mappings = {"figures": dict(score.figures), "subsets": dict(score.subsets)}
    return {"form": _FORM, **vars(score), **mappings}


def score_of(value: Mapping[str, Any]) -> Score:
    """The inverse of ``plain_score``.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is something else.
    """
    if value["form"] != _FORM:
        raise ValueError("It was written by another version.")
    figures = {str(name): float(figure) for name, figure in value["figures"].items()}
    subsets = {str(n): None if f is None else float(f) for n, f in value["subsets"].items()}
    return Score(
        task=str(value["task"]),
        data=str(value["data"]),
        figures=MappingProxyType(figures),
        count=int(value["count"]),
        subsets=MappingProxyType(subsets),
        alike=int(value["alike"]),
        folds=tuple(float(fold) for fold in value["folds"]),
        l2=tuple(float(l2) for l2 in value["l2"]),
        note=str(value["note"]),
    )
