"""``contrastive-models evaluate dpr``: a run of DPR on the questions that it was not trained on."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.options import positive
from models.evaluation.dual import KS, DualScores, evaluate_dual, keep_dual


def add(kinds: Any) -> None:
    """Declares the kind."""
    parser = kinds.add_parser("dpr", help="a run of DPR against its base encoder and BM25")
    parser.add_argument("folder", type=Path, metavar="RUN")
    parser.add_argument("--part", choices=["held", "dev"], default="held")
    parser.add_argument("--limit", type=positive, metavar="N", help="at most so many questions")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluates, prints, and keeps the figures beside the run."""
    work = evaluate_dual(arguments.folder, arguments.part, arguments.limit)
    scores = Console().run(work)
    keep_dual(arguments.folder, scores)
    said = {
        "base": scores.base,
        "part": scores.part,
        "passages": scores.passages,
        "bm25": scores.bm25,
        "before": scores.before,
        "after": scores.after,
        "hybrid_before": scores.hybrid_before,
        "hybrid_after": scores.hybrid_after,
        "weight_before": scores.weight_before,
        "weight_after": scores.weight_after,
    }
    put(said, arguments.json, dual_table(scores))


def dual_table(scores: DualScores) -> str:
    """Percentages as aligned text, a method a line."""
    names = (*(f"top{k}" for k in KS), "mrr10", "ndcg10")
    questions = scores.after["questions"]
    lines = [
        f"{questions:,} {scores.part} questions over {scores.passages:,} passages; before: "
        f"{scores.base}",
        f"{'':18}" + "".join(f"{name:>9}" for name in names),
    ]
    for title, figures in scores.methods:
        cells = "".join(f"{figures[name]:>9.2f}" for name in names)
        lines.append(f"{title:18}{cells}")
    lines.append(
        f"weight of the vectors beside BM25, chosen on the dev questions: "
        f"{scores.weight_before:g} before, {scores.weight_after:g} after"
    )
    return "\n".join(lines)
