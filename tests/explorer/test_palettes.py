import numpy as np
import pytest

from explorer.palettes import DISTINCT, OKABE_ITO, categorical, rgb, sequential, to_oklab
from explorer.tokens import DARK, LIGHT, contrast

# Machado, Oliveira & Fernandes (2009), deuteranopia at severity 1, on linear RGB.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def seen_by_deuteranopes(colors):
    encoded = colors / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ DEUTERANOPIA.T, 0, 1)
    encoded = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)


def smallest_distance(colors):
    lab = to_oklab(colors)
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    return distances[~np.eye(len(lab), dtype=bool)].min()


def hexes(colors):
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in colors]


def test_oklab_has_its_published_reference_points():
    lab = to_oklab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8))
    assert lab[0] == pytest.approx([1, 0, 0], abs=1e-3)
    assert lab[1] == pytest.approx([0, 0, 0], abs=1e-3)
    assert lab[2] == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_classes_begin_with_okabe_and_ito_and_repeat_only_at_the_end():
    assert categorical(3) == list(OKABE_ITO[:3])
    assert len(set(categorical(DISTINCT))) == DISTINCT >= 30
    assert categorical(DISTINCT + 2)[-2:] == categorical(2)
    assert categorical(0) == []


@pytest.mark.parametrize(
    ("n", "normal", "deuteranope"), [(8, 0.09, 0.055), (DISTINCT, 0.075, 0.05)]
)
def test_classes_stay_apart_also_without_green_cones(n, normal, deuteranope):
    colors = rgb(categorical(n))
    assert smallest_distance(colors) >= normal
    assert smallest_distance(seen_by_deuteranopes(colors)) >= deuteranope


@pytest.mark.parametrize("surface", [LIGHT.surface, LIGHT.globe, DARK.surface, DARK.globe])
def test_every_colour_shows_on_both_themes(surface):
    everything = categorical(DISTINCT) + hexes(sequential(np.linspace(0, 1, 20)))
    assert min(contrast(color, surface) for color in everything) >= 1.65


def test_the_ramp_takes_even_steps_and_only_grows_lighter():
    lab = to_oklab(sequential(np.linspace(0, 1, 18)))
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.max() < 1.25 * steps.min()
    assert (np.diff(lab[:, 0]) > 0).all()
    seen = to_oklab(seen_by_deuteranopes(sequential(np.linspace(0, 1, 18))))
    assert (np.diff(seen[:, 0]) > 0).all()


def test_the_ramp_takes_whatever_numbers_come():
    colors = sequential([np.nan, -3, 0, 1, np.inf])
    assert colors.shape == (5, 3) and colors.dtype == np.uint8
    assert (colors[1] == colors[2]).all() and (colors[3] == colors[4]).all()
    assert colors[0].max() - colors[0].min() < 25  # grey
    assert sequential([]).shape == (0, 3) and rgb([]).shape == (0, 3)
