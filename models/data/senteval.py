"""Sentences with classes, by which frozen vectors are tested: SentEval's transfer tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.data.decode import UnreadableFileError
from models.data.sentences import task_home, task_lines, task_rows

#: In the order in which papers print them.
TRANSFER_TASKS = ("MR", "CR", "SUBJ", "MPQA", "SST2", "TREC", "MRPC")

#: One file a class, tested in folds.
_FOLDED = {
    "MR": (("negative", "rt-polarity.neg"), ("positive", "rt-polarity.pos")),
    "CR": (("negative", "custrev.neg"), ("positive", "custrev.pos")),
    "SUBJ": (("subjective", "subj.subjective"), ("objective", "subj.objective")),
    "MPQA": (("negative", "mpqa.neg"), ("positive", "mpqa.pos")),
}


@dataclass(frozen=True, eq=False)
class Part:
    """Examples with their classes.

    Attributes:
        texts: N sentences.
        labels: (N,) int64 from 0, read-only.
        seconds: N sentences that make pairs of them; empty where single sentences are told apart.
    """

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    seconds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.labels.setflags(write=False)


@dataclass(frozen=True, eq=False)
class TransferTask:
    """One task.

    Attributes:
        name: one of ``TRANSFER_TASKS``.
        classes: names of the labels.
        train: to learn from.
        dev: to choose the penalty by; None where folds of ``train`` serve.
        test: None where folds of ``train`` serve.
        note: a sentence where it is not what its name says, else "".
    """

    name: str
    classes: tuple[str, ...]
    train: Part
    dev: Part | None = None
    test: Part | None = None
    note: str = ""


def read_transfer(folder: Path, task: str) -> TransferTask:
    """One task whole.

    Args:
        folder: holds ``MR``, ``CR``, ….
        task: one of ``TRANSFER_TASKS``.

    Raises:
        InputError: a file is missing, which is named, or a line of it is bad.
    """
    home = task_home(folder)
    if task == "SST2":
        binary = home / "SST" / "binary"
        train, dev, test = (_sst(binary / f"sentiment-{part}") for part in ("train", "dev", "test"))
        return TransferTask(task, ("negative", "positive"), train, dev, test)
    if task == "TREC":
        return _trec(home / "TREC")
    if task == "MRPC":
        return _mrpc(home / "MRPC")
    texts: list[str] = []
    labels: list[int] = []
    for label, (_, name) in enumerate(_FOLDED[task]):
        lines = task_lines(task, home / task / name, "latin-1")
        texts += lines
        labels += [label] * len(lines)
    classes = tuple(name for name, _ in _FOLDED[task])
    return TransferTask(task, classes, Part(tuple(texts), np.array(labels, np.int64)))


def _sst(path: Path) -> Part:
    """A label before each sentence, or behind it after a tab: both are in use, even in one set."""
    texts, labels = [], []
    for number, line in enumerate(task_lines("SST2", path), 1):
        if not line.strip():
            continue
        label, _, text = line.partition(" ")
        if "\t" in line:
            text, _, label = line.rpartition("\t")
        if label not in ("0", "1") or not text.strip():
            raise UnreadableFileError(path, f"Line {number} is not a sentence with a 0 or a 1.")
        texts.append(text.strip())
        labels.append(int(label))
    return Part(tuple(texts), np.array(labels, np.int64))


def _trec(folder: Path) -> TransferTask:
    """Kinds of questions: "LOC:city What county …", of which the part before the colon counts."""
    read: list[tuple[list[str], list[str]]] = []
    for name in ("train_5500.label", "TREC_10.label"):
        texts, kinds = [], []
        for number, line in enumerate(task_lines("TREC", folder / name, "latin-1"), 1):
            if not line.strip():
                continue
            kind, colon, question = line.partition(":")
            _, _, question = question.partition(" ")
            if not colon or not question.strip():
                raise UnreadableFileError(
                    folder / name, f"Line {number} is not a class, a colon and a question."
                )
            kinds.append(kind)
            texts.append(question.strip())
        read.append((texts, kinds))
    classes = tuple(sorted({kind for _, kinds in read for kind in kinds}))
    train, test = (
        Part(tuple(texts), np.array([classes.index(kind) for kind in kinds], np.int64))
        for texts, kinds in read
    )
    return TransferTask("TREC", classes, train, test=test)


def _mrpc(folder: Path) -> TransferTask:
    """Whether two sentences say the same.

    Many folders hold what GLUE makes of the set, whose training pairs are divided once more and
    whose test pairs have no labels.
    """
    classes = ("different", "same")
    train, test = folder / "msr_paraphrase_train.txt", folder / "msr_paraphrase_test.txt"
    less, held = folder / "msr-para-train.tsv", folder / "msr-para-val.tsv"
    if not train.is_file() and less.is_file():
        note = f"MRPC is tested on its validation pairs ({held.name}): there are no test pairs."
        return TransferTask("MRPC", classes, _paraphrases(less), None, _paraphrases(held), note)
    return TransferTask("MRPC", classes, _paraphrases(train), None, _paraphrases(test))


def _paraphrases(path: Path) -> Part:
    rows: Sequence[tuple[int, list[str]]] = task_rows("MRPC", path, 5)[1:]  # without the header
    for number, cells in rows:
        if cells[0] not in ("0", "1"):
            raise UnreadableFileError(path, f"Line {number} does not begin with a 0 or a 1.")
    labels = np.array([int(cells[0]) for _, cells in rows], np.int64)
    firsts, seconds = (tuple(cells[place] for _, cells in rows) for place in (3, 4))
    return Part(firsts, labels, seconds)
