"""Which retrievers are compared, and what of it is remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.palettes import OKABE_ITO
from models.encoders.base import Encoder
from models.evaluation.comparison import Kind

OWN = "own"  # the id of the project's own encoder
WORDS = "bm25"
# In an order in which neighbours differ most; BM25 has the theme's grey.
_COLORS = (
    OKABE_ITO[4],
    OKABE_ITO[0],
    OKABE_ITO[2],
    OKABE_ITO[3],
    OKABE_ITO[5],
    OKABE_ITO[1],
    "#8c6bb1",
    "#7f7f00",
)


@dataclass(frozen=True)
class Wanted:
    """A retriever that is to be compared.

    Attributes:
        id: of its entry.
        title: what people call it.
        source: of an encoder, what ``load_text`` takes; of a ranking, its file.
        pooling: set by hand, or empty.
        encoder: where it is loaded already.
    """

    id: str
    title: str
    kind: Kind
    source: str = ""
    pooling: str = ""
    encoder: Encoder | None = field(default=None, repr=False, compare=False)


def of_encoder(name: str, title: str, pooling: str, encoder: Encoder | None = None) -> Wanted:
    """An encoder beside the project's own; pooled otherwise it is another one."""
    said = {"cls": "[CLS]", "lasttoken": "last token"}.get(pooling, pooling)
    return Wanted(
        f"{name} {pooling}".strip(),
        f"{title}, {said}" if pooling else title,
        "dense",
        name,
        pooling,
        encoder,
    )


def of_file(path: Path) -> Wanted:
    """A ranking of another program."""
    return Wanted(str(path), path.name, "file", str(path))


def kept(wanted: Iterable[Wanted]) -> list[list[str]]:
    """What settings hold of those that a person added."""
    return [[w.kind, w.source, w.pooling, w.title] for w in wanted if w.id not in (OWN, WORDS)]


def remembered(value: Any) -> tuple[Wanted, ...]:
    """The same read again; what is no such thing, or gone, is passed over."""
    found: dict[str, Wanted] = {}
    for row in value if isinstance(value, list) else ():
        if not (isinstance(row, list) and len(row) == 4 and all(isinstance(c, str) for c in row)):
            continue
        kind, source, pooling, title = row
        if kind == "file" and Path(source).is_file():
            found[source] = of_file(Path(source))
        elif kind == "dense":
            one = of_encoder(source, title.rpartition(", ")[0] if pooling else title, pooling)
            found[one.id] = one
    return tuple(found.values())


def color_of(entry_id: str, ids: Sequence[str], grey: str) -> str:
    """The colour of a retriever among all ``ids``; it stays while others come after it."""
    if entry_id == WORDS:
        return grey
    others = [name for name in ids if name != WORDS]
    return _COLORS[others.index(entry_id) % len(_COLORS)] if entry_id in others else grey
