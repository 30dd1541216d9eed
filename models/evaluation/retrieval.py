"""How often each method of a searcher finds the right passage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.data.questions import Question
from models.data.records import Passages
from models.errors import InputError
from models.evaluation.gold import gold_rows
from models.evaluation.ranking import (
    first_rank,
    matchable,
    matchable_answers,
    mean_percent,
    mrr,
    ndcg,
    top_k,
)
from models.events import Progress, Skipped, Work
from models.retrieval.ranked import Ranked
from models.retrieval.searcher import METHODS, Searcher
from models.vectors import encoding

_BATCH = 64


@dataclass
class _Tally:
    """One method's outcome, a question an entry."""

    gold: list[int | None] = field(default_factory=list)
    gains: list[float] = field(default_factory=list)
    matches: list[int | None] = field(default_factory=list)


def evaluate_retrieval(
    searcher: Searcher, questions: Sequence[Question], ks: Sequence[int] = (1, 5, 20, 100)
) -> Work[dict[str, Any]]:
    """Figures of the dense, BM25 and hybrid rankings on the same questions.

    Returns:
        For ``dense``, ``bm25`` and ``hybrid`` each: ``top1`` … (percentage of questions with a
        gold passage among the first k), ``mrr10``, ``ndcg10`` (×100), ``questions`` (with gold in
        this corpus), ``without_gold`` (the others, which these figures leave out), and
        ``answer_match``: ``top1`` … (percentage with an answer's tokens in a passage among the
        first k; Karpukhin et al. 2020, §5) over its own ``questions``, those with answers. A
        figure over no question is None.
    """
    golds = yield from gold_rows(questions, searcher.passages)
    answers: list[tuple[str, ...]] = []
    for question in questions:
        try:
            answers.append(matchable_answers(question.answers))
        except InputError as error:
            yield Skipped(f"question {question.id}", str(error))
            answers.append(())
    used = [i for i, known in enumerate(zip(golds, answers, strict=True)) if any(known)]
    texts = [questions[i].text for i in used]
    vectors = yield from encoding(texts, searcher.encoder, "question")
    tallies = {method: _Tally() for method in METHODS}
    holds = _Holds(searcher.passages)
    for start in range(0, len(used), _BATCH):
        yield Progress("Searching", start, len(used), "questions")
        part = slice(start, start + _BATCH)
        rankings = searcher.rank(texts[part], vectors.array[part], max(*ks, 10))
        for i, ranking in zip(used[part], rankings, strict=True):
            for method in METHODS:
                _add(tallies[method], ranking[method], golds[i], answers[i], holds)
    yield Progress("Searching", len(used), len(used), "questions")
    missing = sum(not gold for gold in golds)
    return {method: _figures(tallies[method], ks, missing) for method in METHODS}


class _Holds:
    """Whether passages hold answers; each passage is tokenised once, when first asked for."""

    def __init__(self, passages: Passages) -> None:
        self._texts = passages.table.column("text")
        self._forms: dict[int, str] = {}

    def first(self, rows: Sequence[int], answers: tuple[str, ...]) -> int | None:
        """The rank of the first of ``rows`` that holds any of ``answers``."""
        for rank, row in enumerate(rows, start=1):
            form = self._forms.get(row)
            if form is None:
                form = self._forms[row] = matchable(self._texts[row].as_py())
            if any(answer in form for answer in answers):
                return rank
        return None


def _add(
    tally: _Tally,
    ranking: Ranked,
    gold: Mapping[int, int],
    answers: tuple[str, ...],
    holds: _Holds,
) -> None:
    rows = ranking.rows.tolist()
    if gold:
        tally.gold.append(first_rank(rows, gold))
        tally.gains.append(ndcg(rows, gold))
    if answers:
        tally.matches.append(holds.first(rows, answers))


def _figures(tally: _Tally, ks: Sequence[int], missing: int) -> dict[str, Any]:
    return {
        **{f"top{k}": top_k(tally.gold, k) for k in ks},
        "answer_match": {
            **{f"top{k}": top_k(tally.matches, k) for k in ks},
            "questions": len(tally.matches),
        },
        "mrr10": mrr(tally.gold),
        "ndcg10": mean_percent(tally.gains),
        "questions": len(tally.gold),
        "without_gold": missing,
    }
