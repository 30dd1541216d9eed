"""Pairs of sentences with a human judgement of how alike they are, as SentEval lays them out."""

import math
from dataclasses import dataclass
from pathlib import Path

from models.data.decode import UnreadableFileError
from models.data.sentences import task_home, task_lines, task_rows
from models.errors import InputError

#: In the order in which papers print them.
STS_TASKS = ("STS12", "STS13", "STS14", "STS15", "STS16", "STSB", "SICKR")

#: The subsets of a year's test set. SMT of 2013 is left out, as every paper leaves it out: its
#: sentences are not free.
_SUBSETS = {
    "STS12": ("MSRpar", "MSRvid", "SMTeuroparl", "surprise.OnWN", "surprise.SMTnews"),
    "STS13": ("FNWN", "headlines", "OnWN"),
    "STS14": ("deft-forum", "deft-news", "headlines", "images", "OnWN", "tweet-news"),
    "STS15": ("answers-forums", "answers-students", "belief", "headlines", "images"),
    "STS16": ("answer-answer", "headlines", "plagiarism", "postediting", "question-question"),
}
_SICK = {"train": "SICK_train.txt", "dev": "SICK_trial.txt", "test": "SICK_test_annotated.txt"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences.

    Attributes:
        first, second: the sentences.
        gold: how alike people found them: 0 to 5, for SICK 1 to 5.
        subset: where within its task it is from.
    """

    first: str
    second: str
    gold: float
    subset: str


def read_sts(folder: Path, task: str, split: str = "test") -> tuple[Pair, ...]:
    """The pairs of one task that have a judgement, in file order.

    Args:
        folder: holds ``STS`` and ``SICK``.
        task: one of ``STS_TASKS``.
        split: "test"; for STSB and SICKR also "train" and "dev".

    Raises:
        InputError: a file is missing, which is named, or a line of it is bad.
    """
    home = task_home(folder)
    if task == "STSB":
        return read_benchmark(home / "STS" / "STSBenchmark" / f"sts-{split}.csv")
    if task == "SICKR":
        return _sick(home / "SICK" / _SICK[split])
    if split != "test":
        raise ValueError(f"{task} has a test set only.")
    year = home / "STS" / f"{task}-en-test"
    return tuple(pair for subset in _SUBSETS[task] for pair in _year(task, year, subset))


def _year(task: str, folder: Path, subset: str) -> list[Pair]:
    """One subset; an empty line in its file of judgements means that the pair has none."""
    source, judged = folder / f"STS.input.{subset}.txt", folder / f"STS.gs.{subset}.txt"
    inputs, golds = task_lines(task, source), task_lines(task, judged)
    if len(inputs) != len(golds):
        raise InputError(
            f"{source} has {len(inputs):,} lines and {judged.name} {len(golds):,}; they do not "
            "belong together."
        )
    pairs = []
    for number, (line, gold) in enumerate(zip(inputs, golds, strict=True), 1):
        if not gold.strip():
            continue
        cells = line.split("\t")
        if len(cells) < 2:
            raise UnreadableFileError(source, f"Line {number} is not two sentences and a tab.")
        score = score_in(judged, number, gold)
        pairs.append(Pair(cells[0].strip(), cells[1].strip(), score, subset))
    return pairs


def read_benchmark(path: Path) -> tuple[Pair, ...]:
    """A file of STS-B: tabbed genre, file, year, id, score and sentences, perhaps licences.

    Raises:
        InputError: it is missing or empty, or a line of it is bad.
    """
    rows = task_rows("STSB", path, 7)
    return tuple(
        Pair(cells[5], cells[6], score_in(path, number, cells[4]), cells[0])
        for number, cells in rows
    )


def _sick(path: Path) -> tuple[Pair, ...]:
    rows = task_rows("SICKR", path, 5)
    return tuple(
        Pair(cells[1], cells[2], score_in(path, number, cells[3]), "SICK")
        for number, cells in rows[1:]  # the first names the columns
    )


def score_in(path: Path, number: int, text: str) -> float:
    """The judgement in line ``number`` of a file.

    Raises:
        InputError: it is no number.
    """
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise UnreadableFileError(path, f"Line {number} has the score {text[:20]}, no number.")
    return score
