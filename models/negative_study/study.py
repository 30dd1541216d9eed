"""One question: its passage, its negatives and what was excluded, each with its figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.data.asked import Asked
from models.errors import InputError
from models.evaluation.ranking import matchable_answers
from models.events import Progress, Work
from models.negative_study.around import Around, around
from models.negative_study.gathered import Gathered
from models.negative_study.pick import KINDS, SPARE, Kind, Picked, Spec, pick
from models.negative_study.reasons import reason, shared_words
from models.negative_study.sight import Sight
from models.retrieval.mining import mine

_BEHIND = 400  # further passages drawn on the sphere


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage beside the question.

    Attributes:
        kinds: all that it is, the one it is shown as first.
        why: one sentence on why it was chosen or excluded.
        used: whether the loss holds it: the first positive, and every negative.
        bm25: its score by BM25, 0 where it shares no word.
        words: what it shares with the question, the weightiest first.
        scores, ranks: under A and B; rank 1 is the nearest of all passages.
    """

    row: int
    kinds: tuple[Kind, ...]
    why: str
    used: bool
    bm25: float
    words: tuple[str, ...]
    scores: tuple[float, float]
    ranks: tuple[int, int]

    @property
    def kind(self) -> Kind:
        """What it is shown as."""
        return self.kinds[0]


@dataclass(frozen=True, eq=False)
class Study:
    """The answer for one question.

    Attributes:
        place: of the question among all.
        candidates: in the order of their kinds.
        around: where question, candidates and further passages stand, in that order.
        behind: rows of the further passages.
        cosine: whether A's and B's scores are cosines.
    """

    place: int
    question: Asked
    spec: Spec
    candidates: tuple[Candidate, ...]
    around: Around
    behind: tuple[int, ...]
    cosine: tuple[bool, bool]


@dataclass(frozen=True, eq=False)
class Weighed:
    """The loss of one question over its candidates.

    Attributes:
        loss: −log of the positive's share, in nats.
        shares: (C,) softmax weights, which is what each negative's gradient is in proportion to;
            NaN for a candidate that the loss does not hold.
    """

    loss: float
    shares: NDArray[np.float64]


def study(gathered: Gathered, sights: tuple[Sight, Sight], place: int, spec: Spec) -> Work[Study]:
    """Chooses the negatives of the question at ``place`` and measures them under both encoders."""
    yield Progress("Choosing negatives")
    question = gathered.questions[place]
    own = (*question.positives, *question.known)
    answers = answers_of(question)
    (mined,) = yield from mine(
        [question.text], [answers], [own], gathered.passages, spec.each + SPARE, gathered.lexical
    )
    scores = tuple(sight.scores(place) for sight in sights)
    picked = pick(gathered, place, mined, scores[: _apart(sights)], spec)
    kinds = kinds_of(picked)
    lexical = gathered.lexical.scores(question.text)
    first = question.positives[0]
    found = [
        Candidate(
            row=row,
            kinds=all_of_it,
            why=reason(gathered, place, picked, row, all_of_it, lexical, scores, spec),
            used=row == first or all_of_it[0] not in ("positive", "false"),
            bm25=float(lexical[row]),
            words=tuple(shared_words(gathered, question.text, row)),
            scores=(float(scores[0][row]), float(scores[1][row])),
            ranks=(_rank(scores[0], row), _rank(scores[1], row)),
        )
        for row, all_of_it in kinds.items()
    ]
    shown = {candidate.row for candidate in found}
    behind = [row for row in _behind(len(gathered.passages)) if row not in shown]
    rows = [*(candidate.row for candidate in found), *behind]
    vectors = [(sight.questions[place], sight.passages[rows]) for sight in sights]
    return Study(
        place=place,
        question=question,
        spec=spec,
        candidates=tuple(found),
        around=around(vectors[0], vectors[1]),
        behind=tuple(behind),
        cosine=(sights[0].cosine, sights[1].cosine),
    )


def weigh(found: Study, side: int, temperature: float) -> Weighed:
    """The loss of Karpukhin et al. 2020, eq. 2, over the candidates that it holds, each once.

    Args:
        side: 0 for A, 1 for B.
        temperature: that cosines are divided by; dot products are not, as in the paper.
    """
    used = np.array([candidate.used for candidate in found.candidates])
    scores = np.array([candidate.scores[side] for candidate in found.candidates], np.float64)
    logits = scores / temperature if found.cosine[side] else scores
    shares = np.full(len(scores), np.nan)
    raised = logits[used] - logits[used].max()
    log = raised - np.log(np.exp(raised).sum())
    shares[used] = np.exp(log)
    first = int(np.flatnonzero(used)[0])  # the positive, for kinds come in order
    shares.setflags(write=False)
    return Weighed(float(-log[int(used[:first].sum())]), shares)


def answers_of(question: Asked) -> tuple[str, ...]:
    """Accepted strings; an empty one would be found in every passage, and is left out."""
    kept = []
    for answer in question.answers:
        try:
            matchable_answers((answer,))
        except InputError:
            continue
        kept.append(answer)
    return tuple(kept)


def kinds_of(picked: Picked) -> dict[int, tuple[Kind, ...]]:
    """All that each row is, in the order of ``KINDS``."""
    kinds: dict[int, list[Kind]] = {}
    for kind in KINDS:
        for row in picked.false if kind == "false" else picked.rows.get(kind, ()):
            kinds.setdefault(row, []).append(kind)
    return {row: tuple(each) for row, each in kinds.items()}


def _apart(sights: Sequence[Sight]) -> int:
    """2 where A and B are two encoders, else 1: what is nearest is the same then."""
    return 1 if sights[0].card.key == sights[1].card.key else 2


def _rank(scores: NDArray[np.float32], row: int) -> int:
    return 1 + int((scores > scores[row]).sum())


def _behind(count: int) -> list[int]:
    """Rows that stand for the corpus, the same for every question."""
    if count <= _BEHIND:
        return list(range(count))
    return sorted(np.random.default_rng(0).choice(count, _BEHIND, replace=False).tolist())
