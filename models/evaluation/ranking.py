"""How well a ranking, or an answer, fits what is known to be right."""

import math
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import regex  # type: ignore[import-untyped]

from models.errors import InputError

_TOKEN = regex.compile(r"[\p{L}\p{N}\p{M}]+|[^\p{Z}\p{C}]")
_ARTICLE = regex.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_BETWEEN = "\x1f"  # a control character, which no token can hold


def matchable(text: str) -> str:
    """A form of ``text`` in which finding an answer is finding a substring; make it once a text.

    DPR's tokens (Karpukhin et al. 2020): NFD, runs of letters, digits and marks, or any other
    single visible character; lower-cased.
    """
    tokens = _TOKEN.findall(unicodedata.normalize("NFD", text))
    return _BETWEEN + "".join(token.lower() + _BETWEEN for token in tokens)


def matchable_answers(answers: Iterable[str]) -> tuple[str, ...]:
    """The same for the accepted answers of a question.

    Raises:
        InputError: one has no token; it would be found in every passage.
    """
    forms = []
    for answer in answers:
        form = matchable(answer)
        if form == _BETWEEN:
            raise InputError(f"The answer {answer!r} is empty.")
        forms.append(form)
    return tuple(forms)


def has_answer(answers: Iterable[str], text: str) -> bool:
    """Whether any answer's tokens stand in ``text`` in order and without a gap (answer match).

    Raises:
        InputError: an answer is empty.
    """
    form = matchable(text)
    return any(answer in form for answer in matchable_answers(answers))


def exact_match(prediction: str, answers: Sequence[str]) -> bool:
    """Whether ``prediction`` equals any answer after SQuAD's normalisation.

    Lower case, no ASCII punctuation, no articles, spaces folded (Rajpurkar et al. 2016).

    Raises:
        InputError: no answer, or an empty one.
    """
    return any(_normal(prediction) == _normal(answer) for answer in _given(answers))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """The largest harmonic mean of token precision and recall over the answers, within [0, 1].

    Tokens are words after SQuAD's normalisation (Rajpurkar et al. 2016); where either side has
    none left, 1 if both have none.

    Raises:
        InputError: no answer, or an empty one.
    """
    return max(_f1(_normal(prediction).split(), _normal(a).split()) for a in _given(answers))


def first_rank(rows: Sequence[int], relevant: Iterable[int]) -> int | None:
    """The rank, from 1, of the first of ``rows`` that is relevant."""
    wanted = set(relevant)
    return next((rank for rank, row in enumerate(rows, start=1) if row in wanted), None)


def top_k(ranks: Sequence[int | None], k: int) -> float | None:
    """Percentage of questions whose first relevant rank is at most k; None without questions."""
    return _percent([float(rank is not None and rank <= k) for rank in ranks])


def mrr(ranks: Sequence[int | None], k: int = 10) -> float | None:
    """Mean reciprocal rank, ×100, 0 for a question with nothing relevant within k."""
    return _percent([1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks])


def ndcg(rows: Sequence[int], grades: Mapping[int, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain of one ranking, within [0, 1].

    Gain is the grade itself and the discount log₂(rank + 1), as in trec_eval (Järvelin &
    Kekäläinen 2002, with their later discount). 0 where no grade is positive.
    """
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    best = _gain(ideal[:k])
    return _gain([max(0, grades.get(row, 0)) for row in rows[:k]]) / best if best else 0.0


def mean_percent(values: Sequence[float]) -> float | None:
    """100 × the mean; None of nothing."""
    return _percent(values)


def _percent(values: Sequence[float]) -> float | None:
    return 100 * math.fsum(values) / len(values) if values else None


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _given(answers: Sequence[str]) -> Sequence[str]:
    if not answers or not all(answer.strip() for answer in answers):
        raise InputError("There is no answer to compare with, or an empty one.")
    return answers


def _normal(text: str) -> str:
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


def _f1(predicted: Sequence[str], expected: Sequence[str]) -> float:
    if not predicted or not expected:
        return float(predicted == expected)
    shared = (Counter(predicted) & Counter(expected)).total()
    return 2 * shared / (len(predicted) + len(expected))
