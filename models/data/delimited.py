"""CSV and TSV as a stream of rows; a broken row costs that row alone."""

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.data.decode import LINE_LIMIT, TextLines, replaced_notice
from models.data.rows import Row, Rows
from models.events import Skipped

#: Lines after which a quotation mark counts as one that was never closed.
_RECORD_LINES = 10_000
_PEEK = 20
_HEADER_CELL = 60
_UNCLOSED = "Its quotation marks do not match."


class _UnclosedError(Exception):
    pass


class _Feed:
    """Lines for csv.reader; those taken for a row that turned out broken can be given back."""

    def __init__(self, lines: TextLines) -> None:
        self._lines = lines
        self._back: deque[tuple[int, str | None]] = deque()
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        """One more line of the present row."""
        number, line = self.read()
        if line is None or len(self.taken) >= _RECORD_LINES:
            self._back.appendleft((number, line))
            raise _UnclosedError
        self.taken.append((number, line))
        return line

    def read(self) -> tuple[int, str | None]:
        """A line that is not taken: its number, and None for a line over the limit."""
        if self._back:
            return self._back.popleft()
        line = next(self._lines)
        return self._lines.number, line

    def peek(self) -> list[str]:
        """The first lines, which stay to be read."""
        for _ in range(_PEEK):
            try:
                line = next(self._lines)
            except StopIteration:
                break
            self._back.append((self._lines.number, line))
        return [line for _, line in self._back if line is not None]

    def next_width(self) -> int:
        """How many tabbed cells the next line has, which stays to be read; 0 if there is none."""
        try:
            number, line = self.read()
        except StopIteration:
            return 0
        self.put_back(number, line)
        return 0 if line is None else line.count("\t") + 1

    def put_back(self, number: int, line: str | None) -> None:
        self._back.appendleft((number, line))

    def start(self) -> None:
        self.taken.clear()

    def give_back(self) -> int:
        """Returns all but the first line of the present row; the number of that first line."""
        self._back.extendleft(reversed(self.taken[1:]))
        return self.taken[0][0]


def delimited_rows(path: Path, source: str, limit: int = LINE_LIMIT) -> Rows:
    """Reads a table of separated values; the first line names the columns if it can.

    The separator of a ``.csv`` is found from its first lines (comma, semicolon, tab, bar), also
    when Excel names it (``sep=;``). Without a header the columns are "column 1", "column 2", ….

    Yields:
        Rows; Skipped for a row with too many or too few cells, with quotation marks that do not
        match, or with a line over ``limit`` characters.

    Raises:
        UnreadableFileError: it cannot be opened or is binary.
    """
    # The module's own limit of 128 KiB a cell is shorter than many articles.
    csv.field_size_limit(max(limit, csv.field_size_limit()))
    with TextLines(path, limit, newline="") as lines:
        feed = _Feed(lines)
        head = feed.peek()
        if head and head[0].lower().startswith("sep=") and len(head[0].strip()) <= 5:
            feed.read()
            delimiter = head[0][4:5].strip("\r\n") or "\t"
        elif path.suffix.lower() in (".tsv", ".tab"):
            delimiter = "\t"
        else:
            delimiter = find_delimiter(head)
        columns: tuple[str, ...] = ()
        for number, cells in _records(feed, delimiter):
            where = f"{source}, line {number}"
            if isinstance(cells, str):
                yield Skipped(where, cells)
                continue
            if not columns:
                columns, named = header(cells)
                if named:
                    continue
            if len(cells) != len(columns):
                have, need = len(cells), len(columns)
                yield Skipped(where, f"It has {have} columns where the first row has {need}.")
                continue
            yield Row(number, dict(zip(columns, cells, strict=True)))
        yield from replaced_notice(source, lines.replaced)


def _records(feed: _Feed, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Line number and cells of each record, or a sentence that says why it has none."""
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    expected: int | None = None
    while True:
        feed.start()
        try:
            number, line = feed.read()
        except StopIteration:
            return
        if line is None:
            yield number, "It is longer than a line may be."
            continue
        if not line.strip("\r\n"):
            continue
        cells = split_tabs(line, expected) if delimiter == "\t" else None
        # A quoted last cell may go on in the next line, which then is no row by itself.
        if cells and cells[-1].startswith('"') and feed.next_width() not in (0, len(cells)):
            cells = None
        if cells is None:
            feed.put_back(number, line)
            try:
                cells = next(reader)
            except (csv.Error, _UnclosedError):
                yield feed.give_back(), _UNCLOSED
                continue
        expected = expected or len(cells)
        yield number, cells


def split_tabs(line: str, expected: int | None = None) -> list[str] | None:
    """The cells of one line of a TSV, whose quotation marks may or may not be CSV's.

    The reading within the one line that gives ``expected`` cells wins, CSV's before the plain
    one; None if neither does, as when a quoted cell goes on in the next line.
    """
    plain = line.rstrip("\r\n").split("\t")
    if '"' not in line:
        return plain
    try:
        quoted = next(csv.reader([line], delimiter="\t", strict=True))
    except csv.Error:
        quoted = []
    for cells in (quoted, plain):
        if cells and expected in (None, len(cells)):
            return cells
    return None


def find_delimiter(lines: Sequence[str]) -> str:
    """The separator by which most of ``lines`` have the same number of cells, two at least."""
    best, best_score = ",", (0, 0)
    for delimiter in (",", ";", "\t", "|"):
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        wide = [(count, width) for width, count in widths.items() if width > 1]
        if wide and max(wide) > best_score:
            best, best_score = delimiter, max(wide)
    return best


def header(cells: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Column names, and whether ``cells`` gave them: short, different, and none a number."""
    names = [cell.strip() for cell in cells]
    given = [name for name in names if name]
    named = (
        bool(given)
        and len(set(given)) == len(given)
        and all(len(name) <= _HEADER_CELL and not _is_number(name) for name in given)
    )
    if not named:
        return tuple(f"column {n}" for n in range(1, len(names) + 1)), False
    return tuple(name or f"column {n}" for n, name in enumerate(names, 1)), True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
