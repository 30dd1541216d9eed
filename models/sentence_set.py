"""The sentences of a text file under an encoder, ready to be measured on the hypersphere."""

from dataclasses import replace
from pathlib import Path

from models.data.decode import TextLines, UnreadableFileError, clean
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.events import Progress, Work
from models.geometry import sampled_rows
from models.vector_sets import Drawn, VectorSet, draw

_STEP = 100_000  # lines between two reports


def read_sentences(path: Path) -> Work[tuple[str, ...]]:
    """One sentence a line; empty lines are passed over, and lines too long to be held.

    Raises:
        InputError: the file is missing, cannot be read, or holds no sentence.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    found = []
    with TextLines(path) as lines:
        for line in lines:
            if lines.number % _STEP == 1:
                yield Progress("Reading", lines.number - 1, None, "lines")
            if line is not None and line.strip():
                found.append(clean(line).strip())
    if not found:
        raise UnreadableFileError(path, "It holds no sentence.")
    return tuple(found)


def draw_sentences(
    path: Path, encoder: Encoder, most: int, seed: int = 0, kept: Path | None = None
) -> Work[tuple[VectorSet, Drawn]]:
    """Sentences of a file, all or ``most`` of them at random; only those drawn are embedded.

    Args:
        path: one sentence a line.
        encoder: what makes the vectors.
        most: to draw.
        seed: of the draw.
        kept: the folder of vectors that were made before, if any.

    Raises:
        InputError: the file is missing or holds fewer than two sentences.
    """
    sentences = yield from read_sentences(path)
    rows = sampled_rows(len(sentences), most, seed)
    array = yield from SentenceVectors(encoder, kept).of([sentences[row] for row in rows])
    source = VectorSet(
        name=path.name,
        path=path,
        array=array,
        noun="sentences",
        encoder=encoder.card.name,
        pooling=encoder.card.conventions.pooling,
    )
    drawn = draw(source, len(array), seed)
    return source, replace(drawn, rows=rows, of=len(sentences))
