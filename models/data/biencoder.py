"""DPR's training files: ``biencoder-*.json``, a list of questions each with its passages."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.data.asked import Titled
from models.data.decode import UnreadableFileError, clean
from models.data.drafts import Draft, answers_of
from models.data.questions import Question
from models.errors import InputError
from models.events import Skipped
from models.files import atomic_path

_KEYS = ("question", "positive_ctxs")
_CHUNK = 1 << 20
_BLANK, _BETWEEN = re.compile(r"\s*"), re.compile(r"[\s,]*")
#: Passages of each kind that are kept of a question; files have a hundred, training uses a few.
_KEPT = 30


@dataclass(frozen=True, slots=True)
class Context:
    """A passage as such a file has it; of a gold passage, DPR's files have the score 1000."""

    id: str
    title: str
    text: str
    score: float


def json_entries(path: Path) -> Iterator[Any]:
    """The entries of a JSON file that holds a list, one at a time, however large the file is.

    Raises:
        UnreadableFileError: it cannot be opened, or is no list, or is cut short.
    """
    decoder = json.JSONDecoder()
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_CHUNK)
            at = _BLANK.match(text).end()  # type: ignore[union-attr]
            if text[at : at + 1] != "[":
                raise UnreadableFileError(path, "It is not a list of questions.")
            at += 1
            while True:
                at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
                if text[at : at + 1] == "]":
                    return
                try:
                    value, end = decoder.raw_decode(text, at)
                except (json.JSONDecodeError, RecursionError):
                    end = len(text)
                if end < len(text):
                    yield value
                    at = end
                    continue
                # The entry goes on in the next chunk. Twice as much is read each time, so that a
                # long one is not parsed over and over.
                more = file.read(max(_CHUNK, len(text) - at))
                if not more:
                    raise UnreadableFileError(path, "It is cut short, or not JSON.")
                text, at = text[at:] + more, 0
    except UnicodeDecodeError as error:
        raise UnreadableFileError(path, "It is not text in UTF-8.") from error
    except OSError as error:
        raise UnreadableFileError(path, f"It cannot be opened ({error.strerror}).") from error


def is_biencoder(path: Path) -> bool:
    """Whether the first entry of a JSON file is laid out as DPR's training files are."""
    try:
        first = next(json_entries(path), None)
    except UnreadableFileError:
        return False
    return isinstance(first, dict) and all(key in first for key in _KEYS)


def biencoder_drafts(path: Path) -> Iterator[Draft | Skipped]:
    """The questions of such a file; the first positive is trained on, as in the paper's code, and
    further ones are only known to be none of its negatives.

    Raises:
        UnreadableFileError: as ``json_entries``.
    """
    for number, entry in enumerate(json_entries(path), 1):
        where = f"{path.name}, entry {number}"
        try:
            text = clean(entry["question"]).strip()
            answers = answers_of(entry.get("answers") or ())
            positives = _titled(entry["positive_ctxs"])
            hard = _titled(entry.get("hard_negative_ctxs") or ())
            plain = _titled(entry.get("negative_ctxs") or ())
            group = str(entry.get("group") or text.casefold())
        except (KeyError, TypeError, AttributeError):
            yield Skipped(where, "It is not laid out as DPR's questions are.")
            continue
        except InputError as error:
            yield Skipped(where, str(error))
            continue
        if not text:
            yield Skipped(where, "It has no question.")
            continue
        question = Question(f"{number} (“{text[:60]}”)", text, answers)
        # The paper's code takes plain negatives where there are no hard ones.
        yield Draft(question, positives[:1], hard or plain, positives[1:], group)


def _titled(contexts: Sequence[Mapping[str, Any]]) -> tuple[Titled, ...]:
    pairs = ((clean(c.get("title") or "").strip(), clean(c["text"]).strip()) for c in contexts)
    return tuple(dict.fromkeys(pair for pair in pairs if pair[1]))[:_KEPT]


def biencoder_entry(
    question: str,
    answers: Sequence[str],
    positives: Iterable[Context],
    hard: Iterable[Context],
    plain: Iterable[Context] = (),
    group: str = "",
) -> dict[str, Any]:
    """One question as such a file has it; ``group`` is a key of this program's own, by which
    questions about one article stay on one side of a split."""
    return {
        "question": question,
        "answers": list(answers),
        "positive_ctxs": [_context(c) for c in positives],
        "negative_ctxs": [_context(c) for c in plain],
        "hard_negative_ctxs": [_context(c) for c in hard],
        **({"group": group} if group else {}),
    }


def _context(context: Context) -> dict[str, Any]:
    return {
        "title": context.title,
        "text": context.text,
        "score": context.score,
        "passage_id": context.id,
    }


def write_biencoder(path: Path, entries: Iterable[Mapping[str, Any]]) -> int:
    """Writes entries one after the other, by atomic rename; how many there were.

    Raises:
        InputError: the file cannot be written.
    """
    count = 0
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write("[")
        for entry in entries:
            file.write(",\n" if count else "\n")
            json.dump(entry, file, ensure_ascii=False)
            count += 1
        file.write("\n]\n")
    return count
