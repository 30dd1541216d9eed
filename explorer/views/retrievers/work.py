"""What this workspace has done in the background."""

from dataclasses import replace
from pathlib import Path

from explorer.views.retrievers.wants import Wanted
from models.evaluation.comparison import (
    Entry,
    hybrid,
    measure_encoder,
    measure_file,
    measure_words,
)
from models.evaluation.comparison_questions import comparison_questions
from models.evaluation.judged import Judged, judge
from models.events import Progress, Work
from models.project import Project
from models.text_encoders import load_text


def opening(project: Project, source: str) -> Work[Judged]:
    """Questions with what is right for them in this corpus."""
    questions = yield from comparison_questions(source)
    return (yield from judge(questions, project.passages))


def searching(
    project: Project, judged: Judged, one: Wanted, weight: float | None
) -> Work[tuple[Entry, ...]]:
    """The entries of one retriever: an encoder has two, itself and its hybrid."""
    if one.kind == "bm25":
        return ((yield from measure_words(project, judged)),)
    if one.kind == "file":
        entry = yield from measure_file(judged, Path(one.source))
        return (replace(entry, id=one.id),)
    yield Progress("Loading the encoder")
    encoder = one.encoder or load_text(one.source, **_by_hand(one.pooling))
    dense = yield from measure_encoder(project, judged, one.id, encoder)
    dense = replace(dense, name=one.title)
    assert dense.weight is not None
    mixed = yield from hybrid(dense, dense.weight if weight is None else weight, judged)
    return dense, mixed


def _by_hand(pooling: str) -> dict[str, str]:
    return {"pooling": pooling} if pooling else {}
