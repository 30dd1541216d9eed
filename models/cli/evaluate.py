"""``contrastive-models evaluate``: figures over a question set."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.data.questions import read_questions
from models.evaluation.retrieval import evaluate_retrieval
from models.opening import open_searcher


def add(commands: Any) -> None:
    """Declares the command and its kinds."""
    kinds = commands.add_parser("evaluate", help="measure").add_subparsers(
        dest="kind", required=True, metavar="KIND"
    )
    parser = kinds.add_parser("retrieval", help="top-k accuracy, MRR@10 and nDCG@10")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "questions", type=Path, metavar="QUESTIONS", help="SQuAD JSON, DPR QA CSV, NQ-open or BEIR"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluates all three methods on the same questions."""
    questions = read_questions(arguments.questions)
    _, searcher = open_searcher(arguments.folder)
    result = Console().run(evaluate_retrieval(searcher, questions))
    put(result, arguments.json, table(result))


def table(result: dict[str, Any]) -> str:
    """The figures as aligned text, a method a line; "–" where there is nothing to measure."""
    names = ("top1", "top5", "top20", "top100", "mrr10", "ndcg10")
    lines = [f"{'':16}" + "".join(f"{name:>9}" for name in (*names, "questions"))]
    for method, figures in result.items():
        lines.append(_line(method, figures, names))
        lines.append(_line("  by answer", figures["answer_match"], names))
    return "\n".join(lines)


def _line(label: str, figures: dict[str, Any], names: tuple[str, ...]) -> str:
    values = [figures.get(name) for name in names]
    cells = "".join(f"{'–' if value is None else f'{value:.2f}':>9}" for value in values)
    return f"{label:16}{cells}{figures['questions']:>9}"
