"""``contrastive-models evaluate retrieval`` with several retrievers: curves, intervals, tests."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.comparison_questions import comparison_questions
from models.evaluation.curves import KS, By, Curve, Estimate, Figures, figures
from models.evaluation.embedding import kept_vectors
from models.evaluation.fusing import WEIGHTS as MIXES
from models.evaluation.fusing import sweep
from models.evaluation.judged import Judged, judge
from models.evaluation.ranking_shelf import RankingShelf, kept_rankings
from models.evaluation.rankings import Outcome, Rankings
from models.evaluation.retrievers import found_by_vectors, found_by_words, of_rankings
from models.evaluation.runs_io import read_run
from models.evaluation.runs_write import write_run
from models.evaluation.significance import Difference, mean_difference, top_k_difference
from models.opening import encoder_of, searcher_of
from models.project import Project
from models.retrieval.hybrid import WEIGHTS
from models.text_encoders import load_text

_TESTED = 20  # the k of the top-k accuracy that is tested
_BASELINE = "bm25"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares what makes a comparison of it."""
    parser.add_argument(
        "--encoder",
        nargs="+",
        default=[],
        metavar="E",
        help="further encoders beside the project's own; each embeds the corpus once",
    )
    parser.add_argument(
        "--import",
        dest="runs",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="rankings of others: TREC runs, MS MARCO's columns, DPR's JSON",
    )
    parser.add_argument("--curves", action="store_true", help="top-k for every k = 1 … 100")
    parser.add_argument(
        "--export", type=Path, metavar="FILE", help="write rankings: .trec, .tsv or DPR's .json"
    )
    parser.add_argument(
        "--export-from",
        metavar="R",
        help="whose rankings: dense, bm25, hybrid or a name in the table; by default the last",
    )


def is_wanted(arguments: argparse.Namespace) -> bool:
    """Whether any of these options was given."""
    return bool(arguments.encoder or arguments.runs or arguments.curves or arguments.export)


def run(arguments: argparse.Namespace) -> None:
    """Compares, prints, and writes what is to be exported."""
    console = Console()
    questions = console.run(comparison_questions(str(arguments.questions)))
    project = Project.open(arguments.folder)
    judged = console.run(judge(questions, project.passages))
    encoders = _encoders(project, arguments.encoder)
    rankings, outcomes, tuned = _search(console, project, judged, encoders)
    for path in arguments.runs:
        imported = console.run(read_run(path, judged))
        name = _free(imported.name, outcomes)
        rankings[name] = imported.rankings
        outcomes[name] = console.run(of_rankings(imported.rankings, judged)).outcome
        if imported.note:
            print(imported.note)
    chosen = arguments.export_from or list(rankings)[-1]
    if chosen not in rankings:
        raise InputError(f"There is no retriever {chosen!r}; choose one of {', '.join(rankings)}.")
    reached = {name: figures(outcome, judged) for name, outcome in outcomes.items()}
    tested = {name: _tests(outcomes[_BASELINE], each, judged) for name, each in outcomes.items()}
    result = {
        name: _said(each, tested[name], arguments.curves, len(judged.without_gold))
        | tuned.get(name, {})
        for name, each in reached.items()
    }
    put(result, arguments.json, table(reached, tested, tuned, judged))
    if arguments.export:
        console.run(write_run(arguments.export, rankings[chosen], judged, chosen))


def _encoders(project: Project, names: list[str]) -> dict[str, Encoder]:
    """The project's own as "dense", then the others by name."""
    own = encoder_of(project.manifest.recipe)
    searcher_of(project, own)  # refuses an index that another encoder made
    found: dict[str, Encoder] = {"dense": own}
    for name in names:
        encoder = load_text(name)
        found[_free(encoder.card.name, found)] = encoder
    return found


def _search(
    console: Console, project: Project, judged: Judged, encoders: Mapping[str, Encoder]
) -> tuple[dict[str, Rankings], dict[str, Outcome], dict[str, dict[str, Any]]]:
    """Rankings and outcomes by retriever, and what was chosen by the dev half of the questions."""
    shelf, vectors = RankingShelf(kept_rankings()), kept_vectors()
    words = console.run(found_by_words(project, judged, shelf))
    rankings, outcomes = {_BASELINE: words.rankings}, {_BASELINE: words.outcome}
    tuned: dict[str, dict[str, Any]] = {}
    for name, encoder in encoders.items():
        found = console.run(found_by_vectors(project, encoder, judged, shelf, vectors))
        assert found.pool is not None and found.pooled is not None
        rankings[name], outcomes[name] = found.rankings, found.outcome
        hybrid = "hybrid" if name == "dense" else f"hybrid {name}"
        weight = WEIGHTS[encoder.card.conventions.similarity]
        swept = console.run(sweep(found.pool, found.pooled, judged))
        rankings[hybrid] = found.pool.rankings(weight)
        outcomes[hybrid] = found.pool.outcome(weight, found.pooled, judged)
        by: By = "gold" if judged.has_gold.any() else "answer"
        best = swept.best(by)
        if best is not None:
            other = swept.scores(by, dev=False)
            places = {"bm25": 0, "dense": -1, "hybrid": MIXES.index(best)}
            test = {label: float(other[place]) for label, place in places.items()}
            tuned[hybrid] = {"weight": weight, "dev_weight": best, "test_mrr10": test}
    return rankings, outcomes, tuned


