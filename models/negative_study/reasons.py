"""In one sentence, why a passage was chosen as a negative, or was not."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.data.asked import Asked
from models.negative_study.gathered import Gathered
from models.negative_study.pick import Kind, Picked, Spec

_RARE = 0.02  # share of the passages that hold a rare word at most
_FEW = 3  # passages that may hold it however few there are
_LISTED = 4  # words that are named
_ASKED = 90  # characters of another question


def reason(
    gathered: Gathered,
    place: int,
    picked: Picked,
    row: int,
    kinds: Sequence[Kind],
    lexical: NDArray[np.float32],
    scores: Sequence[NDArray[np.float32]],
    spec: Spec,
) -> str:
    """Why ``row`` stands beside the question at ``place``.

    Args:
        kinds: all that it is.
        lexical: (N,) BM25 scores of the question.
        scores: (N,) under A and B.
    """
    question = gathered.questions[place]
    if kinds[0] == "positive":
        answer = gathered.holds(row, question.answers)
        holds = f"; it holds the answer “{answer}”" if answer else ""
        if row != question.positives[0]:
            return f"Right as well{holds}. The loss here takes the first right passage."
        words = f"The passage that the question has to find{holds}."
        if row in picked.askers:
            asked = _other(gathered, picked, row)
            words += (
                f" It is the gold passage of another question in the batch too, “{asked}”, so that "
                "the paper's own loss counts it as a negative as well."
            )
        return words
    if kinds[0] == "false":
        came, why = picked.false[row]
        how = _came(gathered, picked, row, came, lexical, scores)
        return f"It {why}: excluded as a false negative. {how}"
    near = [kind for kind in kinds if kind in ("dense_a", "dense_b")]
    sentences = []
    for kind in kinds:
        if kind not in near:
            sentences.append(_chosen(gathered, place, picked, row, kind, lexical, spec))
        elif kind == near[0]:  # one sentence for both
            sentences.append(_near(gathered, place, row, near, scores))
    return " ".join(sentences)


def shared_words(gathered: Gathered, question: str, row: int) -> list[str]:
    """The words of the question that a passage holds, those that add most to BM25 first."""
    weights = gathered.lexical.weights(question, row)
    held = [word for word, weight in weights.items() if weight > 0]
    return sorted(held, key=lambda word: (-weights[word], word))


def _chosen(
    gathered: Gathered,
    place: int,
    picked: Picked,
    row: int,
    kind: Kind,
    lexical: NDArray[np.float32],
    spec: Spec,
) -> str:
    question = gathered.questions[place]
    if kind == "given":
        return "The data names it as a hard negative."
    if kind == "bm25":
        words = _sharing(gathered, question.text, row)
        return f"BM25 ranks it {_rank(lexical, row):,}: it {words}, but {_lacks(question)}."
    if kind == "gold":
        asked = _other(gathered, picked, row)
        return f"The gold passage of another question in the batch, “{asked}”."
    return f"Drawn at random from {len(gathered.passages):,} passages with seed {spec.seed}."


def _near(
    gathered: Gathered,
    place: int,
    row: int,
    kinds: Sequence[Kind],
    scores: Sequence[NDArray[np.float32]],
) -> str:
    """Of a passage that one encoder, or both, put near the question."""
    sides = [0 if kind == "dense_a" else 1 for kind in kinds]
    ranks = " and ".join(f"{_rank(scores[side], row):,} under {'AB'[side]}" for side in sides)
    lacks = _lacks(gathered.questions[place])
    return f"By closeness number {ranks}, of {len(gathered.passages):,}; but it {lacks}."


def _lacks(question: Asked) -> str:
    return "does not hold the answer" if question.answers else "is not known to answer it"


def _came(
    gathered: Gathered,
    picked: Picked,
    row: int,
    came: Kind,
    lexical: NDArray[np.float32],
    scores: Sequence[NDArray[np.float32]],
) -> str:
    """By what way a false negative would have come in."""
    if came == "given":
        return "The data names it as a hard negative all the same."
    if came == "bm25":
        return f"BM25 ranks it {_rank(lexical, row):,}."
    if came in ("dense_a", "dense_b"):
        side = 0 if came == "dense_a" else 1
        return f"By closeness it is number {_rank(scores[side], row):,} under {'AB'[side]}."
    if came == "gold":
        asked = _other(gathered, picked, row)
        return (
            f"It is the gold passage of another question in the batch, “{asked}”, and the paper's "
            "own loss would push it away."
        )
    return "It was drawn at random."


def _sharing(gathered: Gathered, question: str, row: int) -> str:
    """Such as "shares 4 words with the question, 2 of them rare (…)"."""
    words = shared_words(gathered, question, row)
    terms = gathered.lexical.terms(question)
    count = len(gathered.passages)
    # The inverse document frequency tells how many passages hold a word.
    held = {word: (count + 1) / math.exp(terms[word]) - 0.5 for word in words}
    rare = [word for word in words if held[word] <= max(_FEW, _RARE * count) + 0.01]
    named = rare or words
    listed = ", ".join(named[:_LISTED]) + (", …" if len(named) > _LISTED else "")
    what = "a word" if len(words) == 1 else f"{len(words)} words"
    if not rare:
        return f"shares {what} with the question ({listed}), none of them rare"
    if len(words) == 1:
        return f"shares a rare word with the question ({listed})"
    return f"shares {what} with the question, {len(rare)} of them rare ({listed})"


def _other(gathered: Gathered, picked: Picked, row: int) -> str:
    text = " ".join(gathered.questions[picked.askers[row]].text.split())
    return text if len(text) <= _ASKED else f"{text[:_ASKED].rsplit(' ', 1)[0]} …"


def _rank(scores: NDArray[np.float32], row: int) -> int:
    return 1 + int((scores > scores[row]).sum())
