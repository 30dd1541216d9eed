"""Large arrays are read a block at a time, and a mapped file is read as a file."""

import numpy as np
import pytest

from models import blocks as module
from models.blocks import blocks, gather
from models.errors import InputError
from models.vectors import Vectors


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(100, 6)).astype(np.float32)


@pytest.fixture
def mapped(rows, tmp_path):
    np.save(tmp_path / "vectors.npy", rows)
    return Vectors.load(tmp_path / "vectors.npy", encoder_key="x", normalized=False).array


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_the_blocks_are_the_array(rows, mapped, size):
    for array in (rows, mapped, mapped[10:], rows.T.copy().T):
        parts = list(blocks(array, size))
        assert [start for start, _ in parts] == list(range(0, len(array), size))
        np.testing.assert_array_equal(np.concatenate([part for _, part in parts]), array)
    assert list(blocks(rows[:0], size)) == []


def test_a_mapped_file_is_read_without_its_map(mapped, monkeypatch):
    reads = []
    read = module._read
    monkeypatch.setattr(module, "_read", lambda *given: reads.append(given) or read(*given))
    np.testing.assert_array_equal(gather(mapped, np.array([3, 99])), mapped[[3, 99]])
    assert len(reads) == 2
    list(blocks(mapped[50:]))
    assert len(reads) == 2, "part of a file is read through the map"


def test_unit_blocks_have_length_1_and_zero_stays_zero(rows):
    rows[4] = 0
    ((_, unit),) = blocks(rows, unit=True)
    lengths = np.linalg.norm(unit, axis=1)
    assert lengths[4] == 0
    np.testing.assert_allclose(np.delete(lengths, 4), 1, atol=1e-6)


def test_a_file_whose_name_is_gone_is_read_through_its_map(rows, mapped, tmp_path):
    (tmp_path / "vectors.npy").unlink()
    np.testing.assert_array_equal(np.concatenate([part for _, part in blocks(mapped, 40)]), rows)


def test_a_file_that_was_cut_short_is_one_sentence(mapped, tmp_path):
    path = tmp_path / "vectors.npy"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(InputError, match=r"vectors\.npy has been cut short"):
        list(blocks(mapped, 40))
