"""What encoders of text are measured on: the tasks of a SentEval folder, and triplets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from models.data.nli import Triplet, read_triplets
from models.data.sentences import MissingFileError, task_home
from models.data.senteval import TRANSFER_TASKS, TransferTask, read_transfer
from models.data.sts import STS_TASKS, Pair, read_sts
from models.errors import InputError
from models.evaluation.transfer import task_key
from models.events import Progress, Work
from models.files import content_key

#: What is measured beside the tasks of SentEval.
GEOMETRY, TRIPLETS = "geometry", "triplets"
TASKS = (*STS_TASKS, GEOMETRY, TRIPLETS, *TRANSFER_TASKS)  # the quick ones first

Material = tuple[Pair, ...] | TransferTask | tuple[Triplet, ...]


@dataclass(frozen=True, eq=False)
class Survey:
    """What there is to be measured on.

    Attributes:
        data: content key by task.
        sizes: sentences by task, for how long it will take.
        missing: why the other tasks cannot be measured, a sentence each.
        pairs: of the STS tasks.
    """

    data: Mapping[str, str]
    sizes: Mapping[str, int]
    missing: Mapping[str, str]
    pairs: Mapping[str, tuple[Pair, ...]]


def read_material(
    task: str, folder: Path | None, triplets: str | Path | None
) -> Work[tuple[str, Material]]:
    """What a task is measured on, and its content key.

    Args:
        task: one of ``TASKS``.
        folder: a SentEval folder.
        triplets: as ``read_triplets`` takes them.

    Raises:
        InputError: a file is missing, which is named, or bad; or nothing was given.
    """
    yield Progress(f"{task}: reading")
    if task == TRIPLETS:
        if triplets is None:
            raise InputError("No triplets are chosen.")
        found = yield from read_triplets(triplets)
        return content_key(*(text for each in found for text in _sentences(each))), found
    if folder is None:
        raise InputError("No SentEval folder is chosen.")
    if task in TRANSFER_TASKS:
        examples = read_transfer(folder, task)
        return task_key(examples), examples
    pairs = read_sts(folder, "STSB" if task == GEOMETRY else task)
    said = (part for pair in pairs for part in (pair.first, pair.second, repr(pair.gold)))
    return content_key(*said), pairs


def survey(folder: Path | None, triplets: str | Path | None) -> Work[Survey]:
    """Reads every task once, and says of each that cannot be measured why.

    Raises:
        InputError: ``folder`` is no SentEval folder.
    """
    yield Progress("Reading test sets")
    if folder is not None:
        task_home(folder)
    data, sizes, missing = {}, {}, {}
    pairs: dict[str, tuple[Pair, ...]] = {}
    for task in TASKS:
        try:
            data[task], material = yield from read_material(task, folder, triplets)
        except MissingFileError as error:
            missing[task] = error.why
        except InputError as error:
            missing[task] = str(error)
        else:
            sizes[task] = _size(material)
            if task in STS_TASKS and isinstance(material, tuple):
                pairs[task] = tuple(each for each in material if isinstance(each, Pair))
    return Survey(
        MappingProxyType(data),
        MappingProxyType(sizes),
        MappingProxyType(missing),
        MappingProxyType(pairs),
    )


def _size(material: Material) -> int:
    if isinstance(material, TransferTask):
        parts = (material.train, material.dev, material.test)
        return sum(len(part.texts) + len(part.seconds) for part in parts if part is not None)
    return sum(3 if isinstance(each, Triplet) else 2 for each in material)


def _sentences(triplet: Triplet) -> tuple[str, str, str]:
    return triplet.premise, triplet.entailment, triplet.contradiction
