"""What a run of DPR has reached, against the encoder that its training began with and BM25."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from models.data.asked import Asked, QuestionSet
from models.data.dpr_questions import question_set
from models.data.questions import Question
from models.errors import InputError
from models.evaluation.fusing import best_weight
from models.evaluation.judged import Judged, judge
from models.evaluation.retrieval import evaluate_retrieval
from models.evaluation.retrievers import found_together
from models.events import Progress, Work
from models.files import write_json
from models.project import plain, text_of
from models.retrieval.dense import IndexSpec, build_dense
from models.retrieval.lexical import LexicalIndex
from models.retrieval.searcher import Searcher
from models.training.checkpoints import read_run
from models.training.recipes.dpr_catalog import reopen_dpr
from models.training.shelf import write_scores
from models.vectors import encoding

Part = Literal["held", "dev"]

KS = (1, 5, 20, 100)
#: The last evaluation of a run, beside its checkpoint.
DUAL = "retrieval-evaluation.json"
_FORMAT = 2


@dataclass(frozen=True)
class DualScores:
    """Figures of one part of the questions over the whole corpus; each mapping is a method's, as
    ``evaluate_retrieval`` gives it.

    Attributes:
        base: the encoder that training began with, by name.
        part: of the questions, none of which were trained on.
        passages: in the corpus.
        bm25: by words.
        before, after: by the base's vectors as it is meant to be used, and by the run's.
        hybrid_before, hybrid_after: those with BM25.
        weight_before, weight_after: of the vectors in these, chosen on the dev questions.
    """

    base: str
    part: Part
    passages: int
    bm25: Mapping[str, Any]
    before: Mapping[str, Any]
    hybrid_before: Mapping[str, Any]
    after: Mapping[str, Any]
    hybrid_after: Mapping[str, Any]
    weight_before: float
    weight_after: float

    @property
    def methods(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """A name for people and the figures of each, in the order in which a table has them."""
        return (
            ("BM25", self.bm25),
            ("before training", self.before),
            ("after training", self.after),
            ("BM25 + before", self.hybrid_before),
            ("BM25 + after", self.hybrid_after),
        )


def evaluate_dual(folder: Path, part: Part = "held", limit: int | None = None) -> Work[DualScores]:
    """Searches the corpus of the run in ``folder`` for questions that it was not trained on.

    Args:
        part: "held" to report, "dev" to choose settings by.
        limit: at most so many questions.

    Raises:
        InputError: as ``reopen_dpr``; nothing was saved yet; or questions and corpus are gone or
            others by now.
    """
    from models.text_encoders import load_text

    recipe, source = reopen_dpr(folder)
    found = yield from question_set(source)
    if found.key != read_run(folder).config["data"]["questions"]:
        raise InputError(f"The questions of the run in {folder} have changed since it was trained.")
    asked = (found.held if part == "held" else found.dev)[:limit]
    if not asked:
        raise InputError(f"No questions of {source.source} are set aside for choices.")
    questions = _questions(asked, found)
    pairs = zip(found.passages.column("title"), found.passages.column("text"), strict=True)
    titled = [text_of(title, text, True) for title, text in pairs]
    lexical = yield from LexicalIndex.building([plain(text) for text in titled])
    yield Progress("Reading the encoders")
    base = load_text(recipe.net.base)
    figures, weights = [], []
    choosing = yield from _choosing(found)
    for encoder in (base, load_text(str(folder))):
        vectors = yield from encoding(titled, encoder)
        dense = yield from build_dense(
            vectors.array, IndexSpec(), encoder.card.conventions.similarity
        )
        searcher = Searcher(found.passages, vectors, encoder, dense, lexical)
        if choosing is not None:
            both = yield from found_together(searcher, choosing)
            assert both.pool is not None and both.pooled is not None
            weight = yield from best_weight(both.pool, both.pooled, choosing)
            searcher.weight = searcher.weight if weight is None else weight
        weights.append(searcher.weight)
        figures.append((yield from evaluate_retrieval(searcher, questions, KS)))
    before, after = figures
    return DualScores(
        base=base.card.name,
        part=part,
        passages=len(found.passages),
        bm25=after["bm25"],
        before=before["dense"],
        hybrid_before=before["hybrid"],
        after=after["dense"],
        hybrid_after=after["hybrid"],
        weight_before=weights[0],
        weight_after=weights[1],
    )


def evaluate_and_keep_dual(folder: Path, part: Part = "held") -> Work[DualScores]:
    """``evaluate_dual``, kept beside the run.

    Raises:
        InputError: as ``evaluate_dual``, or it cannot be written.
    """
    scores = yield from evaluate_dual(folder, part)
    keep_dual(folder, scores)
    return scores


def keep_dual(folder: Path, scores: DualScores) -> None:
    """Writes the figures, and what the list of runs says of the run: its vectors' top-k.

    Raises:
        InputError: it cannot be written.
    """
    write_json(folder / DUAL, {"format": _FORMAT, **asdict(scores)})
    known = {f"top{k}": scores.after[f"top{k}"] for k in KS}
    write_scores(folder, {name: score for name, score in known.items() if score is not None})


def kept_dual(folder: Path) -> DualScores | None:
    """What was kept of the run in ``folder``; None where there is nothing that can be read."""
    try:
        value = json.loads((folder / DUAL).read_text("utf-8"))
        if value.pop("format") != _FORMAT:
            return None
        scores = DualScores(**value)
        whole = all(
            isinstance(figures[f"top{k}"], float) for _, figures in scores.methods for k in KS
        )
        return scores if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # measured again at a click


def _choosing(found: QuestionSet) -> Work[Judged | None]:
    """What the hybrid's weight is chosen by; None where no question is set aside for that."""
    return (yield from judge(_questions(found.dev, found), found.passages)) if found.dev else None


def _questions(asked: Sequence[Asked], found: QuestionSet) -> list[Question]:
    names = found.passages.table.column("id")
    return [
        Question(
            str(number),
            question.text,
            question.answers,
            {names[row].as_py(): 1 for row in (*question.positives, *question.known)},
        )
        for number, question in enumerate(asked, 1)
    ]
