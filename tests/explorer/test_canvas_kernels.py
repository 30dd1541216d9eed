"""The compiled loops against plain NumPy."""

import numpy as np
import pytest

from explorer.canvas.camera import Camera
from explorer.canvas.cloud import BLOCK, Cloud
from explorer.canvas.raster import DISC, Raster, exposure, radius
from explorer.canvas.warm import kernels

WIDTH, HEIGHT = 160, 120


@pytest.fixture(scope="module", autouse=True)
def ready():
    assert kernels().wait(120)


def sphere(count: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def painted(positions: np.ndarray, surface: str = "globe") -> Cloud:
    cloud = Cloud(positions, surface)
    colors = np.random.default_rng(1).integers(0, 256, (len(positions), 3)).astype(np.uint8)
    cloud.set_paint(colors, None, np.zeros(0, np.int64), (90, 90, 90), (0, 0, 255))
    Raster().move(cloud, 1.0, 0.0)
    return cloud


def camera(globe: float = 1.0, zoom: float = 1.0) -> Camera:
    camera = Camera()
    camera.width, camera.height, camera.globe = WIDTH, HEIGHT, globe
    camera.zoom_at(70, 50, zoom)
    return camera


def channels(cloud: Cloud) -> np.ndarray:
    """Blue, green, red, one: what the accumulator adds for a full weight, (n, 4)."""
    values = np.stack([cloud.paint & 255, cloud.paint >> 8 & 255, cloud.paint >> 16 & 255], axis=1)
    return np.concatenate([values.astype(float) ** 2, np.full((len(values), 1), 255.0**2)], axis=1)


@pytest.mark.parametrize("size", [0.7, 1.3])
def test_splat_equals_a_loop_over_points_and_pixels(size):
    from explorer.canvas import kernels as compiled

    cloud, seen = painted(sphere(3 * BLOCK + 7)), camera()
    total = np.zeros(4 * WIDTH * HEIGHT, np.float32)
    f = np.float32
    for top, bottom in ((0, 37), (37, HEIGHT)):
        compiled.splat(
            cloud.points,
            cloud.paint,
            cloud.bounds,
            seen.view(),
            f(1),
            f(size),
            f(0.15),
            total,
            WIDTH,
            top,
            bottom,
        )

    expected = np.zeros((HEIGHT, WIDTH, 4))
    spots = seen.project(cloud.points.T)
    near = seen.nearness(spots[:, 2])
    reach = max(1.05 * size, 1.4)
    ys, xs = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    for (x, y, _), close, colour in zip(spots, near, channels(cloud), strict=True):
        if size <= 0.9:
            cover = np.clip(1 - abs(xs - x), 0, 1) * np.clip(1 - abs(ys - y), 0, 1)
        else:
            cover = np.clip(1 - ((xs - x) ** 2 + (ys - y) ** 2) / reach**2, 0, 1)
            cover /= np.pi / 2 * reach**2
        weight = np.pi * size**2 * (0.15 + 0.85 * close)
        expected += (weight * cover)[:, :, None] * colour
    found = total.reshape(HEIGHT, WIDTH, 4)
    assert expected.max() > 1e4
    np.testing.assert_allclose(found, expected, atol=3e-4 * expected.max())


def test_resolve_mixes_in_squares_and_clears():
    from explorer.canvas import kernels as compiled

    rng = np.random.default_rng(3)
    weight = rng.random((6, 8, 1)) * 3 * (rng.random((6, 8, 1)) < 0.7)
    colour = rng.integers(0, 256, (6, 8, 3))
    total = np.concatenate([colour**2 * weight, 65025 * weight], axis=2).astype(np.float32)
    image = np.full((6, 8), 0xFF204060, np.uint32)
    compiled.resolve(total.reshape(-1), image, np.float32(2.5), 0, 6, 0, 8)
    alpha = 2.5 * weight / (1 + 2.5 * weight)
    expected = np.array([0x60, 0x40, 0x20]) * (1 - alpha) + colour * alpha
    found = np.stack([image & 255, image >> 8 & 255, image >> 16 & 255], axis=2)
    np.testing.assert_allclose(found, expected, atol=0.51 + 1e-3)
    assert not total.any()


def naive_discs(cloud: Cloud, seen: Camera, size: float, ground: tuple[int, int, int]):
    """Discs with a ring of 1 pixel in ``ground`` at full opacity, drawn far to near."""
    image = np.tile(np.array(ground, float), (HEIGHT, WIDTH, 1))
    spots = seen.project(cloud.points.T)
    near = seen.nearness(spots[:, 2])
    ys, xs = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    for slot in np.argsort(near >= 0.4, kind="stable"):
        own = size * (0.62 + 0.38 * near[slot])
        distance = np.hypot(xs - spots[slot, 0], ys - spots[slot, 1])
        paint = cloud.paint[slot]
        colour = np.array([paint >> 16 & 255, paint >> 8 & 255, paint & 255], float)
        whole, disc = (np.clip(edge + 0.5 - distance, 0, 1) for edge in (own + 1, own))
        share = disc / np.maximum(whole, 1e-9)
        colour = colour * share[:, :, None] + np.array(ground) * (1 - share[:, :, None])
        cover = whole * (0.3 + 0.7 * near[slot])
        image += (colour - image) * cover[:, :, None]
    return image


def test_discs_equal_a_loop_over_points():
    from explorer.canvas import kernels as compiled

    cloud, seen = painted(sphere(120)), camera()
    ground = (0x20, 0x40, 0x60)
    image = np.full((HEIGHT, WIDTH), 0xFF204060, np.uint32)
    style = np.array([4.0, 1.0, 0x204060, 1.0, 1.0, 0, 0.0, 0.0])
    for top, bottom in ((0, 50), (50, HEIGHT)):
        compiled.discs(
            cloud.points,
            cloud.paint,
            cloud.bounds,
            seen.view(),
            np.float32(1),
            style,
            image,
            top,
            bottom,
        )
    found = np.stack([image >> 16 & 255, image >> 8 & 255, image & 255], axis=2)
    expected = naive_discs(cloud, seen, 4.0, ground)
    # Every overlap rounds once, to whole bytes.
    np.testing.assert_allclose(found, expected, atol=3)
    assert abs(found - np.array(ground)).max() > 100


@pytest.mark.parametrize("globe", [1.0, 0.0])
def test_pick_equals_the_nearest_of_all_points(globe):
    positions = sphere(5000)
    cloud, seen = painted(positions), camera(globe, zoom=1.5)
    spots = seen.project(positions)
    close = seen.nearness(spots[:, 2]) >= 0.4
    rng = np.random.default_rng(5)
    found = 0
    for x, y in rng.uniform((0, 0), (WIDTH, HEIGHT), (60, 2)):
        distance = np.hypot(spots[:, 0] - x, spots[:, 1] - y)
        distance = np.where(distance <= 5, distance + np.where(close, 0, 100), np.inf)
        expected = int(distance.argmin()) if np.isfinite(distance).any() else -1
        assert Raster().pick(cloud, seen.view(), globe, x, y, 5) == expected
        found += expected >= 0
    assert found > 20


def test_masked_equals_looking_up_every_point():
    positions = sphere(4000)
    cloud, seen = painted(positions), camera()
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[30:90, 20:100] = 1
    spots = seen.project(positions)
    pixel = np.floor(spots[:, :2]).astype(int)
    inside = ((pixel >= (20, 30)) & (pixel < (100, 90))).all(axis=1)
    expected = np.flatnonzero(inside & (seen.nearness(spots[:, 2]) >= 0.4))
    assert len(expected) > 100
    rows = Raster().masked(cloud, seen.view(), 1.0, mask)
    assert len(np.setxor1d(rows, expected)) <= 2  # points within rounding of a pixel's edge


def test_move_ends_exactly_and_stays_on_the_sphere():
    start, end = sphere(2000, 1), sphere(2000, 2)
    before = painted(start)
    cloud = Cloud(end, "globe", before)
    raster = Raster()
    raster.move(cloud, 0.0, 1.0)
    np.testing.assert_allclose(cloud.points.T, start[cloud.rows], atol=1e-6)
    raster.move(cloud, 0.5, 1.0)
    np.testing.assert_allclose(np.linalg.norm(cloud.points, axis=0), 1, atol=1e-3)
    raster.move(cloud, 1.0, 1.0)
    np.testing.assert_array_equal(cloud.points.T, end[cloud.rows])
    centres = cloud.bounds[:3].repeat(BLOCK, axis=1)[:, :2000]
    reach = cloud.bounds[3].repeat(BLOCK)[:2000]
    assert (np.linalg.norm(cloud.points - centres, axis=0) <= reach + 1e-5).all()


def test_two_threads_draw_what_one_draws(monkeypatch):
    from explorer.canvas import raster

    cloud, seen = painted(sphere(30_000)), camera(zoom=2)
    images = []
    for threads in (1, 4):
        monkeypatch.setattr(raster, "_threads", lambda threads=threads: threads)
        for size in (0.7, 1.2, 3.0):
            image = np.full((HEIGHT, WIDTH), 0xFF101418, np.uint32)
            Raster().draw(image, cloud, seen.view(), 1.0, size, 0x101418)
            images.append(image.view(np.uint8).astype(int))
    for alone, together in zip(images[:3], images[3:], strict=True):
        assert abs(alone - together).max() <= 1
        assert np.ptp(alone) > 100


def test_the_change_from_density_to_discs_is_hardly_seen():
    cloud, seen = painted(sphere(1500)), camera()
    images = []
    for size in (DISC - 1e-3, DISC):
        image = np.full((HEIGHT, WIDTH), 0xFF101418, np.uint32)
        Raster().draw(image, cloud, seen.view(), 1.0, size, 0x101418)
        images.append(image.view(np.uint8).reshape(HEIGHT, WIDTH, 4)[:, :, :3].astype(float))
    light = [image.mean() - np.mean([0x10, 0x14, 0x18]) for image in images]
    assert light[0] == pytest.approx(light[1], rel=0.15)


def test_points_get_smaller_with_their_number_and_larger_with_zoom():
    area = 2 * np.pi * 344**2
    sizes = [radius(count, area) for count in (1, 300, 5000, 100_000, 1_000_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert radius(1_000_000, area * 30**2) > DISC > radius(1_000_000, area)
    assert exposure(0.6)[0] < exposure(1.2)[0] < exposure(2.0)[0] == exposure(9.0)[0]


def test_rows_without_a_position_are_left_out():
    positions = sphere(10)
    positions[3, 1] = np.nan
    positions[7, 0] = np.inf
    cloud = painted(positions)
    assert sorted(cloud.rows) == [0, 1, 2, 4, 5, 6, 8, 9]
    assert cloud.position(3) is None
    np.testing.assert_array_equal(cloud.position(4), positions[4])
    again = Cloud(sphere(10, 9), "globe", cloud)
    np.testing.assert_array_equal(again.start[:, again.slots[3]], again.end[:, again.slots[3]])


def test_positions_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(N, 3\)"):
        Cloud(np.zeros((4, 2)), "flat")
