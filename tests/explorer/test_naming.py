"""Names of classes stand where their points are, or nowhere."""

import numpy as np
import pytest

from explorer.views.sphere.coloring import by_class, by_value
from explorer.views.sphere.naming import class_labels


def around(center, count=40, seed=0):
    points = np.asarray(center) + np.random.default_rng(seed).normal(0, 0.05, (count, 3))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_a_compact_class_is_named_at_its_middle_on_the_globe():
    positions = np.concatenate([around((1, 0, 0)), around((0, 1, 0), seed=1)])
    labels = class_labels(by_class(["east"] * 40 + ["north"] * 40), positions, globe=True)
    assert sorted(label.text for label in labels) == ["east", "north"]
    (east,) = [label for label in labels if label.text == "east"]
    assert np.linalg.norm(east.position) == pytest.approx(1)
    assert np.allclose(east.position, (1, 0, 0), atol=0.05)
    assert east.priority == 40


def test_scattered_and_tiny_classes_have_no_place():
    scattered = np.random.default_rng(0).normal(size=(200, 3))
    scattered /= np.linalg.norm(scattered, axis=1, keepdims=True)
    positions = np.concatenate([scattered.astype(np.float32), around((0, 0, 1), 2)])
    labels = class_labels(by_class(["all over"] * 200 + ["two"] * 2), positions, globe=True)
    assert labels == []


def test_long_names_are_shortened_and_ramps_have_none():
    positions = np.concatenate([around((1, 0, 0)), around((-1, 0, 0), seed=1)])
    name = "A class with a name that goes on and on and on"
    labels = class_labels(by_class([name] * 40 + ["b"] * 40), positions, globe=False)
    long = max((label.text for label in labels), key=len)
    assert len(long) == 32 and long.endswith("…") and name.startswith(long[:-1])
    assert class_labels(by_value(np.arange(80.0)), positions, globe=True) == []
