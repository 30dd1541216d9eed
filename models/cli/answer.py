"""``contrastive-models answer`` and ``evaluate answers``: read out of the passages found."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.options import positive
from models.data.questions import read_questions
from models.data.records import Passages
from models.errors import InputError
from models.events import Work
from models.opening import open_searcher
from models.reader.answering import READ, Answered, answering, evaluate_answers
from models.reader.load import default_reader, load_reader
from models.reader.reader import Found, Reader

_AROUND = 60  # characters that a terminal shows on either side of an answer


def add(commands: Any) -> None:
    """Declares ``answer``."""
    parser = commands.add_parser("answer", help="read the answer to a question out of passages")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("question")
    _options(parser)
    parser.set_defaults(run=run)


def add_evaluation(kinds: Any) -> None:
    """Declares ``evaluate answers``."""
    parser = kinds.add_parser("answers", help="exact match and F1 of answers, end to end")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "questions", type=Path, metavar="QUESTIONS", help="SQuAD JSON, DPR QA CSV or NQ-open"
    )
    _options(parser)
    parser.set_defaults(run=run_evaluation)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reader", metavar="R", help="a reader's folder, a run that trains one, or its name"
    )
    parser.add_argument("-k", type=positive, default=READ, help="passages that are read")
    parser.add_argument("--method", choices=["dense", "bm25", "hybrid"], default="hybrid")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> None:
    """Searches, reads, and prints the answers, the likeliest passage's first."""
    if not arguments.question.strip():
        raise InputError("The question is empty.")
    reader = _reader(arguments.reader)
    project, searcher = open_searcher(arguments.folder)
    work: Work[Answered] = answering(
        searcher, reader, arguments.question, arguments.k, arguments.method
    )
    found = Console().run(work)
    rows = [_row(project.passages, found, answer) for answer in found.reading.answers]
    said = {
        "question": arguments.question,
        "answers": rows,
        "none": found.reading.none,
        "reader": reader.card.name,
        "relevance": reader.card.relevance,
        "seconds": round(found.seconds, 3),
    }
    put(said, arguments.json, _text(project.passages, found, reader))


def run_evaluation(arguments: argparse.Namespace) -> None:
    """Answers all questions and prints how often that is right."""
    questions = read_questions(arguments.questions)
    reader = _reader(arguments.reader)
    _, searcher = open_searcher(arguments.folder)
    scores = Console().run(
        evaluate_answers(searcher, reader, questions, arguments.k, arguments.method)
    )
    said = {
        "exact_match": scores.exact_match,
        "f1": scores.f1,
        "questions": scores.questions,
    }
    left = f"; {scores.unanswered:,} without an answer left out" if scores.unanswered else ""
    text = (
        f"Exact match {scores.exact_match:.2f}%, F1 {scores.f1:.2f}%, over {scores.questions:,} "
        f"questions{left}."
    )
    put(said, arguments.json, text)


def _reader(name: str | None) -> Reader:
    return default_reader() if name is None else load_reader(name)


def _row(passages: Passages, found: Answered, answer: Found) -> dict[str, Any]:
    return {
        "text": answer.text,
        "score": answer.score,
        "span": answer.span,
        "passage_id": passages[found.rows[answer.passage]].id,
        "start": answer.start,
        "end": answer.end,
    }


def _text(passages: Passages, found: Answered, reader: Reader) -> str:
    reading = found.reading
    if not reading.answers:
        return "No passage was found."
    lines = []
    if reading.best is None:
        lines.append("The passages that were found do not seem to answer it. The nearest to it:")
    for answer in reading.answers:
        passage = passages[found.rows[answer.passage]]
        before = passage.text[max(0, answer.start - _AROUND) : answer.start]
        after = passage.text[answer.end : answer.end + _AROUND]
        around = " ".join(f"{before}[{answer.text}]{after}".split())
        lines.append(f"{answer.score:6.1%}  {answer.text}\n        {passage.title}: … {around} …")
    lines.append(f"Percentages are of passages: {reader.card.relevance}.")
    if reading.cut:
        lines.append(f"{reading.cut} of the passages were too long to be read to their end.")
    return "\n".join(lines)
