"""A retriever among others: what it found, its figures, its differences to a baseline."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from models.encoders.base import Encoder
from models.evaluation.curves import By, Estimate, Figures, figures
from models.evaluation.embedding import kept_vectors
from models.evaluation.fusing import Sweep, sweep
from models.evaluation.judged import Judged
from models.evaluation.ranking_shelf import RankingShelf, kept_rankings
from models.evaluation.rankings import Outcome, Rankings
from models.evaluation.retrievers import Found, found_by_vectors, found_by_words, of_rankings
from models.evaluation.runs_io import read_run
from models.evaluation.significance import Difference, mean_difference, top_k_difference
from models.events import Progress, Work
from models.files import write_text
from models.project import Project
from models.retrieval.hybrid import WEIGHTS
from models.text_encoders import load_text

Kind = Literal["bm25", "dense", "hybrid", "file"]
Measure = Literal["top1", "top5", "top20", "top100", "mrr10", "ndcg10"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, eq=False)
class Entry:
    """One retriever on one set of questions.

    Attributes:
        id: by which it is told apart: "bm25", an encoder's name or folder, a file's path; that of
            a hybrid is its encoder's with "+" before it.
        name: what people call it.
        outcome: how each question came out.
        figures: what it reaches.
        found: its rankings; None of a hybrid, whose rankings follow from its encoder's.
        sweep: of an encoder, its hybrid with BM25 at every weight.
        weight: of a hybrid, how much the vectors count; of an encoder, what that is by default.
        note: a sentence of what does not fit, of an imported ranking.
    """

    id: str
    name: str
    kind: Kind
    outcome: Outcome = field(repr=False)
    figures: Figures = field(repr=False)
    found: Found | None = field(default=None, repr=False)
    sweep: Sweep | None = field(default=None, repr=False)
    weight: float | None = None
    note: str = ""

    def estimate(self, measure: Measure, by: By) -> Estimate | None:
        """A figure with its interval; MRR and nDCG are by gold passage in either case."""
        if measure == "mrr10":
            return self.figures.mrr
        if measure == "ndcg10":
            return self.figures.ndcg
        curve = self.figures.curve(by)
        return None if curve is None else curve.at(int(measure.removeprefix("top")))


def measure_words(project: Project, judged: Judged) -> Work[Entry]:
    """BM25."""
    found = yield from found_by_words(project, judged, RankingShelf(kept_rankings()))
    return (yield from _entry("bm25", "BM25", "bm25", found, judged))


def measure_encoder(
    project: Project, judged: Judged, name: str, encoder: Encoder | None = None
) -> Work[Entry]:
    """An encoder, and its hybrids with BM25.

    Args:
        name: as ``load_text`` takes it; the entry's id.
        encoder: where it is loaded already.

    Raises:
        InputError: there is no such encoder.
    """
    yield Progress("Loading the encoder")
    encoder = encoder or load_text(name)
    shelf = RankingShelf(kept_rankings())
    found = yield from found_by_vectors(project, encoder, judged, shelf, kept_vectors())
    assert found.pool is not None and found.pooled is not None
    swept = yield from sweep(found.pool, found.pooled, judged)
    entry = yield from _entry(name, encoder.card.name, "dense", found, judged)
    return replace(entry, sweep=swept, weight=WEIGHTS[encoder.card.conventions.similarity])


def measure_file(judged: Judged, path: Path) -> Work[Entry]:
    """A ranking of another program.

    Raises:
        InputError: as ``read_run``.
    """
    run = yield from read_run(path, judged)
    found = yield from of_rankings(run.rankings, judged)
    entry = yield from _entry(str(path), run.name, "file", found, judged)
    return replace(entry, note=run.note)


def hybrid(dense: Entry, weight: float, judged: Judged) -> Work[Entry]:
    """BM25 and the vectors of ``dense`` together, at a weight of the vectors."""
    assert dense.sweep is not None
    yield Progress("Counting")
    seen = dense.sweep.at(weight)
    return Entry(
        f"+{dense.id}",
        f"BM25 + {dense.name}",
        "hybrid",
        seen,
        figures(seen, judged),
        weight=weight,
    )


def rankings_of(entry: Entry, entries: Sequence[Entry]) -> Rankings:
    """What ``entry``, one of ``entries``, found; of a hybrid, mixed anew."""
    if entry.found is not None:
        return entry.found.rankings
    (dense,) = (other for other in entries if f"+{other.id}" == entry.id)
    assert dense.found is not None and dense.found.pool is not None and entry.weight is not None
    return dense.found.pool.rankings(entry.weight)


def differences(
    baseline: Entry, entries: Sequence[Entry], judged: Judged, measure: Measure, by: By
) -> Work[Mapping[str, Difference]]:
    """Each other entry less ``baseline``, by its id, with the test that ``measure`` has."""
    found: dict[str, Difference] = {}
    others = [entry for entry in entries if entry.id != baseline.id]
    for done, entry in enumerate(others):
        yield Progress("Testing differences", done, len(others), "retrievers")
        first, second = baseline.outcome, entry.outcome
        if measure == "mrr10":
            told = mean_difference(first.reciprocal, second.reciprocal, judged)
        elif measure == "ndcg10":
            told = mean_difference(first.ndcg, second.ndcg, judged)
        else:
            k = int(measure.removeprefix("top"))
            told = top_k_difference(first, second, judged, k, by)
        if told is not None:
            found[entry.id] = told
    return MappingProxyType(found)


def write_figures(path: Path, entries: Sequence[Entry], by: By) -> Work[int]:
    """Writes the figures as CSV, each with the ends of its interval; returns how many rows.

    Raises:
        InputError: it cannot be written.
    """
    yield Progress(f"Writing {path.name}")
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    heads = [head for name in MEASURES for head in (name, f"{name} low", f"{name} high")]
    rows.writerow(["retriever", "weight", "by", "questions", *heads])
    for entry in entries:
        curve = entry.figures.curve(by)
        weight = entry.weight if entry.kind == "hybrid" else None
        row = [entry.name, "" if weight is None else f"{weight:g}", by]
        row.append(str(curve.questions if curve else 0))
        for measure in MEASURES:
            each = entry.estimate(measure, by)
            ends = () if each is None else (each.value, each.low, each.high)
            row += [f"{end:.3f}" for end in ends] or [""] * 3
        rows.writerow(row)
    write_text(path, out.getvalue())
    return len(entries)


def _entry(name: str, title: str, kind: Kind, found: Found, judged: Judged) -> Work[Entry]:
    yield Progress("Counting")
    return Entry(name, title, kind, found.outcome, figures(found.outcome, judged), found)
