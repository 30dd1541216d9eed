"""A trained reader on the articles that it learnt nothing from, given the right passage."""

import math
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from models.evaluation.ranking import exact_match, f1
from models.events import Progress, Work
from models.reader.load import load_reader
from models.reader.runs import reopen_reader
from models.reader.squad import ReaderSet, read_reader_set
from models.training.checkpoints import read_run


@dataclass(frozen=True)
class HeldScores:
    """How a reader does without a search before it, in percent.

    Attributes:
        exact_match, f1: of its span, over the questions that their passage answers.
        accepted: of these, for how many an answer is likelier than none.
        questions: how many these are.
        rejected: of those that their passage does not answer, for how many none is likelier;
            None where there are no such questions.
        unanswerable: how many these are.
        articles: titles that the questions are about.
    """

    exact_match: float
    f1: float
    accepted: float
    questions: int
    rejected: float | None
    unanswerable: int
    articles: tuple[str, ...]


def evaluate_held(run: Path) -> Work[HeldScores]:
    """Reads each held question's own paragraph.

    Raises:
        InputError: there is no reader's run, nothing of it was saved yet, or its questions are
            gone or others now.
    """
    _, source, limit = reopen_reader(run)
    reader = load_reader(str(run))
    questions: ReaderSet = yield from read_reader_set(Path(source), limit)
    if questions.key != read_run(run).config["data"]["questions"]:
        raise InputError(f"{source} does not hold the questions any more that {run} learnt from.")
    exact, shared, accepted, rejected = [], [], [], []
    for done, pair in enumerate(questions.held):
        yield Progress("Reading", done, len(questions.held), "questions")
        passage = [("", questions.paragraphs[pair.paragraph])]
        reading = yield from reader.reading(pair.question, passage)
        if pair.span is None:
            rejected.append(float(reading.best is None))
            continue
        text = reading.answers[0].text if reading.answers else ""
        exact.append(float(exact_match(text, pair.answers)))
        shared.append(f1(text, pair.answers))
        accepted.append(float(reading.best is not None))
    return HeldScores(
        exact_match=_percent(exact),
        f1=_percent(shared),
        accepted=_percent(accepted),
        questions=len(exact),
        rejected=_percent(rejected) if rejected else None,
        unanswerable=len(rejected),
        articles=questions.held_articles,
    )


def _percent(values: list[float]) -> float:
    return 100 * math.fsum(values) / len(values)
