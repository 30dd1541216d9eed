"""Vectors that an unfinished build keeps: mapped from the disk, few files, none lost."""

import numpy as np
import pytest

from models import store as module
from models.store import VectorStore


def drawn(count, seed=0):
    rng = np.random.default_rng(seed)
    keys = [rng.bytes(16) for _ in range(count)]
    return keys, rng.normal(size=(count, 8)).astype(np.float32)


def test_what_was_added_is_there_for_the_next_one(tmp_path):
    keys, vectors = drawn(1300)
    first = VectorStore(tmp_path, 8)
    for start in range(0, 1300, 100):
        first.add(keys[start : start + 100], vectors[start : start + 100])
    first.flush()
    again = VectorStore(tmp_path, 8)
    assert len(again) == 1300
    order = np.random.default_rng(1).permutation(1300)
    np.testing.assert_array_equal(again.rows([keys[row] for row in order]), vectors[order])
    assert keys[5] in again
    assert b"x" * 16 not in again


def test_what_is_on_the_disk_is_mapped_not_read(tmp_path):
    keys, vectors = drawn(600)
    store = VectorStore(tmp_path, 8)
    store.add(keys, vectors)
    assert all(isinstance(block, np.memmap) for block in store._blocks)
    assert all(isinstance(block, np.memmap) for block in VectorStore(tmp_path, 8)._blocks)


def test_shards_grow_with_the_store(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_FLUSH_VECTORS", 4)
    keys, vectors = drawn(2000)
    store = VectorStore(tmp_path, 8)
    for row in range(2000):
        store.add([keys[row]], vectors[row : row + 1])
    store.flush()
    assert len(list(tmp_path.iterdir())) < 2000 / 4 / 2
    np.testing.assert_array_equal(VectorStore(tmp_path, 8).rows(keys), vectors)


def test_vectors_known_from_elsewhere_serve_and_others_are_let_be(tmp_path):
    keys, vectors = drawn(9)
    array = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16)
    store = VectorStore(tmp_path / "none", 8)
    store.know(array, vectors)
    np.testing.assert_array_equal(store.rows(keys[::-1]), vectors[::-1])
    store.know(array, vectors[:, :5])
    store.know(array[:3], vectors)
    assert len(store) == 9


@pytest.mark.parametrize("how", ["empty", "half", "compressed", "objects"])
def test_a_broken_shard_costs_its_own_vectors_and_no_more(tmp_path, how):
    keys, vectors = drawn(20)
    store = VectorStore(tmp_path, 8)
    store.add(keys, vectors)
    store.flush()
    broken = tmp_path / "00000000000000000001.npz"
    (whole,) = tmp_path.iterdir()
    if how in ("empty", "half"):
        data = whole.read_bytes()
        broken.write_bytes(data[: len(data) // 2 if how == "half" else 0])
    elif how == "compressed":
        np.savez_compressed(broken, keys=np.zeros((2, 16), np.uint8), vectors=vectors[:2])
    else:
        np.savez(broken, keys=np.array([{}], dtype=object), vectors=vectors[:1])
    again = VectorStore(tmp_path, 8)
    assert len(again) == 20
    assert not broken.exists()
