"""Questions and what is known of their answers, in the formats in which the field has them."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.data.decode import TextLines, UnreadableFileError, clean, decode
from models.data.delimited import delimited_rows, split_tabs
from models.data.formats import is_squad, squad_paragraphs
from models.data.json_rows import jsonl_rows, parse_json
from models.data.rows import Row, Rows
from models.errors import InputError
from models.events import Skipped

_TABLES = (".csv", ".tsv", ".tab")


@dataclass(frozen=True, slots=True)
class Question:
    """A question; what is not known of it is empty.

    ``answers`` are accepted strings; ``gold_ids`` maps ids of relevant documents or passages to
    their grade (1 and more); ``gold_texts`` are the paragraphs that the question was asked about.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    gold_ids: Mapping[str, int] = field(default_factory=dict)
    gold_texts: tuple[str, ...] = ()


def read_questions(path: Path) -> tuple[Question, ...]:
    """Reads a set of questions whole.

    Read are SQuAD's JSON (v1.1, v2.0); DPR's QA CSV (question, tab, Python list of answers);
    JSON Lines with ``question``, ``answers`` or ``answer``, ``passage`` (an id or a list of ids)
    and ``id``, of which NQ-open is one; CSV and TSV with such columns; and BEIR's folder, from
    which ``qrels/test.tsv`` is taken, else ``dev.tsv``, else the first; give the path of another
    judgement file to choose it.

    Raises:
        InputError: the file is missing, of no such format, or any record of it is bad. A set with
            holes would measure something else than its name says.
    """
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.")
    suffix = path.suffix.lower()
    if path.is_dir() or path.name == "queries.jsonl" or path.parent.name == "qrels":
        questions = tuple(_beir(path))
    elif suffix == ".json":
        questions = tuple(_squad(path))
    elif suffix in (".jsonl", ".ndjson"):
        questions = tuple(_records(path, jsonl_rows(path, path.name)))
    elif suffix in _TABLES and _has_names(path):
        questions = tuple(_records(path, map(_lowered, delimited_rows(path, path.name))))
    elif suffix in (*_TABLES, ".txt"):
        questions = tuple(_dpr(path))
    else:
        raise UnreadableFileError(
            path, "Questions are read from .json, .jsonl, .csv, .tsv or a folder."
        )
    if not questions:
        raise UnreadableFileError(path, "It holds no questions.")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise UnreadableFileError(path, f"Two of its questions have the id “{question.id}”.")
        seen.add(question.id)
    return questions


def python_list(text: str) -> list[object] | None:
    """A list as Python writes it, which is how the field's tables hold several answers in a cell;
    None where it is none."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return list(value) if isinstance(value, list | tuple) else None


def _squad(path: Path) -> Iterator[Question]:
    try:
        value = parse_json(decode(path).text)
    except ValueError as error:
        raise UnreadableFileError(path, "It is not well-formed JSON.") from error
    if not is_squad(value):
        raise UnreadableFileError(path, "It is JSON, but not SQuAD's with data and paragraphs.")
    for paragraph in squad_paragraphs(value, path.name):
        if isinstance(paragraph, Skipped):
            raise InputError(f"{paragraph.where}: {paragraph.why}")
        for n, entry in enumerate(paragraph.questions, 1):
            where = f"question {n} of {paragraph.id}"
            if not isinstance(entry, dict):
                raise _bad(path, where, "is not an object")
            found = entry.get("answers") or []
            if not isinstance(found, list) or not all(isinstance(a, dict) for a in found):
                raise _bad(path, where, "has answers that are not a list of objects")
            yield Question(
                _text(path, where, "id", entry.get("id")),
                _text(path, where, "question", entry.get("question")),
                _answers(path, where, [answer.get("text") for answer in found]),
                gold_texts=(paragraph.context,),
            )


def _dpr(path: Path) -> Iterator[Question]:
    with TextLines(path) as lines:
        for line in lines:
            where = f"line {lines.number}"
            if line is None:
                raise _bad(path, where, "is longer than a line may be")
            if not line.strip():
                continue
            cells = split_tabs(line, 2)
            if cells is None or len(cells) != 2:
                raise _bad(path, where, "is not a question, a tab and a list of answers")
            if lines.number == 1 and cells[1].strip().lower() in ("answer", "answers"):
                continue
            answers = python_list(cells[1])
            if answers is None:
                raise _bad(path, where, "has answers that are not a Python list")
            yield Question(
                str(lines.number),
                _text(path, where, "question", cells[0]),
                _answers(path, where, answers, needed=True),
            )


def _has_names(path: Path) -> bool:
    """Whether the first line names columns, and not DPR's two, whose answers are a Python list."""
    first = next(delimited_rows(path, path.name), None)
    if not isinstance(first, Row):
        return False
    names = {name.strip().lower() for name in first.values}
    with TextLines(path) as lines:
        dpr = len(names) == 2 and "\t" in (next(iter(lines), None) or "")
    return "question" in names and not dpr


