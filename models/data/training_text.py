"""Sentences and triplets to train a text encoder on, and some of them held out."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.data.decode import TextLines, clean
from models.data.nli import read_triplets
from models.data.records import Document
from models.data.tables import TABLE_SUFFIXES, table_documents
from models.errors import InputError
from models.events import Progress, Skipped, Work
from models.files import content_key

#: Stands for the sentences of the sample passages that come with the program.
BUNDLED = "bundled"
#: One sentence, or a premise with what follows from it and what contradicts it.
Example = tuple[str, ...]

_BATCH = 4096  # passages
_EVERY = 20_000  # lines between two reports
_STS_CELLS = 7


@dataclass(frozen=True, eq=False)
class TextSet:
    """Texts, in the order of their file.

    Attributes:
        source: what loads them again.
        train: to learn from; no two are alike.
        held: not trained on, to be watched.
        key: content key of both.
    """

    source: str
    train: tuple[Example, ...]
    held: tuple[Example, ...]
    key: str


def sentence_set(
    source: str, held: int, column: str | None = None, limit: int | None = None
) -> Work[TextSet]:
    """Reads sentences.

    Args:
        source: "bundled", a text file with one sentence a line, an STS Benchmark file (both
            sentences of a pair are read), a table, or a project's folder, whose passages are
            read sentence by sentence.
        held: how many are held out; a quarter of all where there are too few.
        column: of a table, the one with the sentences; None guesses it.
        limit: at most so many sentences.

    Raises:
        InputError: the file cannot be read, or holds less than two different sentences.
    """
    found: dict[str, None] = {}
    lines = _bundled() if source == BUNDLED else _lines(Path(source), column)
    for number, line in enumerate(lines):
        if number % _EVERY == 0:
            yield Progress("Reading", len(found), None, "sentences")
        if isinstance(line, Skipped):
            yield line
            continue
        text = " ".join(clean(line).split())
        if text:
            found[text] = None
        if len(found) == limit:
            break
    return hold_out(source, [(text,) for text in found], held)


def triplet_set(source: str, held: int, limit: int | None = None) -> Work[TextSet]:
    """Reads triplets of a premise, an entailment and a contradiction; see ``read_triplets``.

    ``source`` is a file, or "bundled" for the triplets that come with the program.

    Raises:
        InputError: the file cannot be read, or holds less than two triplets.
    """
    triplets = yield from read_triplets(source)
    found = {(t.premise, t.entailment, t.contradiction): None for t in triplets[:limit]}
    return hold_out(source, list(found), held)


def hold_out(source: str, examples: Sequence[Example], held: int) -> TextSet:
    """Sets ``held`` of ``examples`` aside at random, the same ones each time.

    Raises:
        InputError: there are less than two.
    """
    if len(examples) < 2:
        raise InputError(f"{source} holds {len(examples)} texts; training takes two at least.")
    count = min(held, len(examples) // 4)
    chosen = set(random.Random(0).sample(range(len(examples)), count))
    key = content_key(*(text for example in examples for text in example), str(count))
    return TextSet(
        source=source,
        train=tuple(e for row, e in enumerate(examples) if row not in chosen),
        held=tuple(e for row, e in enumerate(examples) if row in chosen),
        key=key,
    )


def _lines(path: Path, column: str | None) -> Iterator[str | Skipped]:
    from models.project import MANIFEST

    if (path / MANIFEST).is_file():
        yield from _passages(path)
    elif not path.is_file():
        raise InputError(f"There is no file {path} to read sentences from.")
    elif column is None and is_benchmark(path):
        for line in _plain(path):
            yield from [line] if isinstance(line, Skipped) else line.split("\t")[5:_STS_CELLS]
    elif path.suffix.lower() in TABLE_SUFFIXES:
        for row in table_documents(path, path.name, column, ""):
            yield row.text if isinstance(row, Document) else row
    elif column is not None:
        raise InputError(f"{path} is no table, so that it has no column “{column}”.")
    else:
        yield from _plain(path)


def _passages(project: Path) -> Iterator[str]:
    from models.project import Project
    from models.retrieval.sentences import sentences

    for batch in Project.open(project).passages.table.select(["text"]).to_batches(_BATCH):
        for text in batch.column(0).to_pylist():
            for start, end in sentences(text):
                yield text[start:end]


def _plain(path: Path) -> Iterator[str | Skipped]:
    with TextLines(path) as lines:
        for line in lines:
            where = f"{path.name}, line {lines.number}"
            yield line if line is not None else Skipped(where, "It is longer than a line may be.")


def is_benchmark(path: Path) -> bool:
    """Whether it is laid out as the STS Benchmark: tabs, no header, the fifth cell a score."""
    cells = (next((line for line in _plain(path) if isinstance(line, str)), "")).split("\t")
    try:
        return len(cells) >= _STS_CELLS and 0 <= float(cells[4]) <= 5
    except ValueError:
        return False


def _bundled() -> Iterator[str | Skipped]:
    from models.retrieval.sentences import sentences
    from models.samples import SAMPLES

    for document in SAMPLES[BUNDLED].documents():
        if isinstance(document, Document):
            for start, end in sentences(document.text):
                yield document.text[start:end]
