"""Questions with the place of their answer: SQuAD's JSON, split by article."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.data.decode import UnreadableFileError, clean, decode
from models.data.formats import Paragraph, is_squad, squad_paragraphs
from models.data.json_rows import parse_json
from models.encoders.tokens import Span
from models.errors import InputError
from models.events import Progress, Skipped, Work
from models.files import content_key
from models.reader.sample import BUNDLED, sample_paragraphs

_HELD, _DEV = 0.2, 0.1  # of the articles
_FEWEST = 4  # articles from which on one is set aside for choices
_NAMED = {"train-v1.1.json", "train-v2.0.json", "dev-v1.1.json", "dev-v2.0.json"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a paragraph.

    Attributes:
        paragraph: its row in the set's paragraphs.
        answers: accepted strings; none where the paragraph does not answer the question.
        span: characters of the first answer in the paragraph.
        plausible: of a question without an answer, characters that look like one, where SQuAD 2.0
            names them (Rajpurkar et al. 2018, §3).
    """

    question: str
    paragraph: int
    answers: tuple[str, ...] = ()
    span: Span | None = None
    plausible: Span | None = None


@dataclass(frozen=True, eq=False)
class ReaderSet:
    """What a reader learns from.

    Attributes:
        paragraphs: texts.
        articles: (paragraphs,) the title of each one's article.
        train, dev, held: pairs of different articles: to learn from, to choose by (none where
            articles are few), and to be tested on.
        key: content key of all of it.
    """

    paragraphs: tuple[str, ...]
    articles: tuple[str, ...]
    train: tuple[Pair, ...]
    dev: tuple[Pair, ...]
    held: tuple[Pair, ...]
    key: str

    @property
    def held_articles(self) -> tuple[str, ...]:
        """Titles that nothing was learnt from."""
        return tuple(dict.fromkeys(self.articles[pair.paragraph] for pair in self.held))


def read_reader_set(path: Path, limit: int | None = None) -> Work[ReaderSet]:
    """Reads SQuAD's JSON, v1.1 or v2.0, or a folder with one such file, or the bundled questions.

    A fifth of the articles, chosen by their titles, is held back whole, and a tenth for choices:
    questions of one article share its names and dates. Yields Progress, and Skipped for a question
    whose answer is not where the file says or that is damaged.

    Args:
        limit: at most so many pairs to learn from, the first ones.

    Raises:
        InputError: the file is missing or no such file, or it has fewer than two articles with
            answers.
    """
    yield Progress("Reading questions")
    bundled = str(path) == BUNDLED
    file = path if bundled else _file(path)
    paragraphs: list[str] = []
    articles: list[str] = []
    pairs: list[Pair] = []
    for item in sample_paragraphs() if bundled else _squad(file):
        if isinstance(item, Skipped):
            yield item
            continue
        for pair in _pairs(item, len(paragraphs)):
            if isinstance(pair, Pair):
                pairs.append(pair)
            else:
                yield pair
        paragraphs.append(item.context)
        articles.append(item.title)
    answered = {articles[pair.paragraph] for pair in pairs if pair.span is not None}
    if len(answered) < 2:
        raise UnreadableFileError(
            file, "A reader needs answers in two articles, one of them to be tested on."
        )
    held, dev = held_articles(answered), dev_articles(answered)
    apart = held | dev
    train = [pair for pair in pairs if articles[pair.paragraph] not in apart][:limit]
    chosen = [pair for pair in pairs if articles[pair.paragraph] in dev]
    rest = [pair for pair in pairs if articles[pair.paragraph] in held]
    if not any(pair.span for pair in train):
        raise InputError(f"None of the first {limit} questions of {file} has an answer.")
    parts = tuple(train), tuple(chosen), tuple(rest)
    key = content_key("reader set 2", *paragraphs, *(repr(p) for part in parts for p in part))
    return ReaderSet(tuple(paragraphs), tuple(articles), *parts, key)


def held_articles(titles: set[str]) -> frozenset[str]:
    """A fifth of ``titles``, at least one: those whose content key comes first."""
    order = _order(titles)
    return frozenset(order[: max(1, math.floor(_HELD * len(order)))])


def dev_articles(titles: set[str]) -> frozenset[str]:
    """A tenth of ``titles``, those that come next; none of a few, which are needed to learn."""
    order = _order(titles)
    first = len(held_articles(titles))
    count = max(1, math.floor(_DEV * len(order))) if len(order) >= _FEWEST else 0
    return frozenset(order[first : first + count])


def _order(titles: set[str]) -> list[str]:
    return sorted(titles, key=lambda title: content_key("held", title))


def _squad(file: Path) -> Iterator[Paragraph | Skipped]:
    try:
        value = parse_json(decode(file).text)
    except ValueError as error:
        raise UnreadableFileError(file, "It is not well-formed JSON.") from error
    if not is_squad(value):
        raise UnreadableFileError(file, "It is JSON, but not SQuAD's with data and paragraphs.")
    yield from squad_paragraphs(value, file.name)


def _file(path: Path) -> Path:
    if not path.is_dir():
        if not path.exists():
            raise InputError(f"There is no file or folder {path}.")
        return path
    files = sorted(path.glob("*.json"))
    named = [file for file in files if file.name in _NAMED]
    # A folder of SQuAD's may hold other files beside those that people know by name.
    chosen = sorted(named, key=lambda file: not file.name.startswith("train"))[:1] or files
    if len(chosen) != 1:
        raise InputError(f"{path} holds {len(files)} JSON files; name the one with the questions.")
    return chosen[0]


def _pairs(item: Paragraph, row: int) -> Iterator[Pair | Skipped]:
    for number, entry in enumerate(item.questions, 1):
        where = f"{item.id}, question {number}"
        text = entry.get("question") if isinstance(entry, dict) else None
        if not isinstance(text, str) or not text.strip():
            yield Skipped(where, "It has no question.")
            continue
        question = clean(text).strip()
        found = entry.get("answers") or []
        if entry.get("is_impossible") or not found:
            yield Pair(question, row, plausible=_plausible(item.context, entry))
            continue
        answers = found if isinstance(found, list) else []
        texts = [_text(answer) for answer in answers]
        span = _place(item.context, answers[0]) if texts and all(texts) else None
        if span is None:
            yield Skipped(where, "Its answer is not in its paragraph.")
        else:
            yield Pair(question, row, tuple(dict.fromkeys(texts)), span)


def _plausible(context: str, entry: dict[str, Any]) -> Span | None:
    found = entry.get("plausible_answers")
    first = found[0] if isinstance(found, list) and found else None
    return _place(context, first) if isinstance(first, dict) and _text(first) else None


def _text(answer: Any) -> str:
    text = answer.get("text") if isinstance(answer, dict) else None
    return clean(text).strip() if isinstance(text, str) else ""


def _place(context: str, answer: dict[str, Any]) -> Span | None:
    """Where the answer stands, the nearest to where the file says: spaces before a paragraph and
    line ends were taken away since."""
    text, said = _text(answer), answer.get("answer_start")
    if not isinstance(said, int):
        return None
    after, before = context.find(text, max(0, said)), context.rfind(text, 0, said + len(text))
    places = [place for place in (before, after) if place >= 0]
    if not places:
        return None
    start = min(places, key=lambda place: abs(place - said))
    return start, start + len(text)
