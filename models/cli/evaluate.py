"""``contrastive-models evaluate``: retrieval over a question set, a trained encoder on images."""

import argparse
from pathlib import Path
from typing import Any

from models.cli import answer, compare_retrievers, evaluate_dual, evaluate_reader, evaluate_text
from models.cli.console import Console, put
from models.cli.options import positive, whole
from models.data.questions import read_questions
from models.evaluation.image_probe import ImageEvaluation, Share, evaluate_run
from models.evaluation.retrieval import evaluate_retrieval
from models.evaluation.saved import keep
from models.opening import open_searcher
from models.training.devices import devices

_SHOWN = 20  # classes whose confusion a terminal can show


def add(commands: Any) -> None:
    """Declares the command and its kinds."""
    kinds = commands.add_parser("evaluate", help="measure").add_subparsers(
        dest="kind", required=True, metavar="KIND"
    )
    parser = kinds.add_parser("retrieval", help="top-k accuracy, MRR@10 and nDCG@10")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "questions",
        type=Path,
        metavar="QUESTIONS",
        help="SQuAD JSON, DPR QA CSV, NQ-open, BEIR, or a table with named columns",
    )
    parser.add_argument("--json", action="store_true")
    compare_retrievers.add_options(parser)
    parser.set_defaults(run=run)
    _add_images(kinds, "linear", "a linear classifier and kNN on a run's frozen features")
    _add_images(kinds, "knn", "nearest neighbours alone, quicker")
    evaluate_text.add(kinds)
    evaluate_dual.add(kinds)
    answer.add_evaluation(kinds)
    evaluate_reader.add(kinds)


def _add_images(kinds: Any, kind: str, about: str) -> None:
    parser = kinds.add_parser(kind, help=f"{about}, against raw pixels and the untrained network")
    parser.add_argument("folder", type=Path, metavar="RUN")
    parser.add_argument(
        "--data", metavar="D", help="'shapes', 'digits', a file or a folder; else the run's own"
    )
    parser.add_argument(
        "--labels", nargs="+", type=float, default=[1.0], metavar="F", help="fractions: 1.0 .1 .01"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="at most so many images")
    parser.add_argument("--device", metavar="D", help="cpu, cuda, cuda:1, mps; else the quickest")
    parser.add_argument("--seed", type=whole, default=0, help="of the choice of labels")
    parser.add_argument("--json", action="store_true", help="one object a fraction of labels")
    parser.set_defaults(run=run_images)


def run(arguments: argparse.Namespace) -> None:
    """Evaluates all three methods on the same questions, or compares more than these."""
    if compare_retrievers.is_wanted(arguments):
        compare_retrievers.run(arguments)
        return
    questions = read_questions(arguments.questions)
    _, searcher = open_searcher(arguments.folder)
    result = Console().run(evaluate_retrieval(searcher, questions))
    put(result, arguments.json, table(result))


def table(result: dict[str, Any]) -> str:
    """The figures as aligned text, a method a line; "–" where there is nothing to measure."""
    names = ("top1", "top5", "top20", "top100", "mrr10", "ndcg10")
    lines = [f"{'':16}" + "".join(f"{name:>9}" for name in names) + f"{'questions':>11}"]
    for method, figures in result.items():
        lines.append(_line(method, figures, names))
        lines.append(_line("  by answer", figures["answer_match"], names))
    return "\n".join(lines)


def _line(label: str, figures: dict[str, Any], names: tuple[str, ...]) -> str:
    values = [figures.get(name) for name in names]
    cells = "".join(f"{'–' if value is None else f'{value:.2f}':>9}" for value in values)
    return f"{label:16}{cells}{figures['questions']:>11}"


def run_images(arguments: argparse.Namespace) -> None:
    """Evaluates a run, prints a line for each fraction of the labels, and keeps the result."""
    source = arguments.data
    if source not in (None, "shapes", "digits"):
        source = str(Path(source).absolute())
    evaluating = evaluate_run(
        arguments.folder,
        source,
        kind=arguments.kind,
        fractions=arguments.labels,
        limit=arguments.limit,
        device=arguments.device or devices()[0].name,
        seed=arguments.seed,
    )
    result = Console().run(evaluating)
    if arguments.json:
        for share in result.shares:
            put(_share(result, share), True, "")
    else:
        print(image_table(result))
    keep(arguments.folder, result)


def _share(result: ImageEvaluation, share: Share) -> dict[str, Any]:
    return {
        **share.figures,
        "labels": share.labels,
        "count": share.count,
        "k": share.k,
        "l2": share.l2,
        "data": result.data,
        "train": result.train,
        "test": result.test,
        "classes": result.classes,
        "confusion": share.confusion.tolist(),
        "notes": result.notes,
    }


def image_table(result: ImageEvaluation) -> str:
    """Accuracies in percent, a fraction of the labels a line; the confusion matrix of the first."""
    names = list(result.shares[0].figures)
    about = f"{result.data}: {result.train:,} images to learn from, {result.test:,} to test on"
    lines = [about, f"{'labels':>16}" + "".join(f"{name:>15}" for name in names)]
    for share in result.shares:
        cells = "".join(f"{share.figures[name]:>15.2f}" for name in names)
        lines.append(f"{f'{share.labels:g}% ({share.count:,})':>16}{cells}")
    lines += result.notes
    if len(result.classes) <= _SHOWN:
        lines.append("Confusion: row the true class, column the predicted one")
        for name, row in zip(result.classes, result.shares[0].confusion.tolist(), strict=True):
            lines.append(f"{name[:15]:>16}" + "".join(f"{count:>6}" for count in row))
    return "\n".join(lines)
