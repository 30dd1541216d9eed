"""Questions with the passages that answer them, to train a retriever on, and some held out."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from models.data.records import Passages
from models.errors import InputError
from models.files import content_key_of

#: A title, which may be empty, and a text.
Titled = tuple[str, str]

_HELD, _DEV = 0.2, 0.1  # shares of the questions
_BATCH = 8192  # passages read at once


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; passages are rows of its set's corpus.

    Attributes:
        answers: accepted strings, if any are known.
        positives: passages to train on, one at least.
        hard: negatives that the data gives, the hardest first.
        known: further passages that answer it, which are never its negatives.
        group: what it is split by, such as its article.
    """

    text: str
    answers: tuple[str, ...]
    positives: tuple[int, ...]
    hard: tuple[int, ...] = ()
    known: tuple[int, ...] = ()
    group: str = ""


@dataclass(frozen=True, eq=False)
class QuestionSet:
    """Questions over a corpus, in three parts no two of which share a group.

    Attributes:
        source: what loads them again.
        passages: the corpus, the same for all three parts.
        train: to learn from.
        dev: to choose settings by.
        held: to be watched and measured.
        without: questions left out, since the corpus holds no passage for them.
        key: content key of it all.
        apart: rows that answer dev or held questions and none of those to learn from. They serve
            as no negatives: an encoder that is pushed off passages which are right for nothing
            that it learns comes to rank them last for every question, those held out included.
    """

    source: str
    passages: Passages
    train: tuple[Asked, ...]
    dev: tuple[Asked, ...]
    held: tuple[Asked, ...]
    without: int
    key: str
    apart: frozenset[int] = frozenset()


def question_parts(
    source: str,
    passages: Passages,
    asked: Sequence[Asked],
    without: int = 0,
    limit: int | None = None,
) -> QuestionSet:
    """Splits ``asked`` by group, the same way each time: a fifth is held, a tenth is for choices.

    Args:
        limit: at most so many questions, drawn at random after the split.

    Raises:
        InputError: there are too few to split, or the corpus has one passage only.
    """
    if len(asked) < 4:
        raise InputError(
            f"{source} gives {len(asked)} questions whose passage is in the corpus; it takes "
            "four at least."
        )
    if len(passages) < 2:
        raise InputError(f"The corpus of {source} has one passage only: there is no negative.")
    held, dev = _cut([question.group for question in asked])
    drawn = set(range(len(asked)))
    if limit is not None and limit < len(asked):
        drawn = set(random.Random(0).sample(range(len(asked)), limit))
    parts: tuple[list[Asked], ...] = ([], [], [])
    for place, question in enumerate(asked):
        if place in drawn:
            parts[1 if place in dev else 2 if place in held else 0].append(question)
    train, chosen, watched = map(tuple, parts)
    if len(train) < 2 or len(watched) < 2:
        raise InputError(f"{source} gives too few questions to set two of them aside.")
    aside = _answering(asked[place] for place in dev | held)
    learnt = _answering(question for n, question in enumerate(asked) if n not in dev | held)
    texts = (part for name in ("title", "text") for part in _cells(passages, name))
    lines = (repr((q.text, q.answers, q.positives, q.hard, q.known)) for q in asked)
    return QuestionSet(
        source=source,
        passages=passages,
        train=train,
        dev=chosen,
        held=watched,
        without=without,
        key=content_key_of(chain(texts, lines, [str(limit)])),
        apart=frozenset(aside - learnt),
    )


def _answering(asked: Iterable[Asked]) -> set[int]:
    return {row for question in asked for row in (*question.positives, *question.known)}


def _cells(passages: Passages, name: str) -> Iterator[str]:
    """A column from its first row to its last, never held whole."""
    for batch in passages.table.select([name]).to_batches(_BATCH):
        yield from batch.column(0).to_pylist()


def _cut(groups: Sequence[str]) -> tuple[set[int], set[int]]:
    """The places of the held and of the dev questions.

    Whole groups are taken in a random order until each part is full. Where one group is most of
    the data, as with a single article, questions are taken singly.
    """
    places: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    if max(map(len, places.values())) > len(groups) / 3:
        places = {str(place): [place] for place in range(len(groups))}
    order = sorted(places)
    random.Random(0).shuffle(order)
    held: set[int] = set()
    dev: set[int] = set()
    for name in order:
        if len(held) < _HELD * len(groups):
            held.update(places[name])
        elif len(dev) < _DEV * len(groups):
            dev.update(places[name])
    return held, dev
