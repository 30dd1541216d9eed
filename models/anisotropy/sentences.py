"""The sentences that an encoder is looked into with: each once, and of many a sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.data.training_text import sentence_set
from models.events import Progress, Work
from models.geometry import sampled_rows
from models.project import Project

_STEP = 500  # passages between two reports
_PASSAGES = 10_000  # that are cut into sentences at most, unless more sentences are wanted


@dataclass(frozen=True, eq=False)
class Sentences:
    """Different sentences.

    Attributes:
        name: where they are from, in words.
        texts: all, or those that were drawn at random.
        of: how many there are in all.
        seed: of the draw.
    """

    name: str
    texts: tuple[str, ...]
    of: int
    seed: int

    @property
    def about(self) -> str:
        """How many, and how they were chosen."""
        if len(self.texts) == self.of:
            return f"All {self.of:,} sentences of {self.name}"
        drawn = f"{len(self.texts):,} of {self.of:,} sentences of {self.name}"
        return f"{drawn}, drawn at random with seed {self.seed}"


def sentences_of(source: str, name: str, most: int, seed: int = 0) -> Work[Sentences]:
    """The sentences of a file, or with "bundled" of the sample that comes with the program.

    Args:
        source: as ``models.data.training_text.sentence_set`` takes it.
        name: what ``source`` is called.
        most: to draw.
        seed: of the draw.

    Raises:
        InputError: the file cannot be read, or holds fewer than two sentences.
    """
    found = yield from sentence_set(source, 0)
    return _drawn(name, [text for (text, *_) in found.train], most, seed)


def sentences_of_project(project: Project, most: int, seed: int = 0) -> Work[Sentences]:
    """Sentences of a corpus, by rule where they begin and end; of a large one, of some passages."""
    rows = sampled_rows(len(project.passages), max(_PASSAGES, most), seed)
    texts = project.passages.table.column("text").take(rows).to_pylist()
    found: dict[str, None] = {}
    for done, text in enumerate(texts):
        if done % _STEP == 0:
            yield Progress("Finding sentences", done, len(texts), "passages")
        found.update(dict.fromkeys(_split(text)))
    name = project.manifest.name
    if len(rows) < len(project.passages):
        name = f"{len(rows):,} passages of {name}"
    return _drawn(name, list(found), most, seed)


def _split(text: str) -> Iterator[str]:
    from models.retrieval.sentences import sentences

    for start, end in sentences(text):
        yield " ".join(text[start:end].split())


def _drawn(name: str, texts: Sequence[str], most: int, seed: int) -> Sentences:
    rows = sampled_rows(len(texts), most, seed)
    return Sentences(name, tuple(texts[row] for row in rows), len(texts), seed)
