"""Passages by their words: BM25 (Robertson & Zaragoza 2009), as bm25s computes it (Lù 2024).

Everything is bm25s's own default: lower-cased words of two or more characters, its English
stopwords, no stemming, Lucene's variant with k1 = 1.5 and b = 0.75.
"""

import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Progress, Work, finish
from models.files import write_error
from models.retrieval.ranked import Ranked, best

_CHUNK = 4096


class LexicalIndex:
    """A BM25 index over all passages; safe to search from several threads."""

    def __init__(self, bm25: Any) -> None:
        self._bm25 = bm25

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Indexes ``texts`` in row order; see ``building``."""
        return finish(cls.building(texts))

    @classmethod
    def building(cls, texts: Sequence[str]) -> Work["LexicalIndex"]:
        """The same as long work: yields Progress in passages.

        Raises:
            InputError: there is nothing to index.
        """
        import bm25s

        if not len(texts):
            raise InputError("There are no passages to index.")
        # The empty word keeps the vocabulary from being empty when no passage has any word.
        vocabulary = {"": 0}
        documents: list[list[int]] = []
        for start in range(0, len(texts), _CHUNK):
            yield Progress("Indexing words", start, len(texts), "passages")
            chunk = list(texts[start : start + _CHUNK])
            found = bm25s.tokenize(chunk, show_progress=False)
            ids = [vocabulary.setdefault(word, len(vocabulary)) for word in found.vocab]
            documents.extend([ids[word] for word in words] for words in found.ids)
        bm25 = bm25s.BM25()
        with np.errstate(invalid="ignore"):  # a mean length of zero, when no passage has words
            bm25.index((documents, vocabulary), show_progress=False)
        yield Progress("Indexing words", len(texts), len(texts), "passages")
        return cls(bm25)

    def search(self, question: str, k: int) -> Ranked:
        """The k best passages that hold at least one of the question's words."""
        return positive(self.scores(question), k)

    def scores(self, question: str) -> NDArray[np.float32]:
        """The BM25 score of every passage, (N,); 0 where no word matches."""
        ids = self._bm25.get_tokens_ids(words(question))
        scores: NDArray[np.float32] = self._bm25.get_scores_from_ids(ids)
        return scores

    def terms(self, question: str) -> Mapping[str, float]:
        """The question's words that some passage holds, with their inverse document frequency.

        ln(1 + (N − n + ½) / (n + ½)) for a word in n of N passages, as in the scores.
        """
        starts, vocabulary = self._bm25.scores["indptr"], self._bm25.vocab_dict
        known: dict[str, float] = {}
        for word in words(question):
            if word in vocabulary:
                held = int(starts[vocabulary[word] + 1] - starts[vocabulary[word]])
                known[word] = math.log1p((len(self) - held + 0.5) / (held + 0.5))
        return known

    def weights(self, question: str, row: int) -> Mapping[str, float]:
        """What each word of the question adds to the score of passage ``row``; they add up to it.

        A word that is asked twice counts twice. Words that no passage holds are not listed.
        """
        starts, vocabulary = self._bm25.scores["indptr"], self._bm25.vocab_dict
        rows, values = self._bm25.scores["indices"], self._bm25.scores["data"]
        added: dict[str, float] = {}
        for word in words(question):
            if word in vocabulary:
                part = slice(starts[vocabulary[word]], starts[vocabulary[word] + 1])
                value = float(values[part][rows[part] == row].sum())
                added[word] = added.get(word, 0.0) + value
        return added

    def save(self, folder: Path) -> None:
        """Writes arrays and JSON, no pickle, into a folder that appears whole or not at all.

        Raises:
            InputError: the folder cannot be written.
        """
        fresh: Path | None = None
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            fresh.chmod(0o755)
            self._bm25.save(fresh, show_progress=False)
            if folder.exists():
                shutil.rmtree(folder)
            fresh.replace(folder)
        except OSError as error:
            raise write_error(folder, error) from error
        finally:
            if fresh is not None:
                shutil.rmtree(fresh, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Reads what ``save`` wrote.

        Raises:
            InputError: files are missing, truncated, or do not belong together.
        """
        import bm25s

        if not folder.is_dir():
            raise InputError(f"The word index {folder} is missing; build it again.")
        try:
            bm25 = bm25s.BM25.load(folder, show_progress=False)
            whole = _consistent(bm25)
        except Exception as error:  # whatever bm25s, NumPy or JSON say of a broken file
            raise InputError(f"The word index {folder} is damaged; build it again.") from error
        if not whole:
            raise InputError(f"The word index {folder} is damaged; build it again.")
        return cls(bm25)


def words(text: str) -> list[str]:
    """The words of a text as BM25 sees them: lower-cased, without stopwords, repeats kept."""
    import bm25s

    found: list[list[str]] = bm25s.tokenize(text, return_ids=False, show_progress=False)
    return found[0]


def positive(scores: NDArray[np.float32], k: int) -> Ranked:
    """The k best rows of ``scores`` (N,) among those above zero; equal ones by row."""
    rows = np.flatnonzero(scores > 0)
    return best(scores[rows], rows, k)


def _consistent(bm25: Any) -> bool:
    """Whether the arrays fit each other, so that no search reads beyond them."""
    data, rows, starts = (bm25.scores[name] for name in ("data", "indices", "indptr"))
    count, vocabulary = bm25.scores["num_docs"], bm25.vocab_dict
    return bool(
        isinstance(count, int)
        and data.dtype == np.float32
        and len(data) == len(rows) == starts[-1]
        and starts[0] == 0
        and (np.diff(starts) >= 0).all()
        and (len(rows) == 0 or (rows.min() >= 0 and rows.max() < count))
        and set(vocabulary.values()) <= set(range(len(starts) - 1))
    )
