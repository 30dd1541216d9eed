"""Images that need no file: drawn shapes, and scikit-learn's handwritten digits."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.image_source import ImageSource, array_source

Field = NDArray[np.floating[Any]]

_BLOCK = 256  # images drawn at once, so that their pixels stay in the cache
_POINT = np.pi / 5  # half of one point of a five-pointed star


def _star(x: Field, y: Field) -> Field:
    turn = np.abs(np.mod(np.arctan2(y, x) + _POINT, 2 * _POINT) - _POINT)
    radius = np.hypot(x, y)
    tip, notch = np.array([1.0, 0.0]), 0.45 * np.array([np.cos(_POINT), np.sin(_POINT)])
    across, up = np.array([notch[1] - tip[1], tip[0] - notch[0]]) / np.hypot(*(notch - tip))
    outside: Field = (radius * np.cos(turn) - 1) * across + radius * np.sin(turn) * up
    return outside


#: How far (x, y) lies outside of each shape of radius 1; below zero is inside.
SHAPES: dict[str, Callable[[Field, Field], Field]] = {
    "bar": lambda x, y: np.hypot(x - np.clip(x, -0.6, 0.6), y) - 0.36,
    "circle": lambda x, y: np.hypot(x, y) - 0.9,
    "crescent": lambda x, y: np.maximum(np.hypot(x, y) - 1, 0.8 - np.hypot(x - 0.5, y)),
    "cross": lambda x, y: np.minimum(
        np.maximum(np.abs(x) - 0.95, np.abs(y) - 0.3), np.maximum(np.abs(x) - 0.3, np.abs(y) - 0.95)
    ),
    "ring": lambda x, y: np.abs(np.hypot(x, y) - 0.75) - 0.22,
    "square": lambda x, y: np.maximum(np.abs(x), np.abs(y)) - 0.8,
    "star": _star,
    "triangle": lambda x, y: np.maximum(np.abs(x) * 0.866 + y * 0.5, -y) - 0.5,
}

#: Patterns of period 1 over the plane, from 0 (first tone) to 1 (second tone).
TEXTURES: dict[str, Callable[[Field, Field], Field]] = {
    "plain": lambda u, v: np.zeros_like(u),
    "stripes": lambda u, v: np.clip(0.5 + 2 * np.sin(2 * np.pi * u), 0, 1),
    "checks": lambda u, v: np.clip(0.5 + 3 * np.sin(np.pi * u) * np.sin(np.pi * v), 0, 1),
    "dots": lambda u, v: np.clip(
        2.5 - 6 * np.hypot(u - np.floor(u) - 0.5, v - np.floor(v) - 0.5), 0, 1
    ),
    "shade": lambda u, v: 0.5 + 0.5 * np.sin(0.5 * np.pi * u),
}


def shapes_source(count: int, size: int, seed: int) -> ImageSource:
    """Draws ``count`` images of one shape each; the label is the shape.

    Colour, texture, position, radius and rotation of the shape, and colour and texture of the
    ground, are drawn independently of the label from ``seed``; each shape comes equally often.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(SHAPES)).astype(np.int64)
    pixels = np.empty((count, size, size, 3), np.uint8)
    for start in range(0, count, _BLOCK):
        part = slice(start, start + _BLOCK)
        pixels[part] = _draw(labels[part], size, rng)
    return array_source("Shapes", "shapes", pixels, labels, tuple(SHAPES))


def digits_source() -> ImageSource:
    """scikit-learn's 1,797 handwritten digits, 8 × 8 with 17 grays (Alpaydin & Kaynak 1998)."""
    from sklearn.datasets import load_digits

    data = load_digits()
    gray = np.rint(data.images * (255 / 16)).astype(np.uint8)
    pixels = np.repeat(gray[..., None], 3, axis=3)
    names = tuple(str(digit) for digit in range(10))
    return array_source("Digits", "digits", pixels, data.target.astype(np.int64), names)


def _draw(labels: NDArray[np.int64], size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Pixels (n, size, size, 3) for shapes ``labels`` (n,)."""
    n = len(labels)
    # Coordinates from −1 to 1; a shape lies wholly within the image.
    axis = ((np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1).astype(np.float32)
    radius = rng.uniform(0.4, 0.75, (n, 1, 1)).astype(np.float32)
    centre = rng.uniform(-1, 1, (2, n, 1, 1)).astype(np.float32) * (1 - radius)
    x, y = _turned(axis[None, None] - centre[0], axis[None, :, None] - centre[1], rng)
    outside = _each(SHAPES, labels, x / radius, y / radius) * radius
    inside = np.clip(0.5 - outside * (size / 2), 0, 1)[..., None]

    dark = rng.random((n, 1)) < 0.5  # either the shape is dark on a light ground, or the reverse
    figure = _painted(x, y, dark, rng)
    ground = _painted(*_turned(axis[None, None], axis[None, :, None], rng), ~dark, rng)
    noise = rng.normal(0, 0.02, figure.shape)
    return np.asarray(
        np.rint(255 * np.clip(ground + (figure - ground) * inside + noise, 0, 1)), np.uint8
    )


def _turned(x: Field, y: Field, rng: np.random.Generator) -> tuple[Field, Field]:
    turn = rng.uniform(0, 2 * np.pi, (max(len(x), 1), 1, 1)).astype(np.float32)
    return x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)


def _painted(
    x: Field, y: Field, dark: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Colours (n, H, W, 3): two tones of one hue in a random texture."""
    n = len(dark)
    scale = rng.uniform(1.2, 2.8, (n, 1, 1)).astype(np.float32)
    texture = _each(TEXTURES, rng.integers(len(TEXTURES), size=n), x * scale, y * scale)
    hue, saturation = rng.random((n, 1)), rng.uniform(0.3, 0.9, (n, 1))
    value = np.where(dark, rng.uniform(0.15, 0.4, (n, 1)), rng.uniform(0.8, 1, (n, 1)))
    wave = np.mod(np.array([5.0, 3.0, 1.0]) + 6 * hue, 6)
    first = value * (1 - saturation * np.clip(2 - np.abs(wave - 2), 0, 1))
    change = ((0.65 - 1) * texture[..., None] + 1).astype(np.float32)
    return np.asarray(first[:, None, None].astype(np.float32) * change)


def _each(
    kinds: dict[str, Callable[[Field, Field], Field]], of: NDArray[np.int64], x: Field, y: Field
) -> Field:
    """Each image's own function of its coordinates (n, H, W)."""
    x, y = np.broadcast_arrays(x, y)
    values = np.empty(x.shape, np.float32)
    for number, kind in enumerate(kinds.values()):
        rows = np.flatnonzero(of == number)
        values[rows] = kind(x[rows], y[rows])
    return values
