"""From files to passages on the disk, and from there to the texts that are embedded and indexed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.data.cut import cut
from models.data.lazy import Lazy
from models.data.passage_file import PassageFile
from models.data.read import read_corpus
from models.data.records import Document, Passage, Passages
from models.encoders.base import Text
from models.errors import InputError
from models.events import Progress, Skipped, Work
from models.project import Recipe, plain, text_of
from models.samples import SAMPLES

_BATCH = 8192  # passages that wait as Python objects
_SHOWN = 200  # skipped records listed in the manifest; all are counted


@dataclass
class Tally:
    """What was read and what was not."""

    documents: int = 0
    skipped: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)

    def skip(self, event: Skipped) -> None:
        """Counts a record that could not be used, and keeps why of the first 200."""
        self.skipped += 1
        if len(self.shown) < _SHOWN:
            self.shown.append((event.where, event.why))


def read_passages(recipe: Recipe, path: Path, tally: Tally) -> Work[Passages]:
    """Reads and cuts the sources into an Arrow file at ``path``, and opens it.

    Raises:
        InputError: nothing readable in the sources.
        OSError: the disk is full.
    """
    batch: list[Passage] = []
    seen: set[str] = set()
    with PassageFile(path) as file:
        for item in _documents(recipe):
            if isinstance(item, Progress):
                yield item
                continue
            if isinstance(item, Skipped):
                tally.skip(item)
                yield item
                continue
            tally.documents += 1
            for passage in cut(item, recipe.cutting):
                if passage.id in seen:
                    skipped = Skipped(item.source, f"A second record has the id {passage.id}.")
                    tally.skip(skipped)
                    yield skipped
                    continue
                seen.add(passage.id)
                batch.append(passage)
            if len(batch) >= _BATCH:
                file.add(batch)
                batch = []
                yield Progress("Reading", len(seen), None, "passages")
        if batch:
            file.add(batch)
        if not seen:
            raise InputError(f"No text was found in {', '.join(recipe.sources)}.")
        return file.done()


def texts_of(passages: Passages, titles: bool) -> Lazy[Text]:
    """What an encoder is given for each passage, (N,), made block by block."""

    def read(start: int, stop: int) -> list[Text]:
        block = passages.table.slice(start, stop - start)
        pairs = zip(*(block.column(name).to_pylist() for name in ("title", "text")), strict=True)
        return [text_of(title, text, titles) for title, text in pairs]

    return Lazy(len(passages), read)


def plain_of(texts: Lazy[Text]) -> Lazy[str]:
    """The same for BM25."""
    return Lazy(len(texts), lambda start, stop: [plain(text) for text in texts[start:stop]])


def _documents(recipe: Recipe) -> Iterator[Document | Skipped | Progress]:
    if len(recipe.sources) == 1 and recipe.sources[0] in SAMPLES:
        return SAMPLES[recipe.sources[0]].documents()
    return read_corpus([Path(source) for source in recipe.sources], recipe.reading)
