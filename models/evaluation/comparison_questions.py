"""Questions to compare retrievers by, from any of the files that people have them in."""

from pathlib import Path

from models.data.biencoder import biencoder_drafts, is_biencoder
from models.data.dpr_questions import BUNDLED
from models.data.drafts import GUESSED, Draft, table_drafts
from models.data.questions import Question, read_questions
from models.data.tables import TABLE_SUFFIXES, table_rows
from models.errors import InputError
from models.events import Progress, Work

_RECORDS = (".json", ".jsonl", ".ndjson")  # mostly with an id for each question


def comparison_questions(source: str) -> Work[tuple[Question, ...]]:
    """Questions from whatever ``read_questions`` takes, from DPR's ``biencoder-*.json``, or from a
    table with a question and a passage in each row, such as WikiQA's.

    Args:
        source: "bundled", a file or a folder.

    Raises:
        InputError: it is missing, of no such format, or a record is bad.
    """
    yield Progress("Reading questions")
    if source == BUNDLED:
        from models.samples import bundled_questions

        return read_questions(bundled_questions())
    path = Path(source)
    if path.is_file() and path.suffix.lower() == ".json" and is_biencoder(path):
        return (yield from _biencoder(path))
    suffix = path.suffix.lower() if path.is_file() else ""
    if suffix in TABLE_SUFFIXES and suffix not in _RECORDS:
        return (yield from _table(path)) or read_questions(path)
    try:
        return read_questions(path)
    except InputError:
        found = (yield from _table(path)) if suffix in _RECORDS else ()
        if not found:
            raise
        return found


def _biencoder(path: Path) -> Work[tuple[Question, ...]]:
    found: list[Question] = []
    for item in biencoder_drafts(path):
        if isinstance(item, Draft):
            found.append(_question(item, len(found)))
        else:
            yield item
    return tuple(found)


def _table(path: Path) -> Work[tuple[Question, ...]]:
    """Rows of a question, a passage and perhaps whether it is right; () where it is no such."""
    found: list[Question] = []
    try:
        for item in table_drafts(path, table_rows(path), GUESSED):
            if isinstance(item, Draft):
                found.append(_question(item, len(found)))
            else:
                yield item
    except InputError:
        return ()
    return tuple(found)


def _question(draft: Draft, at: int) -> Question:
    """A draft under its number, which fits in a run's column; its passages are known by text."""
    known = draft.question
    texts = tuple(text for _, text in (*draft.positives, *draft.known))
    return Question(str(at + 1), known.text, known.answers, known.gold_ids, texts)
