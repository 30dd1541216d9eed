"""``contrastive-models mine-negatives``: questions with hard negatives, as DPR's own files."""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.dpr_recipe import question_source, source_options
from models.cli.options import positive, whole
from models.data.asked import Asked, QuestionSet
from models.data.biencoder import Context, biencoder_entry, write_biencoder
from models.data.dpr_questions import QuestionSource, question_set
from models.data.records import Passages
from models.retrieval.mining import mine
from models.retrieval.ranked import Ranked

_GOLD = 1000.0  # the score of a gold passage in DPR's files
_PARTS = ("train", "dev", "held", "all")


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser(
        "mine-negatives", help="hard negatives of questions by BM25, in DPR's training format"
    )
    parser.add_argument("data", metavar="QUESTIONS", help="'bundled', a file or a folder")
    source_options(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    parser.add_argument("--count", type=positive, default=30, metavar="N", help="of each question")
    parser.add_argument(
        "--random", type=whole, default=0, metavar="N", help="passages drawn at random besides"
    )
    parser.add_argument(
        "--part", choices=_PARTS, default="all", help="of the split that training makes"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="at most so many questions")
    parser.add_argument("--seed", type=whole, default=0, help="of what is drawn at random")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Mines, writes the file whole, and says how many negatives there are."""
    console = Console()
    found = console.run(question_set(question_source(arguments, QuestionSource(""))))
    asked = _part(found, arguments.part)
    # What only questions set aside ask for is no negative of those to learn from.
    apart: frozenset[int] = found.apart if arguments.part == "train" else frozenset()
    work = mine(
        [question.text for question in asked],
        [question.answers for question in asked],
        [(*question.positives, *question.known) for question in asked],
        found.passages,
        arguments.count,
        apart=apart,
    )
    mined = console.run(work)
    rng = random.Random(arguments.seed)
    entries = _entries(asked, mined, found.passages, arguments.random, rng, apart)
    count = write_biencoder(arguments.out, entries)
    hard = sum(len(ranked.rows) for ranked in mined)
    said = {
        "out": str(arguments.out),
        "questions": count,
        "without_positive": found.without,
        "passages": len(found.passages),
        "hard_negatives": hard,
    }
    text = (
        f"{arguments.out}: {count:,} questions with {hard:,} hard negatives from "
        f"{len(found.passages):,} passages; {found.without:,} questions had no passage."
    )
    put(said, arguments.json, text)


def _part(found: QuestionSet, name: str) -> Sequence[Asked]:
    parts = {"train": found.train, "dev": found.dev, "held": found.held}
    return parts.get(name, (*found.train, *found.dev, *found.held))


def _entries(
    asked: Sequence[Asked],
    mined: Sequence[Ranked],
    passages: Passages,
    drawn: int,
    rng: random.Random,
    apart: frozenset[int],
) -> Iterator[dict[str, Any]]:
    columns = {name: passages.table.column(name) for name in ("id", "title", "text")}

    def context(row: int, score: float) -> Context:
        identity, title, text = (columns[name][row].as_py() for name in columns)
        return Context(identity, title, text, score)

    for question, ranked in zip(asked, mined, strict=True):
        right = {*question.positives, *question.known, *apart}
        given = [row for row in question.hard if row not in set(ranked.rows.tolist())]
        hard = [context(r, float(s)) for r, s in zip(ranked.rows, ranked.scores, strict=True)]
        plain = [rng.randrange(len(passages)) for _ in range(drawn)]
        yield biencoder_entry(
            question.text,
            question.answers,
            [context(row, _GOLD) for row in (*question.positives, *question.known)],
            [*(context(row, 0.0) for row in given), *hard],
            [context(row, 0.0) for row in plain if row not in right],
            question.group,
        )
