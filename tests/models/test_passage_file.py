"""Passages on their way to the disk, and sequences that are made when they are asked for."""

import pyarrow as pa
import pytest

from models.data import passage_file
from models.data.lazy import Lazy
from models.data.passage_file import PassageFile
from models.data.records import COLUMNS, Passage, Passages


def made(start, stop, **fields):
    return [
        Passage(f"p{n}", f"d{n}", f"Title {n}", f"Text {n} ü", "f.txt", fields)
        for n in range(start, stop)
    ]


def test_a_file_in_pieces_reads_as_the_passages_did(tmp_path, monkeypatch):
    monkeypatch.setattr(passage_file, "_BATCH", 10)
    rows = made(0, 37)
    with PassageFile(tmp_path / "p.arrow") as file:
        for start in range(0, 37, 4):
            file.add(rows[start : start + 4])
        passages = file.done()
    assert [passages[row] for row in range(37)] == rows
    assert passages.table.column("text").num_chunks == 4
    assert [path.name for path in tmp_path.iterdir()] == ["p.arrow"]
    before = pa.total_allocated_bytes()
    again = Passages.open(tmp_path / "p.arrow")
    assert again.table.equals(passages.table)
    assert pa.total_allocated_bytes() == before, "its text is mapped, not read"


def test_fields_that_only_some_have_are_empty_in_the_others(tmp_path):
    groups = [made(0, 3), made(3, 5, year="1999"), made(5, 6, place="Ulm"), made(6, 8, year="2000")]
    with PassageFile(tmp_path / "p.arrow") as file:
        for group in groups:
            file.add(group)
        passages = file.done()
    assert passages.table.column_names == [*COLUMNS, "year", "place"]
    assert passages.column("year") == ["", "", "", "1999", "1999", "", "2000", "2000"]
    assert passages.column("place") == ["", "", "", "", "", "Ulm", "", ""]
    assert passages.column("id") == [f"p{n}" for n in range(8)]
    assert [path.name for path in tmp_path.iterdir()] == ["p.arrow"]


def test_nothing_at_all_is_no_file(tmp_path):
    with PassageFile(tmp_path / "p.arrow") as file, pytest.raises(ValueError, match="no passages"):
        file.done()
    assert list(tmp_path.iterdir()) == []


def test_a_lazy_sequence_is_read_in_blocks_and_ends_where_it_ends(monkeypatch):
    monkeypatch.setattr("models.data.lazy._BLOCK", 4)
    asked = []

    def read(start, stop):
        asked.append((start, stop))
        return [n * n for n in range(start, stop)]

    lazy = Lazy(10, read)
    assert list(lazy) == [n * n for n in range(10)]
    assert asked == [(0, 4), (4, 8), (8, 10)]
    assert (lazy[3], lazy[-1], lazy[8:99], lazy[5:5], len(lazy)) == (9, 81, [64, 81], [], 10)
    for place in (10, -11):
        with pytest.raises(IndexError):
            lazy[place]
    with pytest.raises(ValueError, match="steps"):
        lazy[::2]
