"""The camera that turns to what was asked for."""

import numpy as np
import pytest

from explorer.canvas.camera import facing


@pytest.mark.parametrize("seed", range(6))
def test_facing_brings_a_direction_to_the_front_and_keeps_north_up(seed):
    direction = np.random.default_rng(seed).normal(size=3)
    direction /= np.linalg.norm(direction)
    rotation = facing(direction)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert (rotation @ direction)[2] > 0.7
    north = rotation @ [0.0, 1.0, 0.0]
    assert abs(north[0]) < 1e-12 and north[1] > 0


@pytest.mark.parametrize("pole", [1.0, -1.0])
def test_the_poles_can_be_faced_too(pole):
    rotation = facing(np.array([0.0, pole, 0.0]))
    assert np.isfinite(rotation).all() and (rotation @ [0, pole, 0])[2] > 0.7
