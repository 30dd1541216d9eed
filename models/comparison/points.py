"""The texts on which two encoders are held against one another, and their vectors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.blocks import gather
from models.data.sts import Pair, read_benchmark, read_sts
from models.encoders.base import Encoder, Text
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.events import Progress, Work
from models.geometry import sampled_rows
from models.project import Project, text_of
from models.samples import assets
from models.sentence_set import read_sentences

STSB = "STSB"


def _empty() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Points:
    """N texts, all there are or a sample.

    Attributes:
        name: where they are from.
        noun: what one is, in the plural.
        texts: N as they are embedded.
        rows: (N,) their numbers in the whole, ascending, read-only.
        of: how many there are in the whole.
        columns: N cells each, to colour by.
        pairs: (P, 2) which of the N were judged together, if any; read-only.
        gold: (P,) how alike people found them, 0 … 5; read-only.
        project: whose passages these are.
    """

    name: str
    noun: str
    texts: tuple[Text, ...]
    rows: NDArray[np.int64]
    of: int
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    pairs: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    gold: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    project: Project | None = None

    def __post_init__(self) -> None:
        for array in (self.rows, self.pairs, self.gold):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def sentence(self) -> str:
        """How many, and how they were chosen."""
        if len(self) == self.of:
            return f"All {self.of:,} {self.noun} of {self.name}"
        count = f"{len(self):,} of {self.of:,} {self.noun} of {self.name}"
        return f"{count}, drawn at random with seed 0"


def of_corpus(project: Project, most: int, seed: int = 0) -> Work[Points]:
    """Passages of a corpus, with titles where the corpus embeds them."""
    yield Progress("Reading passages")
    rows = sampled_rows(len(project.passages), most, seed)
    table = project.passages.table.take(rows)
    titles, bodies = (table.column(name).to_pylist() for name in ("title", "text"))
    names = ("title", "source", *project.passages.fields)
    columns = {name: tuple(table.column(name).to_pylist()) for name in names}
    return Points(
        name=project.manifest.name,
        noun="passages",
        texts=tuple(
            text_of(title, body, project.manifest.titles)
            for title, body in zip(titles, bodies, strict=True)
        ),
        rows=rows,
        of=len(project.passages),
        columns=MappingProxyType(columns),
        project=project,
    )


def of_sample(most: int, seed: int = 0) -> Work[Points]:
    """Passages of the bundled sample."""
    yield Progress("Reading passages")
    lines = (assets() / "sample" / "passages.jsonl").read_text("utf-8").splitlines()
    rows = sampled_rows(len(lines), most, seed)
    drawn = [json.loads(lines[row]) for row in rows]
    columns = {name: tuple(each[name] for each in drawn) for name in ("topic", "title")}
    texts: tuple[Text, ...] = tuple((each["title"], each["text"]) for each in drawn)
    return Points(
        "the bundled sample", "passages", texts, rows, len(lines), MappingProxyType(columns)
    )


def of_file(path: Path, most: int, seed: int = 0) -> Work[Points]:
    """Sentences of a file, one a line.

    Raises:
        InputError: the file is missing, cannot be read, or holds no sentence.
    """
    sentences = yield from read_sentences(path)
    rows = sampled_rows(len(sentences), most, seed)
    texts = tuple(sentences[row] for row in rows)
    return Points(path.name, "sentences", texts, rows, len(sentences))


def of_stsb(path: Path, most: int, seed: int = 0) -> Work[Points]:
    """The sentences of STS-B's test pairs, each once; of more than ``most``, whole pairs are drawn.

    Args:
        path: a SentEval folder, or a file of STS-B.
        most: sentences.
        seed: of the draw.

    Raises:
        InputError: there is no such file, or a line of it is bad.
    """
    yield Progress("Reading STS-B")
    pairs = stsb_pairs(path)
    every = dict.fromkeys(text for pair in pairs for text in (pair.first, pair.second))
    number = {text: at for at, text in enumerate(every)}
    drawn = pairs
    if len(every) > most:
        drawn = tuple(pairs[row] for row in sampled_rows(len(pairs), max(1, most // 2), seed))
    places = np.array([(number[pair.first], number[pair.second]) for pair in drawn])
    rows, within = np.unique(places, return_inverse=True)
    texts = tuple(every)
    genres = {text: pair.subset for pair in pairs for text in (pair.first, pair.second)}
    return Points(
        name="STS-B",
        noun="sentences",
        texts=tuple(texts[row] for row in rows),
        rows=rows,
        of=len(texts),
        columns=MappingProxyType({"genre": tuple(genres[texts[row]] for row in rows)}),
        pairs=within.reshape(-1, 2),
        gold=np.array([pair.gold for pair in drawn]),
    )


def stsb_pairs(path: Path) -> tuple[Pair, ...]:
    """The test pairs of STS-B in a SentEval folder, or the pairs of a file of STS-B.

    Raises:
        InputError: there is no such file, or a line of it is bad.
    """
    pairs = read_benchmark(path) if path.is_file() else read_sts(path, STSB)
    if not pairs:
        raise InputError(f"{path} holds no pair of sentences.")
    return pairs


def embed(
    points: Points, encoder: Encoder, kept: Path | None, stage: str
) -> Work[NDArray[np.float32]]:
    """(N, D) the vectors of ``points``, read-only; those of an encoder's own corpus are there.

    Args:
        points: the texts.
        encoder: what makes the vectors.
        kept: the folder of vectors that were made before, if any.
        stage: what progress is called.
    """
    project = points.project
    if project is not None and project.vectors.encoder_key == encoder.card.key:
        yield Progress(stage)
        array = gather(project.vectors.array, points.rows)
    else:
        array = yield from SentenceVectors(encoder, kept).of(points.texts, stage)
    array.setflags(write=False)
    return array


def words(text: Text) -> str:
    """A text in one line, its title first."""
    title, body = ("", text) if isinstance(text, str) else text
    title, body = (" ".join(part.split()) for part in (title, body))
    return f"{title.rstrip('.')}. {body}" if title and body else title or body or "–"
