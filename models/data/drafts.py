"""Questions as files give them: with passages as texts, not yet found in a corpus."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.data.asked import Titled
from models.data.decode import UnreadableFileError, clean
from models.data.formats import squad_paragraphs
from models.data.questions import Question, python_list
from models.data.rows import Row, Rows, cell_text
from models.errors import InputError
from models.events import Skipped

_QUESTION = ("question", "query", "anchor")
_PASSAGE = ("positive", "passage", "context", "sentence", "text", "document", "answer_passage")
_NEGATIVE = ("negative", "hard_negative", "hard_neg", "neg")
_ANSWERS = ("answers", "answer")
_TITLE = ("title", "documenttitle", "document_title")
_LABEL = ("label", "relevance")
_UNNAMED = ("column 1", "column 2", "column 3")  # WikiQA: a question, a sentence, 0 or 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A question with its passages; see ``Asked`` for what each is to it."""

    question: Question
    positives: tuple[Titled, ...] = ()
    hard: tuple[Titled, ...] = ()
    known: tuple[Titled, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table of questions and passages; None is guessed by name."""

    question: str | None = None
    passage: str | None = None
    negative: str | None = None


#: All columns by their names.
GUESSED = Columns()


@dataclass(slots=True)
class _Gathered:
    answers: dict[str, None] = field(default_factory=dict)
    positives: dict[Titled, None] = field(default_factory=dict)
    hard: dict[Titled, None] = field(default_factory=dict)


def squad_drafts(value: Mapping[str, Any], source: str) -> Iterator[Draft | Titled | Skipped]:
    """Every paragraph of a SQuAD file, then its questions, of which it is the positive.

    Questions without an answer (v2.0) are asked about their paragraph as well, so they stay.
    """
    for paragraph in squad_paragraphs(value, source):
        if isinstance(paragraph, Skipped):
            yield paragraph
            continue
        passage = (paragraph.title, paragraph.context)
        yield passage
        for number, entry in enumerate(paragraph.questions, 1):
            where = f"{source}, {paragraph.id}, question {number}"
            try:
                text = _needed(entry.get("question"), "question")
                found = [answer["text"] for answer in entry.get("answers") or ()]
                question = Question(str(entry.get("id", where)), text, answers_of(found))
            except (AttributeError, KeyError, TypeError, InputError) as error:
                why = str(error) if isinstance(error, InputError) else "It is not SQuAD's."
                yield Skipped(where, why)
                continue
            yield Draft(question, (passage,), group=paragraph.id.rpartition("/")[0])


def table_drafts(path: Path, rows: Rows, columns: Columns) -> Iterator[Draft | Skipped]:
    """A table with a question and a passage in each row, WikiQA's among them.

    Rows of one question belong together. A column of labels, 0 or 1, says which of its passages
    answer it; the others are its hard negatives, as is what a column of negatives holds.

    Raises:
        UnreadableFileError: it has no column of questions, or of passages.
    """
    gathered: dict[str, _Gathered] = {}
    names: dict[str, str | None] | None = None
    for row in rows:
        if isinstance(row, Skipped):
            yield row
            continue
        if names is None:
            names = _named(path, row, columns)
        cells = {use: _cell(row, name) for use, name in names.items()}
        text = cells["question"]
        if not text or not cells["passage"]:
            what = "passage" if text else "question"
            yield Skipped(f"{path.name}, line {row.number}", f"It has no {what}.")
            continue
        about = gathered.setdefault(text, _Gathered())
        right = not names["label"] or cells["label"] not in ("0", "0.0", "false", "")
        (about.positives if right else about.hard)[cells["title"], cells["passage"]] = None
        if cells["negative"]:
            about.hard["", cells["negative"]] = None
        try:
            about.answers.update(dict.fromkeys(_answer_cell(row, names["answers"])))
        except InputError as error:
            yield Skipped(f"{path.name}, line {row.number}", str(error))
    for number, (text, about) in enumerate(gathered.items(), 1):
        question = Question(f"{number} (“{text[:60]}”)", text, tuple(about.answers))
        yield Draft(question, tuple(about.positives), tuple(about.hard), group=text.casefold())


def answers_of(found: Sequence[object]) -> tuple[str, ...]:
    """Different answers in their order.

    Raises:
        InputError: one is no text, or empty: it would be found in every passage.
    """
    for answer in found:
        if not isinstance(answer, str) or not answer.strip():
            raise InputError("One of its answers is empty or no text.")
    return tuple(dict.fromkeys(clean(str(answer)).strip() for answer in found))


def _needed(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"It has no {what}.")
    return clean(value).strip()


def _named(path: Path, row: Row, columns: Columns) -> dict[str, str | None]:
    """The column of each use, or None where there is none."""
    have = tuple(row.values)
    for chosen in (columns.question, columns.passage, columns.negative):
        if chosen is not None and chosen not in have:
            raise UnreadableFileError(
                path, f"It has no column named “{chosen}”, only: {', '.join(have)}."
            )
    if have == _UNNAMED and _cell(row, have[2]) in ("0", "1") and columns == GUESSED:
        return dict.fromkeys(("negative", "answers", "title")) | dict(
            zip(("question", "passage", "label"), have, strict=True)
        )
    folded = {name.strip().lower(): name for name in reversed(have)}

    def guess(wanted: tuple[str, ...]) -> str | None:
        return next((folded[name] for name in wanted if name in folded), None)

    names = {
        "question": columns.question or guess(_QUESTION),
        "passage": columns.passage or guess(_PASSAGE),
        "negative": columns.negative or guess(_NEGATIVE),
        "answers": guess(_ANSWERS),
        "title": guess(_TITLE),
        "label": guess(_LABEL),
    }
    for use in ("question", "passage"):
        if names[use] is None:
            raise UnreadableFileError(
                path,
                f"No column of it is called like a {use}; it has {', '.join(have)}. "
                f"Name the right one.",
            )
    return names


def _cell(row: Row, name: str | None) -> str:
    return clean(cell_text(row.values.get(name))).strip() if name else ""


def _answer_cell(row: Row, name: str | None) -> tuple[str, ...]:
    """A cell of answers: a list, or a text that is a Python list, or one answer."""
    value = row.values.get(name) if name else None
    if isinstance(value, str) and value.strip().startswith("["):
        value = python_list(value)
        if value is None:
            raise InputError("Its answers are no list.")
    if isinstance(value, str):
        value = [value] if value.strip() else []
    return answers_of(value) if isinstance(value, list) else ()
