"""``contrastive-models search``: the passages that answer one question."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import put
from models.cli.options import positive
from models.data.records import Passages
from models.errors import InputError
from models.opening import open_searcher
from models.retrieval.searcher import Hit


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("search", help="find passages for a question")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("question")
    parser.add_argument("-k", type=positive, default=10)
    parser.add_argument("--method", choices=["dense", "bm25", "hybrid"], default="dense")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Searches and prints the hits."""
    if not arguments.question.strip():
        raise InputError("The question is empty.")
    project, searcher = open_searcher(arguments.folder)
    answer = searcher.search(arguments.question, arguments.k, (arguments.method,))
    hits = [_row(project.passages, hit) for hit in answer.hits[arguments.method]]
    result = {"query": arguments.question, "method": arguments.method, "hits": hits}
    put(result, arguments.json, "\n\n".join(map(_text, hits)) or "No passage was found.")


def _row(passages: Passages, hit: Hit) -> dict[str, Any]:
    passage = passages[hit.row]
    return {
        "rank": hit.rank,
        "id": passage.id,
        "title": passage.title,
        "text": passage.text,
        "score": hit.score,
    }


def _text(row: dict[str, Any]) -> str:
    return (
        f"{row['rank']:>3}  {row['score']:.4f}  {row['title']}  [{row['id']}]\n     {row['text']}"
    )
