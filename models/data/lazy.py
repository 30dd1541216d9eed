"""A sequence that is made in slices when it is asked for, and never held whole."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")
_BLOCK = 4096


class Lazy(Sequence[T], Generic[T]):
    """``count`` items, of which ``read(start, stop)`` makes a slice.

    What goes over all of them goes block by block; one item at a time costs a call each.
    """

    def __init__(self, count: int, read: Callable[[int, int], list[T]]) -> None:
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            if step != 1:
                raise ValueError("A slice of these is made in steps of one.")
            return self._read(start, stop) if start < stop else []
        at = place + self._count if place < 0 else place
        if not 0 <= at < self._count:
            raise IndexError(place)
        return self._read(at, at + 1)[0]

    def __iter__(self) -> Iterator[T]:
        for start in range(0, self._count, _BLOCK):
            yield from self._read(start, min(start + _BLOCK, self._count))