def _tests(first: Outcome, second: Outcome, judged: Judged) -> dict[str, Difference | None]:
    by: By = "gold" if judged.has_gold.any() else "answer"
    return {
        f"top{_TESTED}": top_k_difference(first, second, judged, _TESTED, by),
        "mrr10": mean_difference(first.reciprocal, second.reciprocal, judged),
        "ndcg10": mean_difference(first.ndcg, second.ndcg, judged),
    }


def _free(name: str, taken: Mapping[str, object]) -> str:
    """``name``, with a number where it is taken."""
    names = [name, *(f"{name} ({n})" for n in range(2, 2 + len(taken)))]
    return next(each for each in names if each not in taken)


def _said(
    reached: Figures, tested: dict[str, Difference | None], curves: bool, missing: int
) -> dict[str, Any]:
    values: dict[str, Any] = {**_tops(reached.gold)}
    values["answer_match"] = _tops(reached.answer)
    values["answer_match"]["questions"] = reached.answer.questions if reached.answer else 0
    values["mrr10"], values["ndcg10"] = _interval(reached.mrr), _interval(reached.ndcg)
    values["questions"] = reached.gold.questions if reached.gold else 0
    values["without_gold"] = missing
    values["against_bm25"] = {
        name: None if each is None else {part: getattr(each, part) for part in each.__slots__}
        for name, each in tested.items()
    }
    if curves:
        values["curve"] = _drawn(reached.gold)
        values["answer_match"]["curve"] = _drawn(reached.answer)
    return values


def _tops(curve: Curve | None) -> dict[str, Any]:
    return {f"top{k}": None if curve is None else _interval(curve.at(k)) for k in KS}


def _interval(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _drawn(curve: Curve | None) -> dict[str, list[float]] | None:
    if curve is None:
        return None
    return {part: getattr(curve, part).round(3).tolist() for part in ("value", "low", "high")}


def table(
    reached: Mapping[str, Figures],
    tested: Mapping[str, Mapping[str, Difference | None]],
    tuned: Mapping[str, Mapping[str, Any]],
    judged: Judged,
) -> str:
    """Aligned text: a figure and the ends of its 95 % interval, a retriever a line."""
    wide = min(34, max(14, *(len(name) + 2 for name in reached)))
    heads = (*(f"top{k}" for k in KS), "mrr10", "ndcg10")
    counts = f"{int(judged.has_gold.sum()):,} of {len(judged):,} questions have their passage here"
    lines = [counts, " " * wide + "".join(f"{head:>20}" for head in heads)]
    for name, each in reached.items():
        tops = [each.gold.at(k) if each.gold else None for k in KS]
        lines.append(_line(name, wide, [*tops, each.mrr, each.ndcg]))
        if each.answer:
            lines.append(_line("  by answer", wide, [each.answer.at(k) for k in KS]))
    lines.append(f"Against bm25: difference, 95 % interval, p (McNemar for top-{_TESTED}, else")
    lines.append("paired randomisation), questions won and lost")
    for name, tests in tested.items():
        for head, test in tests.items() if name != _BASELINE else ():
            if test is not None:
                lines.append(
                    f"{name[: wide - 2]:{wide}}{head:>8}{test.value:>+8.2f} "
                    f"[{test.low:+.2f}, {test.high:+.2f}]  {_p(test.p)}  "
                    f"+{test.wins} −{test.losses}"
                )
    for name, chosen in tuned.items():
        other = ", ".join(f"{label} {score:.2f}" for label, score in chosen["test_mrr10"].items())
        lines.append(
            f"{name} above weighs the vectors {chosen['weight']:g}; one half of the questions "
            f"chooses {chosen['dev_weight']:g}, MRR@10 on the other: {other}"
        )
    return "\n".join(lines)


def _p(p: float) -> str:
    """Beyond twelve digits nothing is told apart."""
    return f"p {p:.2g}" if p >= 1e-12 else "p < 1e-12"


def _line(name: str, wide: int, estimates: list[Estimate | None]) -> str:
    cells = "".join(f"{_cell(estimate):>20}" for estimate in estimates)
    return f"{name[: wide - 1]:{wide}}{cells}"


def _cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return f"{estimate.value:.1f} [{estimate.low:.1f},{estimate.high:.1f}]"
