"""Passages by their words: BM25 (Robertson & Zaragoza 2009), as bm25s computes it (Lù 2024).

Everything is bm25s's own default: lower-cased words of two or more characters, its English
stopwords, no stemming, Lucene's variant with k1 = 1.5 and b = 0.75. The folder is bm25s's too, and
its arrays are memory-mapped: a search reads the parts of the question's words and nothing else.
"""

import json
import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Work, finish
from models.files import write_error, write_json
from models.retrieval.postings import K1, B, Postings, posting
from models.retrieval.ranked import Ranked, best

_CHUNK = 4096
_WHOLE = 8 << 20  # occurrences, up to which every one is looked at when an index is opened
_VOCABULARY, _PARAMETERS = "vocab.index.json", "params.index.json"


class LexicalIndex:
    """A BM25 index over all passages; safe to search from several threads."""

    def __init__(self, postings: Postings, folder: Path | None = None) -> None:
        self.postings = postings
        self._folder = folder

    def __len__(self) -> int:
        return self.postings.total

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Indexes ``texts`` in row order; see ``building``."""
        return finish(cls.building(texts))

    @classmethod
    def building(cls, texts: Sequence[str]) -> Work["LexicalIndex"]:
        """The same as long work: yields Progress in passages.

        ``texts`` are read in slices, so a sequence that makes them when asked is never held whole.

        Raises:
            InputError: there is nothing to index.
        """
        if not len(texts):
            raise InputError("There are no passages to index.")
        return cls((yield from posting(texts, _CHUNK)))

    def search(self, question: str, k: int) -> Ranked:
        """The k best passages that hold at least one of the question's words."""
        return positive(self.scores(question), k)

    def scores(self, question: str) -> NDArray[np.float32]:
        """The BM25 score of every passage, (N,); 0 where no word matches.

        Raises:
            InputError: the index is damaged.
        """
        data, indices, _, vocabulary, count = self.postings
        scores = np.zeros(count, np.float32)
        try:
            for word in words(question):
                if word in vocabulary:
                    part = self._part(vocabulary[word])
                    np.add.at(scores, indices[part], data[part])
        except IndexError as error:  # a row beyond the last, which the opening did not look for
            raise _damaged(self._folder) from error
        return scores

    def _part(self, column: int) -> slice:
        starts = self.postings.indptr
        return slice(int(starts[column]), int(starts[column + 1]))

    def terms(self, question: str) -> Mapping[str, float]:
        """The question's words that some passage holds, with their inverse document frequency.

        ln(1 + (N − n + ½) / (n + ½)) for a word in n of N passages, as in the scores.
        """
        vocabulary = self.postings.vocabulary
        known: dict[str, float] = {}
        for word in words(question):
            if word in vocabulary:
                part = self._part(vocabulary[word])
                held = part.stop - part.start
                known[word] = math.log1p((len(self) - held + 0.5) / (held + 0.5))
        return known

    def weights(self, question: str, row: int) -> Mapping[str, float]:
        """What each word of the question adds to the score of passage ``row``; they add up to it.

        A word that is asked twice counts twice. Words that no passage holds are not listed.
        """
        data, indices, _, vocabulary, _ = self.postings
        added: dict[str, float] = {}
        for word in words(question):
            if word in vocabulary:
                part = self._part(vocabulary[word])
                value = float(data[part][indices[part] == row].sum())
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
            for name in ("data", "indices", "indptr"):
                np.save(_array(fresh, name), getattr(self.postings, name), allow_pickle=False)
            text = json.dumps(self.postings.vocabulary, ensure_ascii=False)
            (fresh / _VOCABULARY).write_text(text, "utf-8")
            write_json(fresh / _PARAMETERS, _parameters(len(self)))
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
        """Maps what ``save`` wrote, and reads its vocabulary.

        Where each word's part begins is checked always. The rows in it are looked at in an index
        of up to eight million occurrences; those of a larger one would be half a gigabyte to read,
        and a row beyond the last is refused by the search that meets it.

        Raises:
            InputError: files are missing, truncated, or do not belong together.
        """
        if not folder.is_dir():
            raise InputError(f"The word index {folder} is missing; build it again.")
        try:
            count = json.loads((folder / _PARAMETERS).read_text("utf-8"))["num_docs"]
            vocabulary = json.loads((folder / _VOCABULARY).read_text("utf-8"))
            data, indices, indptr = (
                np.load(_array(folder, name), mmap_mode="r", allow_pickle=False)
                for name in ("data", "indices", "indptr")
            )
            postings = Postings(data, indices, np.array(indptr), vocabulary, count)
            whole = _consistent(postings)
        except Exception as error:  # whatever NumPy or JSON say of a broken file
            raise _damaged(folder) from error
        if not whole:
            raise _damaged(folder)
        return cls(postings, folder)


def words(text: str) -> list[str]:
    """The words of a text as BM25 sees them: lower-cased, without stopwords, repeats kept."""
    import bm25s

    found: list[list[str]] = bm25s.tokenize(text, return_ids=False, show_progress=False)
    return found[0]


def positive(scores: NDArray[np.float32], k: int) -> Ranked:
    """The k best rows of ``scores`` (N,) among those above zero; equal ones by row."""
    rows = np.flatnonzero(scores > 0)
    return best(scores[rows], rows, k)


def _array(folder: Path, name: str) -> Path:
    return folder / f"{name}.csc.index.npy"


def _parameters(count: int) -> dict[str, object]:
    """What bm25s keeps beside its arrays, so that it can open the folder."""
    import bm25s

    ours = bm25s.BM25(k1=K1, b=B)
    names = ("k1", "b", "delta", "method", "idf_method", "dtype", "int_dtype", "backend")
    kept = {name: getattr(ours, name) for name in names}
    return {**kept, "num_docs": count, "version": bm25s.__version__}


def _damaged(folder: Path | None) -> InputError:
    return InputError(f"The word index {folder or 'in memory'} is damaged; build it again.")


def _consistent(postings: Postings) -> bool:
    """Whether the arrays fit each other, so that no search reads beyond them."""
    data, rows, starts, vocabulary, count = postings
    columns = np.fromiter(vocabulary.values(), np.int64, len(vocabulary))
    return bool(
        isinstance(count, int)
        and data.dtype == np.float32
        and np.issubdtype(rows.dtype, np.integer)
        and data.ndim == rows.ndim == starts.ndim == 1
        and len(data) == len(rows) == starts[-1]
        and starts[0] == 0
        and (np.diff(starts) >= 0).all()
        and (not len(rows) or len(rows) > _WHOLE or (rows.min() >= 0 and rows.max() < count))
        and (not len(columns) or (columns.min() >= 0 and columns.max() < len(starts) - 1))
    )
