"""Encoding in batches, and vectors in files."""

from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder

from models.errors import InputError
from models.events import Progress
from models.mapped import let_go
from models.vectors import Encoded, Vectors, encode, encoding, text_key

TEXTS = [("word " * (n * 7 % 31) + f"number {n}") for n in range(50)]


def drain(work):
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return events, stop.value


def test_order_is_that_of_the_texts():
    encoder = HashEncoder()
    one_by_one = np.concatenate(
        [encoder.forward(encoder.tokenize([text], "passage"), "passage") for text in TEXTS]
    )
    for batch_tokens in (1, 64, 100_000):
        _, vectors = drain(encoding(TEXTS, encoder, batch_tokens=batch_tokens))
        np.testing.assert_array_equal(vectors.array, one_by_one)
    shuffled = np.random.default_rng(0).permutation(len(TEXTS))
    again = encode([TEXTS[row] for row in shuffled], encoder).array
    np.testing.assert_array_equal(again, one_by_one[shuffled])


def test_events_carry_every_row_once():
    events, vectors = drain(encoding(TEXTS, HashEncoder(), "question", batch_tokens=100))
    assert all(isinstance(event, Encoded) and isinstance(event, Progress) for event in events)
    assert len(events) > 5
    rows = [row for event in events for row in event.rows]
    assert sorted(rows) == list(range(50))
    for event in events:
        np.testing.assert_array_equal(event.vectors, vectors.array[list(event.rows)])
        assert not event.vectors.flags.writeable
    assert [event.done for event in events] == list(np.cumsum([len(e.rows) for e in events]))
    assert (events[-1].stage, events[-1].total, events[-1].unit) == ("Embedding", 50, "questions")


def test_batches_stay_within_the_budget_when_padded():
    encoder = HashEncoder()
    events, _ = drain(encoding(TEXTS, encoder, batch_tokens=100))
    for event in events:
        longest = max(len(TEXTS[row].split()) for row in event.rows)
        assert longest * len(event.rows) <= 100


def test_closing_cancels():
    encoder = HashEncoder()
    work = encoding(TEXTS, encoder, batch_tokens=100)
    next(work)
    embedded = encoder.embedded
    work.close()
    assert 0 < embedded < len(TEXTS)
    assert encoder.embedded == embedded


def test_no_texts():
    vectors = encode([], HashEncoder())
    assert vectors.array.shape == (0, 32)
    assert len(vectors) == 0


def test_texts_beyond_one_window(monkeypatch):
    monkeypatch.setattr("models.vectors._WINDOW", 8)
    encoder = HashEncoder()
    events, vectors = drain(encoding(TEXTS, encoder))
    assert len(events) == 7
    np.testing.assert_array_equal(vectors.array[49:], encode(TEXTS[49:], encoder).array)


def test_vectors_are_read_only():
    vectors = encode(TEXTS, HashEncoder())
    assert vectors.encoder_key == "hash-1"
    assert vectors.normalized
    with pytest.raises(ValueError, match="read-only"):
        vectors.array[0, 0] = 1
    with pytest.raises(ValueError, match="float32"):
        Vectors(np.zeros(3), "key", False)


@pytest.mark.parametrize("texts", [TEXTS, []])
def test_save_and_load(tmp_path, texts):
    vectors = encode(texts, HashEncoder())
    vectors.save(tmp_path / "vectors.npy")
    loaded = Vectors.load(tmp_path / "vectors.npy", encoder_key="hash-1", normalized=True)
    np.testing.assert_array_equal(loaded.array, vectors.array)
    assert isinstance(loaded.array, np.memmap)
    assert not loaded.array.flags.writeable
    assert list(tmp_path.iterdir()) == [tmp_path / "vectors.npy"]


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="counts memory as Linux does")
def test_mapped_vectors_are_not_kept_resident_and_are_still_there(tmp_path):
    path = tmp_path / "vectors.npy"
    np.save(path, np.arange(1 << 20, dtype=np.float32).reshape(-1, 8))
    array = Vectors.load(path, encoder_key="k", normalized=True).array

    def resident():
        lines = iter(Path("/proc/self/smaps").read_text().splitlines())
        next(line for line in lines if line.endswith(str(path)))
        return int(next(line for line in lines if line.startswith("Rss:")).split()[1])

    total = float(array.sum(dtype=np.float64))
    assert resident() > 4000
    assert let_go(array)
    assert resident() == 0
    assert float(array.sum(dtype=np.float64)) == total
    changed = np.load(path, mmap_mode="c")
    changed[0, 0] = 7
    for other in (np.zeros((2, 2), np.float32), changed, Vectors(changed, "k", True).array):
        assert not let_go(other), "it would lose what lies nowhere else"
    assert changed[0, 0] == 7


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "vectors.npy"

    def sentence():
        with pytest.raises(InputError) as caught:
            Vectors.load(path, encoder_key="k", normalized=True)
        assert str(path) in str(caught.value)
        return str(caught.value)

    assert "missing" in sentence()
    encode(TEXTS, HashEncoder()).save(path)
    whole = path.read_bytes()
    for size in (0, 4, 40, 200, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert "cut short" in sentence()
    for other in (np.zeros((3, 3)), np.zeros(3, np.float32)):
        np.save(path, other)
        assert "holds no vectors" in sentence()
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "holds no vectors" in sentence()


def test_text_keys():
    key = text_key("text", "encoder", "passage")
    assert len(key) == 16
    assert key == text_key(("", "text"), "encoder", "passage")
    others = [
        text_key("text", "encoder", "question"),
        text_key("text", "other", "passage"),
        text_key(("title", "text"), "encoder", "passage"),
        text_key(("titlet", "ext"), "encoder", "passage"),
        text_key("titletext", "encoder", "passage"),
        text_key("\ud800", "encoder", "passage"),
    ]
    assert len({key, *others}) == 7
