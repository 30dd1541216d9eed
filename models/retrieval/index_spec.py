"""Which kind of FAISS index, with what parameters, and which one suits a corpus."""

from dataclasses import dataclass
from typing import Literal, get_args

from models.errors import InputError

Kind = Literal["flat", "sq8", "hnsw", "ivf", "ivfpq"]

_COUNTED = ("links", "ef_construction", "ef_search", "lists", "probes", "code_bytes", "rerank")
_RERANK = 8
_PROBES = 32
_FLAT_BYTES = 512 << 20  # of vectors: a server's core reads them in 25 ms, a laptop's in 50


@dataclass(frozen=True)
class IndexSpec:
    """Which FAISS index, and its parameters; those of other kinds are ignored.

    Attributes:
        kind: ``flat`` exact; ``sq8`` exact search over 8-bit components; ``hnsw`` a navigable
            graph (Malkov & Yashunin 2018); ``ivf`` inverted lists; ``ivfpq`` inverted lists of
            product-quantised residuals (Jégou et al. 2011).
        links: HNSW's M, neighbours a node keeps.
        ef_construction: HNSW's candidates while building.
        ef_search: HNSW's candidates while searching; more find more and take longer.
        lists: number of inverted lists; None takes 4·√N, or fewer for a small corpus.
        probes: inverted lists visited for a question; None takes a sixteenth of them, or 32.
        code_bytes: bytes a vector takes in ``ivfpq``; lowered to a divisor of the dimensions. None
            takes one for four dimensions.
        rerank: candidates for each hit wanted, of which the best by their exact vectors are kept;
            1 trusts the index's own scores. None takes 8 in ``ivfpq``, whose scores are
            approximate, and 1 in the others.

    IVF-PQ's defaults are for a million vectors: of 256 dimensions it finds .98 of the exact ten
    nearest in 4 ms on one core, where the exact search takes 47 ms; .74 of them by its own scores
    alone, and .79 in 32 lists.

    Raises:
        InputError: an unknown kind, or a parameter that is not a positive whole number.
    """

    kind: Kind = "flat"
    links: int = 32
    ef_construction: int = 40
    ef_search: int = 128
    lists: int | None = None
    probes: int | None = None
    code_bytes: int | None = None
    rerank: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise InputError(
                f"{self.kind!r} is no kind of index; choose one of {', '.join(get_args(Kind))}."
            )
        for name in _COUNTED:
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < 1):
                raise InputError(f"The index's {name} is {value!r}; it must be a positive number.")

    def visited(self, lists: int) -> int:
        """How many of ``lists`` inverted lists a question visits, by ``probes``."""
        return min(self.probes or max(_PROBES, lists // 16), lists)

    @property
    def candidates(self) -> int:
        """Candidates for each hit wanted, by ``rerank`` and the kind."""
        return self.rerank or (_RERANK if self.kind == "ivfpq" else 1)


def suggested_index(count: int, dimensions: int) -> tuple[IndexSpec, str]:
    """The kind that suits ``count`` vectors of ``dimensions``, and why, in one sentence.

    The exact search as long as it keeps up with typing; then inverted lists of compressed
    vectors, whose best candidates are compared exactly, since the other fast kinds hold all
    vectors in memory once more.
    """
    whole = 4 * count * dimensions
    if whole <= _FLAT_BYTES:
        return IndexSpec("flat"), "Exact search is quick enough for this many passages."
    return (
        IndexSpec("ivfpq"),
        f"Exact search would read {whole / 1e9:.1f} GB for each question; IVF-PQ reads a small "
        "part and compares its best candidates exactly.",
    )
