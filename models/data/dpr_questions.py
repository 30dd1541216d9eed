"""Questions to train a retriever on, in the formats of the field, over their corpus or the
user's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.data.asked import Asked, QuestionSet, Titled, question_parts
from models.data.biencoder import biencoder_drafts, is_biencoder
from models.data.cut import Cutting, cut
from models.data.decode import UnreadableFileError, decode
from models.data.drafts import GUESSED, Columns, Draft, squad_drafts, table_drafts
from models.data.formats import is_beir, is_squad
from models.data.json_rows import parse_json
from models.data.questions import Question, read_questions
from models.data.read import read_corpus
from models.data.records import Document, Passage, Passages
from models.data.tables import TABLE_SUFFIXES, table_rows
from models.errors import InputError
from models.events import Event, Progress, Skipped, Work

#: Stands for the questions over the sample passages that come with the program.
BUNDLED = "bundled"

_EVERY = 500  # questions between two reports


@dataclass(frozen=True)
class QuestionSource:
    """Where the questions of a run are.

    Attributes:
        source: "bundled"; SQuAD's JSON or a folder of such; DPR's ``biencoder-*.json``; a table
            with a question and a passage in each row, such as WikiQA's; BEIR's folder; or, with
            a corpus, questions as ``read_questions`` takes them.
        corpus: a project's folder, or files or a folder with passages; empty means the passages
            that come with the questions.
        columns: of a table.
        limit: at most so many questions.
    """

    source: str
    corpus: str = ""
    columns: Columns = GUESSED
    limit: int | None = None


def question_set(source: QuestionSource) -> Work[QuestionSet]:
    """Reads questions and their corpus, and splits them; see ``Asked``.

    Of a question that comes with answers only, the passage that BM25 ranks highest among those
    with an answer is the positive (Karpukhin et al. 2020, §4.2).

    Yields:
        Skipped for each question without a passage in the corpus, and for what cannot be read.

    Raises:
        InputError: a file is missing or of no known format, or too few questions are left.
    """
    yield Progress("Reading questions")
    drafts: list[Draft] = []
    own: dict[Titled, None] = {}
    for item in _drafts(source):
        if isinstance(item, Draft):
            drafts.append(item)
            if len(drafts) % _EVERY == 0:
                yield Progress("Reading questions", len(drafts), None, "questions")
        elif isinstance(item, tuple):
            own[item] = None
        else:
            yield item
    for draft in drafts:
        own.update(dict.fromkeys((*draft.positives, *draft.hard, *draft.known)))
    corpus = yield from _corpus(source, own)
    if source.corpus or not own:
        asked = yield from _found(drafts, corpus)
    else:
        rows = {passage: row for row, passage in enumerate(own)}
        asked = [_placed(draft, rows) for draft in drafts]
    kept: list[Asked] = []
    for draft, question in zip(drafts, asked, strict=True):
        if question.positives:
            kept.append(question)
        else:
            name = f"question {draft.question.id}"
            yield Skipped(name, "No passage of the corpus is known to answer it.")
    return question_parts(source.source, corpus, kept, len(asked) - len(kept), source.limit)


def _drafts(source: QuestionSource) -> Iterator[Draft | Titled | Event]:
    if source.source == BUNDLED:
        from models.samples import bundled_questions

        yield from _plain(read_questions(bundled_questions()))
        return
    path = Path(source.source)
    if not path.exists():
        raise InputError(f"There is no file or folder {path} to read questions from.")
    if path.is_dir() and not is_beir(path):
        yield from _folder(path)
    elif path.suffix.lower() == ".json":
        yield from _json(path)
    elif path.is_file() and path.suffix.lower() in TABLE_SUFFIXES and _is_table(source):
        yield from table_drafts(path, table_rows(path), source.columns)
    else:
        if not source.corpus and not is_beir(path):
            raise InputError(
                f"{path} holds questions without passages; say in which corpus to look for them."
            )
        yield from _plain(read_questions(path))


def _json(path: Path) -> Iterator[Draft | Titled | Event]:
    if is_biencoder(path):
        yield from biencoder_drafts(path)
        return
    try:
        value: Any = parse_json(decode(path).text)
    except ValueError as error:
        raise UnreadableFileError(path, "It is not well-formed JSON.") from error
    if not is_squad(value):
        raise UnreadableFileError(path, "It is laid out neither as SQuAD nor as DPR's questions.")
    yield from squad_drafts(value, path.name)


def _folder(path: Path) -> Iterator[Draft | Titled | Event]:
    files = sorted(path.glob("*.json"))
    if not files:
        raise InputError(f"{path} holds no JSON file with questions.")
    for file in files:
        yield from _json(file)


def _is_table(source: QuestionSource) -> bool:
    """Whether rows hold passages as texts. With a corpus, a file without such columns is read as
    questions alone, whose passages are named by id or known by their answers."""
    if source.columns != GUESSED or not source.corpus:
        return True
    try:
        drafts = table_drafts(Path(source.source), table_rows(Path(source.source)), source.columns)
        return any(isinstance(item, Draft) for item in drafts)
    except UnreadableFileError:
        return False


def _plain(questions: Sequence[Question]) -> Iterator[Draft]:
    for question in questions:
        texts = tuple(("", text) for text in question.gold_texts)
        yield Draft(question, texts, group=question.text.casefold())


def _corpus(source: QuestionSource, own: dict[Titled, None]) -> Work[Passages]:
    if not source.corpus and source.source != BUNDLED:
        if own:
            rows = enumerate(own)
            return Passages.of(Passage(f"p{n}", f"p{n}", *titled, "") for n, titled in rows)
        return (yield from _read([Path(source.source)]))
    if not source.corpus:
        from models.samples import SAMPLES

        return (yield from _whole(SAMPLES[BUNDLED].documents()))
    from models.project import MANIFEST, Project

    path = Path(source.corpus)
    if (path / MANIFEST).is_file():
        return Project.open(path).passages
    return (yield from _read([path]))


def _read(paths: Sequence[Path]) -> Work[Passages]:
    return (yield from _whole(read_corpus(paths)))


def _whole(records: Iterator[Document | Skipped | Progress]) -> Work[Passages]:
    """Each record of a corpus as one passage."""
    passages: list[Passage] = []
    for record in records:
        if isinstance(record, Document):
            passages.extend(cut(record, Cutting(0)))
        else:
            yield record
    return Passages.of(passages)


def _placed(draft: Draft, rows: dict[Titled, int]) -> Asked:
    """A draft over the passages that came with it."""
    positives = tuple(rows[passage] for passage in draft.positives)
    known = tuple(rows[passage] for passage in draft.known)
    hard = (rows[passage] for passage in draft.hard)
    right = {*positives, *known}
    left = tuple(row for row in hard if row not in right)
    question = draft.question
    return Asked(question.text, question.answers, positives, left, known, draft.group)


def _found(drafts: Sequence[Draft], corpus: Passages) -> Work[list[Asked]]:
    """The drafts over a corpus that their passages are looked for in."""
    from models.evaluation.gold import gold_rows
    from models.retrieval.mining import answer_bearing

    def wanted(passages: Sequence[Titled]) -> list[Question]:
        return [Question("", "", gold_texts=(text,)) for _, text in passages]

    questions = [
        Question(q.id, q.text, q.answers, q.gold_ids, tuple(text for _, text in draft.positives))
        for draft in drafts
        for q in (draft.question,)
    ]
    grades = yield from gold_rows(questions, corpus)
    others = wanted([passage for draft in drafts for passage in (*draft.hard, *draft.known)])
    places = iter((yield from gold_rows(others, corpus)) if others else ())
    asked: list[Asked] = []
    for draft, grade in zip(drafts, grades, strict=True):
        hard = tuple(row for _ in draft.hard for row in next(places))
        known = tuple(row for _ in draft.known for row in next(places))
        right = {*grade, *known}
        hard = tuple(row for row in hard if row not in right)
        question = draft.question
        asked.append(Asked(question.text, question.answers, tuple(grade), hard, known, draft.group))
    open_ = [n for n, question in enumerate(asked) if not question.positives and question.answers]
    if open_:
        pairs = [(asked[n].text, asked[n].answers) for n in open_]
        best = yield from answer_bearing(pairs, corpus)
        for n, row in zip(open_, best, strict=True):
            if row is not None:
                q = asked[n]
                asked[n] = Asked(q.text, q.answers, (row,), q.hard, q.known, q.group)
    return asked
