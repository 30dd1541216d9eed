"""A trained reader on the articles that it learnt nothing from, given the right passage."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from models.errors import InputError
from models.evaluation.ranking import exact_match, f1
from models.events import Progress, Work
from models.files import write_json
from models.reader.load import load_reader
from models.reader.near import near_paragraphs
from models.reader.reader import Reader, Reading
from models.reader.runs import reopen_reader
from models.reader.saved import untrained
from models.reader.small import small_reader
from models.reader.squad import Pair, ReaderSet, read_reader_set
from models.reader.threshold import trade_off
from models.training.checkpoints import read_checkpoint, read_run
from models.training.shelf import write_scores

HELD = "reading.json"
_FORMAT = 1


@dataclass(frozen=True)
class HeldScores:
    """How a reader does without a search before it, in percent.

    Attributes:
        step: of the run, whose weights by then were read with.
        exact_match, f1: of its span, over the questions that their passage answers.
        before_exact, before_f1: the same of the reader that training began with.
        accepted: of these, for how many an answer is likelier than none.
        questions: how many these are.
        rejected: of those that their passage does not answer, for how many none is likelier;
            None where there are no such questions.
        unanswerable: how many these are.
        near_rejected: of answered questions beside a wrong passage that BM25 finds, for how many
            none is likelier; None where there is no such passage.
        near: how many these are.
        trade: shares of accepted answers, and of rejected passages of both kinds, at other
            thresholds.
        articles: titles that the questions are about.
    """

    step: int
    exact_match: float
    f1: float
    before_exact: float
    before_f1: float
    accepted: float
    questions: int
    rejected: float | None
    unanswerable: int
    near_rejected: float | None
    near: int
    trade: tuple[tuple[float, float], ...]
    articles: tuple[str, ...]


def evaluate_held(run: Path) -> Work[HeldScores]:
    """Reads each held question's own paragraph, and a wrong one that BM25 finds.

    Raises:
        InputError: there is no reader's run, nothing of it was saved yet, or its questions are
            gone or others now.
    """
    recipe, source, limit = reopen_reader(run)
    reader = load_reader(str(run))
    questions: ReaderSet = yield from read_reader_set(Path(source), limit)
    config = read_run(run)
    if questions.key != config.config["data"]["questions"]:
        raise InputError(f"{source} does not hold the questions any more that {run} learnt from.")
    near = yield from near_paragraphs(questions, recipe.settings.seed, ("held",))
    right = [pair for pair in questions.held if pair.span is not None]
    empty = [pair for pair in questions.held if pair.span is None]
    wrong = [Pair(pair.question, near[pair][0]) for pair in right if near.get(pair)]
    first = small_reader(untrained(run), "")
    before = yield from _readings(first, right, questions, "Reading untrained")
    after = yield from _readings(reader, right, questions, "Reading")
    impossible = yield from _readings(reader, empty, questions, "Reading what has no answer")
    misled = yield from _readings(reader, wrong, questions, "Reading wrong passages")
    odds = np.array([_odds(reading) for reading in (*after, *impossible, *misled)])
    checkpoint = read_checkpoint(run, config)
    return HeldScores(
        step=0 if checkpoint is None else checkpoint.step,
        exact_match=_exact(right, after),
        f1=_shared(right, after),
        before_exact=_exact(right, before),
        before_f1=_shared(right, before),
        accepted=_percent([reading.best is not None for reading in after]),
        questions=len(right),
        rejected=_percent([r.best is None for r in impossible]) if impossible else None,
        unanswerable=len(impossible),
        near_rejected=_percent([reading.best is None for reading in misled]) if misled else None,
        near=len(misled),
        trade=trade_off(odds, np.arange(len(odds)) < len(after)) if len(odds) > len(after) else (),
        articles=questions.held_articles,
    )


def evaluate_and_keep_held(folder: Path) -> Work[HeldScores]:
    """``evaluate_held``, kept beside the run.

    Raises:
        InputError: as ``evaluate_held``, or it cannot be written.
    """
    scores = yield from evaluate_held(folder)
    keep_held(folder, scores)
    return scores


def keep_held(folder: Path, scores: HeldScores) -> None:
    """Writes the figures, and what the list of runs says of the run.

    Raises:
        InputError: it cannot be written.
    """
    write_json(folder / HELD, {"format": _FORMAT, **asdict(scores)})
    write_scores(folder, {"exact": scores.exact_match, "f1": scores.f1})


def kept_held(folder: Path) -> HeldScores | None:
    """What was kept of the run in ``folder``; None where there is nothing that can be read."""
    try:
        value = json.loads((folder / HELD).read_text("utf-8"))
        if value.pop("format") != _FORMAT:
            return None
        value["trade"] = tuple((float(kept), float(seen)) for kept, seen in value["trade"])
        value["articles"] = tuple(map(str, value["articles"]))
        scores = HeldScores(**value)
        return scores if isinstance(scores.exact_match + scores.f1, float) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # measured again at a click


def _readings(
    reader: Reader, pairs: Sequence[Pair], questions: ReaderSet, stage: str
) -> Work[list[Reading]]:
    found = []
    for done, pair in enumerate(pairs):
        yield Progress(stage, done, len(pairs), "questions")
        passage = [("", questions.paragraphs[pair.paragraph])]
        found.append((yield from reader.reading(pair.question, passage)))
    return found


def _odds(reading: Reading) -> float:
    """Log odds that the one passage answers, against the reader's threshold."""
    if not reading.answers or reading.none is None:
        return -math.inf
    return math.log(max(reading.answers[0].score, 1e-30) / max(reading.none, 1e-30))


def _said(reading: Reading) -> str:
    return reading.answers[0].text if reading.answers else ""


def _exact(pairs: Sequence[Pair], readings: Sequence[Reading]) -> float:
    both = zip(pairs, readings, strict=True)
    return _percent([exact_match(_said(reading), pair.answers) for pair, reading in both])


def _shared(pairs: Sequence[Pair], readings: Sequence[Reading]) -> float:
    both = zip(pairs, readings, strict=True)
    return _percent([f1(_said(reading), pair.answers) for pair, reading in both])


def _percent(values: Sequence[float]) -> float:
    return 100 * math.fsum(values) / len(values)
