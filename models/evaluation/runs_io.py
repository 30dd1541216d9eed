"""Rankings that other programs made, brought to rows of this corpus."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.decode import TextLines, UnreadableFileError, decode
from models.data.json_rows import parse_json
from models.data.records import Passages
from models.errors import InputError
from models.evaluation.judged import Judged
from models.evaluation.rankings import DEPTH, Rankings
from models.events import Progress, Work

_EVERY = 50_000  # lines between two reports
_TREC, _MSMARCO = 6, 3  # columns


@dataclass(frozen=True, eq=False)
class Imported:
    """A ranking from a file.

    Attributes:
        name: what to call it: the run's own tag, or the file's name.
        rankings: over the questions at hand; empty for one that the file lacks.
        unknown: passages named among the first 100 that the corpus lacks; they keep their ranks.
        named: passages named in all.
        missing: questions at hand that the file says nothing of.
        foreign: questions of the file that are not at hand.
    """

    name: str
    rankings: Rankings = field(repr=False)
    unknown: int
    named: int
    missing: int
    foreign: int

    @property
    def note(self) -> str:
        """One sentence of what does not fit; empty where everything does."""
        parts = []
        if self.unknown:
            parts.append(f"{self.unknown:,} of {self.named:,} passages are not in this corpus")
        if self.missing:
            parts.append(f"{self.missing:,} questions have no ranking and count as missed")
        if self.foreign:
            parts.append(f"{self.foreign:,} rankings belong to other questions")
        return f"{self.name}: {'; '.join(parts)}." if parts else ""


@dataclass(slots=True)
class _Listed:
    """The passages of one question by id: of each its score and its place in the file."""

    found: dict[str, tuple[float, int]] = field(default_factory=dict)


def read_run(path: Path, judged: Judged) -> Work[Imported]:
    """Reads a ranking by its layout: a TREC run (also Pyserini's), MS MARCO's three columns, or
    the JSON that DPR's retriever and Pyserini's conversion to it write.

    TREC runs are ordered by score, as trec_eval does, and equal scores as the file has them; the
    others as they stand. Questions are known by id, and those of DPR, which have none, by text.

    Raises:
        InputError: the file is missing or of no such layout; it lists a passage twice for one
            question; an id stands for several passages of the corpus; or nothing in it is known.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    yield Progress("Reading the ranking")
    if path.suffix.lower() == ".json":
        name, listed = path.stem, _json_lists(path, judged)
    else:
        name, listed = yield from _table_lists(path)
    return _placed(path, name, listed, judged)


def _table_lists(path: Path) -> Work[tuple[str, dict[str, _Listed]]]:
    listed: dict[str, _Listed] = {}
    name, width = path.stem, 0
    with TextLines(path) as lines:
        for line in lines:
            if lines.number % _EVERY == 0:
                yield Progress("Reading the ranking", lines.number, None, "lines")
            cells = [] if line is None else line.split()
            if line is not None and not cells:
                continue
            width = width or len(cells)
            if width not in (_TREC, _MSMARCO) or len(cells) != width:
                raise _bad(
                    path,
                    f"line {lines.number}",
                    "is neither a TREC run's (question, Q0, passage, rank, score, tag) nor MS "
                    "MARCO's (question, passage, rank)",
                )
            question, passage = (cells[0], cells[2]) if width == _TREC else (cells[0], cells[1])
            try:
                score = float(cells[4]) if width == _TREC else -float(cells[2])
            except ValueError:
                score = np.nan
            if not np.isfinite(score):
                raise _bad(path, f"line {lines.number}", "has a score or rank that is no number")
            _add(listed, path, question, passage, score)
            name = cells[5] if width == _TREC else name
    return name, listed


def _json_lists(path: Path, judged: Judged) -> dict[str, _Listed]:
    try:
        value: Any = parse_json(decode(path).text)
    except ValueError as error:
        raise UnreadableFileError(path, "It is not well-formed JSON.") from error
    ids: dict[str, list[str]] = {}
    for question in judged.questions:
        ids.setdefault(_folded(question.text), []).append(question.id)
    known = {question.id for question in judged.questions}
    listed: dict[str, _Listed] = {}
    asked_twice: set[str] = set()
    for number, (name, entry) in enumerate(_entries(path, value), 1):
        where = f"entry {number}"
        said = entry.get("question")
        if not isinstance(said, str):
            raise _bad(path, where, "has no question")
        # The same question may be asked of several passages: each has the same ranking.
        text = _folded(said)
        places = [name] if name in known else ids.get(text, [f"\x1f{text}"])
        if text in asked_twice and name not in known:
            continue
        asked_twice.add(text)
        contexts = entry.get("ctxs", entry.get("contexts"))
        if not isinstance(contexts, list):
            raise _bad(path, where, "has no list of passages under “ctxs”")
        for place, context in enumerate(contexts):
            passage = _id(context)
            if passage is None:
                raise _bad(path, where, "has a passage without an id")
            for one in places:
                # In the order of the file: its scores are for its own use.
                _add(listed, path, one, passage, _score(context, -place))
        for one in places:
            listed.setdefault(one, _Listed())
    return listed


def _entries(path: Path, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each entry with its question's id, which DPR's own files lack."""
    pairs: Iterable[tuple[str, Any]]
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = (("", entry) for entry in value)
    else:
        pairs = ()
    seen = False
    for name, entry in pairs:
        if not isinstance(entry, dict):
            raise UnreadableFileError(path, "It is JSON, but not what DPR's retriever writes.")
        seen = True
        yield str(name or entry.get("id", "")), entry
    if not seen:
        raise UnreadableFileError(path, "It is JSON, but holds no questions with passages.")


def _id(context: Any) -> str | None:
    if not isinstance(context, dict):
        return None
    for name in ("id", "docid", "passage_id"):
        if isinstance(context.get(name), str | int) and str(context[name]):
            return str(context[name])
    return None


def _score(context: Mapping[str, Any], place: float) -> float:
    """The score, which DPR writes as a string, if it is one; else what follows from the place."""
    try:
        score = float(context.get("score", place))
    except (TypeError, ValueError):
        return place
    return score if np.isfinite(score) else place


def _add(listed: dict[str, _Listed], path: Path, question: str, passage: str, score: float) -> None:
    found = listed.setdefault(question, _Listed()).found
    if passage in found:
        raise UnreadableFileError(
            path, f"It lists passage “{passage}” twice for question “{question}”."
        )
    found[passage] = (score, len(found))


def _placed(path: Path, name: str, listed: dict[str, _Listed], judged: Judged) -> Imported:
    by_place = path.suffix.lower() == ".json"
    rows_of = _rows_by_id(
        judged.passages, {name for each in listed.values() for name in each.found}
    )
    wide = min(DEPTH, max((len(each.found) for each in listed.values()), default=0))
    rows = np.full((len(judged), wide), -1, np.int32)
    scores = np.full(rows.shape, -np.inf, np.float32)
    unknown = named = missing = 0
    for at, question in enumerate(judged.questions):
        each = listed.get(question.id)
        if each is None:
            missing += 1
            continue
        order = sorted(
            each.found.items(), key=lambda item: item[1][1] if by_place else -item[1][0]
        )[:wide]
        found = [rows_of.get(passage, -1) for passage, _ in order]
        for (passage, _), row in zip(order, found, strict=True):
            if row == _SEVERAL:
                raise InputError(
                    f"“{passage}” in {path.name} is a document that this corpus holds in several "
                    "pieces; rankings must name passages."
                )
        rows[at, : len(found)] = found
        scores[at, : len(found)] = [score for _, (score, _) in order]
        unknown += sum(row < 0 for row in found)
        named += len(found)
    if not named:
        raise InputError(f"{path} has no ranking for any of these {len(judged):,} questions.")
    if unknown == named:
        raise InputError(
            f"None of the {named:,} passages that {path} names is in this corpus: it was made over "
            "another one."
        )
    foreign = len(listed) - (len(judged) - missing)
    return Imported(name, Rankings(rows, scores), unknown, named, missing, foreign)


_SEVERAL = -2


def _rows_by_id(passages: Passages, wanted: set[str]) -> dict[str, int]:
    """The row of each passage whose id is ``wanted``, and of each document of one passage only."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pa.array(sorted(filter(_encodable, wanted)), pa.large_string())
    rows: dict[str, int] = {}
    for column in ("document", "id"):
        cells = passages.table.column(column)
        found = np.flatnonzero(pc.is_in(cells, value_set=names).to_numpy())
        for name, row in zip(cells.take(pa.array(found)).to_pylist(), found.tolist(), strict=True):
            rows[name] = _SEVERAL if column == "document" and name in rows else row
    return rows


def _encodable(name: str) -> bool:
    """Whether a corpus can hold it: half of a surrogate pair is no text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _bad(path: Path, where: str, what: str) -> UnreadableFileError:
    return UnreadableFileError(path, f"{where[:1].upper()}{where[1:]} {what}.")


def numbered(rankings: Rankings) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.float32]]]:
    """Of each question its place, and the rows and scores that are passages of this corpus."""
    for at in range(len(rankings)):
        there = rankings.rows[at] >= 0
        yield at, rankings.rows[at][there], rankings.scores[at][there]