def _lowered(row: Row | Skipped) -> Row | Skipped:
    """A row of a table by the names as JSON Lines have them; a list of answers may be Python's."""
    if isinstance(row, Skipped):
        return row
    cells = {name.strip().lower(): value for name, value in row.values.items() if value != ""}
    for name in ("answers", "answer"):
        text = cells.get(name)
        if isinstance(text, str) and text.strip().startswith("["):
            found = python_list(text)
            cells[name] = text if found is None else found
    return Row(row.number, cells)


def _records(path: Path, rows: Rows) -> Iterator[Question]:
    for row in _whole(rows):
        where, values = f"line {row.number}", row.values
        answers = values.get("answers", values.get("answer")) or []
        golds = values.get("passage") or []
        golds = golds if isinstance(golds, list) else [golds]
        answers = answers if isinstance(answers, list) else [answers]
        if not answers and not golds:
            raise _bad(path, where, "names neither answers nor a passage")
        yield Question(
            _text(path, where, "id", values.get("id", str(row.number))),
            _text(path, where, "question", values.get("question")),
            _answers(path, where, answers),
            {_text(path, where, "passage", gold): 1 for gold in golds},
        )


def _beir(path: Path) -> Iterator[Question]:
    """The questions that a judgement file finds at least one relevant document for."""
    judged: Path | None = None
    folder = path
    if path.is_file():
        judged = path if path.parent.name == "qrels" else None
        folder = path.parent.parent if judged else path.parent
    files = sorted((folder / "qrels").glob("*.tsv"))
    by_name = {file.stem: file for file in files}
    judged = judged or by_name.get("test") or by_name.get("dev") or next(iter(files), None)
    if judged is None or not (folder / "queries.jsonl").is_file():
        raise UnreadableFileError(
            folder, "It is no BEIR folder with queries.jsonl and qrels/….tsv."
        )
    grades = _judgements(judged)
    for row in _whole(jsonl_rows(folder / "queries.jsonl", "queries.jsonl")):
        where = f"line {row.number}"
        name = _text(folder / "queries.jsonl", where, "_id", row.values.get("_id"))
        if name in grades:
            text = _text(folder / "queries.jsonl", where, "text", row.values.get("text"))
            yield Question(name, text, gold_ids=grades.pop(name))
    if grades:
        raise UnreadableFileError(
            judged, f"It names question {next(iter(grades))}, which is not there."
        )


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """Question id → document id → grade, of a file with a header; grades of 0 are left out."""
    grades: dict[str, dict[str, int]] = {}
    with TextLines(path) as lines:
        for line in lines:
            where = f"line {lines.number}"
            cells = [] if line is None else line.rstrip("\r\n").split("\t")
            if cells == [""] or (lines.number == 1 and cells[0] == "query-id"):
                continue
            try:
                question, document, grade = cells[0], cells[1], int(cells[2])
            except (IndexError, ValueError):
                raise _bad(path, where, "is not question, document and grade") from None
            if grade > 0:
                grades.setdefault(question, {})[document] = grade
    return grades


def _whole(rows: Rows) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Skipped):
            raise InputError(f"{row.where}: {row.why}")
        yield row


def _text(path: Path, where: str, what: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise _bad(path, where, f"has no “{what}”")
    return clean(value).strip()


def _answers(
    path: Path, where: str, answers: Sequence[object], needed: bool = False
) -> tuple[str, ...]:
    """Different answers in their order; an empty one would be found in every passage."""
    if needed and not answers:
        raise _bad(path, where, "has no answer")
    kept: dict[str, None] = {}
    for answer in answers:
        if not isinstance(answer, str):
            raise _bad(path, where, "has an answer that is not text")
        if not answer.strip():
            raise _bad(path, where, "has an empty answer")
        kept[clean(answer)] = None
    return tuple(kept)


def _bad(path: Path, where: str, what: str) -> UnreadableFileError:
    return UnreadableFileError(path, f"{where[:1].upper()}{where[1:]} {what}.")
