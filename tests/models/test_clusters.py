"""Clusters find what lies together, and their names are the words that set them apart."""

import numpy as np
import pyarrow as pa
import pytest

from models.clusters import cluster
from models.events import finish

TOPICS = {"stars": "the star shines on the planet", "bread": "the dough of the bread rises"}


@pytest.fixture
def blobs():
    """Two tight groups of 20 unit vectors, with a sentence each."""
    rng = np.random.default_rng(0)
    centres = np.eye(8, dtype=np.float32)[:2]
    vectors = np.repeat(centres, 20, axis=0) + rng.normal(scale=0.05, size=(40, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [text for text in TOPICS.values() for _ in range(20)]
    return vectors.astype(np.float32), texts


def test_groups_are_found_and_named_by_their_own_words(blobs):
    found = finish(cluster(*blobs, count=2))
    first, second = found.labels[:20], found.labels[20:]
    assert len(set(first)) == len(set(second)) == 1 and first[0] != second[0]
    assert set(found.names[first[0]].split(" · ")) <= {"star", "shines", "planet"}
    assert set(found.names[second[0]].split(" · ")) <= {"dough", "bread", "rises"}
    assert not found.labels.flags.writeable


def test_a_column_of_arrow_is_read_in_samples(blobs, monkeypatch):
    monkeypatch.setattr("models.clusters._SAMPLED", 30)
    monkeypatch.setattr("models.clusters._STEP", 8)
    vectors, texts = blobs
    column = pa.chunked_array([pa.array(texts[:7]), pa.array(texts[7:])])
    found = finish(cluster(vectors, column, count=2))
    words = [set(name.split(" · ")) for name in found.names]
    assert words[found.labels[0]] <= {"star", "shines", "planet"}
    assert words[found.labels[-1]] <= {"dough", "bread", "rises"}


def test_the_same_seed_gives_the_same_clusters(blobs):
    one, two = finish(cluster(*blobs, seed=3)), finish(cluster(*blobs, seed=3))
    np.testing.assert_array_equal(one.labels, two.labels)
    assert one.names == two.names


def test_the_largest_cluster_comes_first(blobs):
    vectors, texts = blobs
    found = finish(cluster(vectors[8:], texts[8:], count=2))
    assert np.bincount(found.labels).tolist() == [20, 12]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_points_are_no_trouble(blobs, count):
    vectors, texts = blobs
    found = finish(cluster(vectors[:count], texts[:count]))
    assert len(found.labels) == count
    assert len(found.names) >= (count > 0)


def test_a_word_common_to_all_names_nothing(blobs):
    found = finish(cluster(*blobs, count=2))
    assert all("the" not in name.split(" · ") for name in found.names)
