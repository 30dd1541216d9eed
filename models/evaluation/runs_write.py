"""Rankings in the layouts of other programs: TREC runs, MS MARCO's columns, DPR's JSON."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from models.errors import InputError
from models.evaluation.judged import Judged
from models.evaluation.ranking import has_answer
from models.evaluation.rankings import Rankings
from models.evaluation.runs_io import numbered
from models.events import Progress, Work
from models.files import atomic_path

Layout = Literal["trec", "msmarco", "dpr"]

#: What a file of each layout is called by default.
ENDINGS: dict[Layout, str] = {"trec": ".trec", "msmarco": ".tsv", "dpr": ".json"}
_BATCH = 128


def layout_of(path: Path) -> Layout:
    """The layout that a file's ending stands for: .json is DPR's, .tsv MS MARCO's, else TREC's."""
    found = {ending: layout for layout, ending in ENDINGS.items()}
    return found.get(path.suffix.lower(), "trec")


def write_run(
    path: Path, rankings: Rankings, judged: Judged, name: str, layout: Layout | None = None
) -> Work[int]:
    """Writes ``rankings`` by atomic rename; returns how many questions are in it.

    Args:
        name: the run's tag; white space in it becomes "-".
        layout: by default that of the file's ending.

    Raises:
        InputError: it cannot be written, or an id holds white space, which a column cannot.
    """
    layout = layout or layout_of(path)
    if layout not in get_args(Layout):
        raise InputError(f"{layout!r} is no layout of rankings; choose trec, msmarco or dpr.")
    lines = _dpr(rankings, judged) if layout == "dpr" else _columns(rankings, judged, name, layout)
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as out:
        for at, line in enumerate(lines):
            if at % _BATCH == 0:
                yield Progress(f"Writing {path.name}", at, len(judged), "questions")
            out.write(line)
    return len(judged)


def _columns(rankings: Rankings, judged: Judged, name: str, layout: Layout) -> Iterator[str]:
    """All lines of a question at a time."""
    ids = judged.passages.table.column("id")
    tag = "-".join(name.split()) or "run"
    for at, rows, scores in numbered(rankings):
        question = _whole(judged.questions[at].id)
        lines = []
        for rank, (row, score) in enumerate(zip(rows.tolist(), scores.tolist(), strict=True), 1):
            passage = _whole(ids[row].as_py())
            if layout == "trec":
                lines.append(f"{question} Q0 {passage} {rank} {score:.6f} {tag}\n")
            else:
                lines.append(f"{question}\t{passage}\t{rank}\n")
        yield "".join(lines)


def _dpr(rankings: Rankings, judged: Judged) -> Iterator[str]:
    """The list that DPR's retriever writes, an entry at a time."""
    for at, rows, scores in numbered(rankings):
        question = judged.questions[at]
        contexts = []
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            passage = judged.passages[row]
            holds = bool(judged.answers[at]) and has_answer(question.answers, passage.text)
            contexts.append(
                {
                    "id": passage.id,
                    "title": passage.title,
                    "text": passage.text,
                    "score": f"{score:.6f}",
                    "has_answer": holds,
                }
            )
        entry = {
            "id": question.id,
            "question": question.text,
            "answers": list(question.answers),
            "ctxs": contexts,
        }
        opened = "[\n" if at == 0 else ",\n"
        closed = "\n]\n" if at == len(judged) - 1 else ""
        yield f"{opened}{json.dumps(entry, ensure_ascii=False)}{closed}"


def _whole(name: str) -> str:
    if re.search(r"\s", name):
        raise InputError(f"The id “{name}” holds white space; only DPR's JSON can carry it.")
    return name
