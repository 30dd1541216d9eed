"""PCA, trustworthiness, neighbourhoods, layouts, and the globe's map."""

from pathlib import Path

import numpy as np
import pytest

from models.errors import InputError
from models.events import finish
from models.projection.layout import Layout
from models.projection.neighbours import AmongNeighbours, memberships
from models.projection.pca import principal_components
from models.projection.projecting import project
from models.projection.sampled import place_others
from models.projection.saving import layout_key, load_layout, save_layout
from models.projection.sphere import graticule, unroll, unroll_outline
from models.projection.trust import trustworthiness


def clusters(count: int, dimensions: int = 24, centres: int = 3, seed: int = 0) -> np.ndarray:
    """(count, dimensions) unit vectors; row i belongs to centre i % centres."""
    random = np.random.default_rng(seed)
    around = random.normal(size=(centres, dimensions))[np.arange(count) % centres]
    points = around + 0.3 * random.normal(size=(count, dimensions))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_pca_equals_the_singular_value_decomposition(monkeypatch):
    # Several chunks, so that the sums over chunks are put to the test.
    monkeypatch.setattr("models.projection.pca._CHUNK", 64)
    vectors = clusters(300) + 2
    components = finish(principal_components(vectors, 3))
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(
        np.abs(np.sum(components.axes * axes[:3].T, axis=0)), np.ones(3), atol=1e-5
    )
    np.testing.assert_allclose(
        components.variance, (singular[:3] ** 2).sum() / (singular**2).sum(), rtol=1e-5
    )
    largest = np.abs(components.axes).argmax(axis=0)
    assert (components.axes[largest, range(3)] > 0).all()


def test_pca_equals_scikit_learn():
    from sklearn.decomposition import PCA

    vectors = clusters(200)
    components = finish(principal_components(vectors, 2))
    reference = PCA(2).fit(vectors)
    expected = reference.transform(vectors)
    expected *= np.sign((expected * components.project(vectors)).sum(axis=0))
    np.testing.assert_allclose(components.project(vectors), expected, atol=1e-4)
    assert components.variance == pytest.approx(reference.explained_variance_ratio_.sum(), rel=1e-4)


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_pca_places_a_point_where_the_layout_has_it(surface):
    vectors = clusters(90)
    layout = finish(project(vectors, "pca", surface))
    np.testing.assert_allclose(layout.place(vectors), layout.positions, atol=1e-5)
    assert not layout.positions.flags.writeable
    if surface == "globe":
        np.testing.assert_allclose(np.linalg.norm(layout.positions, axis=1), 1, atol=1e-6)
    else:
        assert (layout.positions[:, 2] == 0).all()
        assert np.abs(layout.positions).max() == pytest.approx(1, abs=1e-6)
        assert np.abs(layout.positions).max() <= 1


def test_the_sentence_says_what_is_kept():
    layout = finish(project(clusters(90), "pca", "globe"))
    share = f"{layout.facts.variance:.1%}"
    value = f"{layout.facts.trustworthiness:.2f}".removeprefix("0")
    assert layout.facts.sentence == (
        f"24 → 3 dimensions, PCA keeps {share} of the variance; points are placed by direction "
        f"on the sphere; trustworthiness {value} on all 90 points."
    )
    many = finish(project(clusters(2100), "pca", "flat"))
    assert many.facts.sentence.endswith(" on 500 of 2,100 points.")


@pytest.mark.parametrize("surface", ["globe", "flat"])
@pytest.mark.parametrize("technique", ["pca", "umap"])
@pytest.mark.parametrize("shape", [(0, 8), (1, 8), (2, 8), (3, 2), (4, 1)])
def test_hardly_any_vectors(surface, technique, shape):
    vectors = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    layout = finish(project(vectors, technique, surface))
    assert layout.technique == "pca"
    assert layout.positions.shape == (shape[0], 3)
    assert np.isfinite(layout.positions).all()
    if surface == "globe":
        np.testing.assert_allclose(np.linalg.norm(layout.positions, axis=1), 1, atol=1e-6)
    assert layout.place(vectors[:1]).shape == (min(shape[0], 1), 3)


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_equal_vectors_stand_in_one_place(surface):
    vectors = np.full((50, 16), 0.1, np.float32)
    layout = finish(project(vectors, "pca", surface))
    expected = (0, 0, 1) if surface == "globe" else (0, 0, 0)
    np.testing.assert_array_equal(layout.positions, np.tile(np.float32(expected), (50, 1)))
    assert "do not differ" in layout.facts.sentence


@pytest.mark.parametrize(
    ("vectors", "settings", "words"),
    [
        (np.zeros(4, np.float32), {}, "rows and columns"),
        (np.array([[1, 2], [np.nan, 0]], np.float32), {}, "row 1"),
        (np.zeros((9, 4), np.float32), {"neighbours": 1}, "at least 2 neighbours"),
        (np.zeros((9, 4), np.float32), {"min_dist": 2.0}, "minimum distance"),
        (np.zeros((9, 4), np.float32), {"seed": -1}, "seed"),
    ],
)
def test_unusable_input_is_named(vectors, settings, words):
    with pytest.raises(InputError, match=words):
        finish(project(vectors, "pca", "globe", **settings))


def test_trustworthiness_equals_scikit_learn():
    from sklearn.manifold import trustworthiness as reference

    vectors = clusters(240)
    positions = finish(project(vectors, "pca", "globe")).positions
    value, sampled = finish(trustworthiness(vectors, positions, neighbours=15))
    assert sampled == 240
    expected = reference(vectors, positions, n_neighbors=15, metric="cosine")
    assert value == pytest.approx(expected, abs=1e-6)
    assert value < 0.999
    part, sampled = finish(trustworthiness(vectors, positions, neighbours=15, sample=120))
    assert sampled == 120
    assert part == pytest.approx(value, abs=0.02)


def test_trustworthiness_of_equal_points_has_no_strangers():
    equal = np.full((40, 6), 0.5, np.float32)
    value, _ = finish(trustworthiness(equal, np.zeros((40, 3), np.float32)))
    assert value == 1.0, "vectors at equal distances share the better rank"


def test_trustworthiness_needs_three_points():
    for count in range(3):
        nothing = np.zeros((count, 4), np.float32), np.zeros((count, 3), np.float32)
        assert finish(trustworthiness(*nothing)) == (None, 0)


def test_memberships_sum_to_the_logarithm_of_their_number():
    distances = np.sort(np.random.default_rng(0).uniform(0.1, 1, (40, 15)), axis=1)
    distances[:, 0] = 0
    fitted = memberships(distances.astype(np.float32), connected=True)
    np.testing.assert_allclose(fitted[:, 1:].sum(axis=1), np.log2(15), atol=1e-3)
    np.testing.assert_allclose(fitted[:, 1], 1)
    added = memberships(distances.astype(np.float32), connected=False)
    np.testing.assert_allclose(added[:, 1:].sum(axis=1), np.log2(15), atol=1e-3)
    assert (added[:, 1] < 1).all()


def test_new_points_are_placed_among_their_neighbours():
    vectors = clusters(90) * np.linspace(0.5, 2, 90, dtype=np.float32)[:, None]
    home = np.eye(3, dtype=np.float32)[np.arange(90) % 3]
    placer = AmongNeighbours(vectors, home, 15)
    # Cosine does not see length, so neither may placing.
    np.testing.assert_allclose(placer.place(vectors[:6] * 3), home[:6], atol=1e-6)
    centres = np.stack([vectors[i::3].mean(axis=0) for i in range(3)])
    np.testing.assert_allclose(placer.place(centres), home[:3], atol=1e-5)
    assert placer.place(vectors[:0]).shape == (0, 3)
    assert np.isfinite(placer.place(np.zeros((1, 24), np.float32))).all()


def test_a_point_between_two_places_is_put_in_the_one_that_has_more():
    vectors = np.eye(8, dtype=np.float32)[:5] + 1
    positions = np.zeros((5, 3), np.float32)
    positions[:3, 0] = [0.9, 1.0, 1.1]
    positions[3:, 0] = -1
    placed = AmongNeighbours(vectors, positions, 5).place(np.ones((1, 8), np.float32))
    np.testing.assert_allclose(placed, [[0.9, 0, 0]])


def test_rows_known_to_be_nearest_spare_the_search(monkeypatch):
    vectors = clusters(90)
    home = np.eye(3, dtype=np.float32)[np.arange(90) % 3]
    placer = AmongNeighbours(vectors, home, 15)
    near = np.argsort(-(vectors @ vectors[4]), kind="stable")[:20]
    np.testing.assert_array_equal(placer.place(vectors[4:5]), placer.place(vectors[4:5], near))
    question = vectors[[5, 8]].mean(axis=0, keepdims=True)
    far = np.arange(0, 90, 3)  # all in another cluster than the question's
    np.testing.assert_array_equal(placer.place(question, far), home[:1])


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_more_points_than_umap_sees_are_placed_among_those_it_saw(surface):
    vectors, centres = clusters(600, centres=4), 4
    rows = np.arange(0, 600, 5)
    corners = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], np.float32)
    around = np.random.default_rng(1).normal(scale=0.05, size=(len(rows), 3))
    seen = (corners[rows % centres] + around).astype(np.float32)
    seen[:, 2] = 0
    if surface == "globe":
        seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    placed = finish(place_others(vectors, vectors[rows], rows, seen, surface, 15))
    np.testing.assert_array_equal(placed[rows], seen)
    nearest = np.linalg.norm(placed[:, None] - corners[None], axis=2).argmin(axis=1)
    assert (nearest == np.arange(600) % centres).mean() > 0.98
    others = np.delete(placed, rows, axis=0)
    assert len(np.unique(others, axis=0)) > 1.5 * len(rows), "not all on the points that were seen"
    if surface == "globe":
        np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)


def test_a_point_with_a_duplicate_among_those_seen_stands_with_it():
    vectors = np.repeat(clusters(40), 2, axis=0)
    rows = np.arange(0, 80, 2)
    seen = np.random.default_rng(0).uniform(-1, 1, (40, 3)).astype(np.float32)
    placed = finish(place_others(vectors, vectors[rows], rows, seen, "flat", 1))
    np.testing.assert_allclose(placed[1::2], seen, atol=1e-6)


def test_a_layout_remembers_which_points_were_seen(tmp_path):
    vectors = clusters(60)
    positions = np.eye(3, dtype=np.float32)[np.arange(60) % 3]
    facts = finish(project(vectors, "pca", "globe")).facts
    rows = np.arange(0, 60, 2)
    placer = AmongNeighbours(vectors, positions, 7, rows)
    save_layout(Layout("umap", "globe", positions, facts, placer), tmp_path / "layout.npz")
    kept = load_layout(tmp_path / "layout.npz", vectors)
    np.testing.assert_array_equal(kept.placer.fitted, rows)
    np.testing.assert_array_equal(kept.place(vectors[:5] + 1), placer.place(vectors[:5] + 1))
    beyond = AmongNeighbours(vectors, positions, 7, np.array([60]))
    save_layout(Layout("umap", "globe", positions, facts, beyond), tmp_path / "bad.npz")
    with pytest.raises(InputError, match="damaged"):
        load_layout(tmp_path / "bad.npz", vectors)


def test_vectors_are_scaled_where_it_is_asked_for():
    vectors = clusters(90) * np.linspace(0.5, 2, 90, dtype=np.float32)[:, None]
    scaled = finish(project(vectors, "pca", "globe", unit=True))
    unit = finish(project(clusters(90), "pca", "globe"))
    np.testing.assert_allclose(scaled.positions, unit.positions, atol=1e-4)


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_layouts_survive_saving(tmp_path, surface):
    vectors = clusters(60)
    fresh = finish(project(vectors, "pca", surface))
    save_layout(fresh, tmp_path / "layout.npz")
    kept = load_layout(tmp_path / "layout.npz", vectors)
    np.testing.assert_array_equal(kept.positions, fresh.positions)
    assert kept.facts == fresh.facts
    assert not kept.positions.flags.writeable
    np.testing.assert_array_equal(kept.place(vectors[:5] + 1), fresh.place(vectors[:5] + 1))
    with pytest.raises(InputError, match="other vectors"):
        load_layout(tmp_path / "layout.npz", vectors[:-1])
    with pytest.raises(InputError, match="other vectors"):
        load_layout(tmp_path / "layout.npz", vectors[:, :-1])


def test_umap_layouts_survive_saving(tmp_path):
    vectors = clusters(60)
    positions = np.eye(3, dtype=np.float32)[np.arange(60) % 3]
    facts = finish(project(vectors, "pca", "globe")).facts
    placer = AmongNeighbours(vectors, positions, 7)
    save_layout(Layout("umap", "globe", positions, facts, placer), tmp_path / "layout.npz")
    kept = load_layout(tmp_path / "layout.npz", vectors)
    assert isinstance(kept.placer, AmongNeighbours)
    assert kept.placer.vectors is vectors
    assert kept.placer.neighbours == 7
    np.testing.assert_array_equal(kept.place(vectors[:5] + 1), placer.place(vectors[:5] + 1))


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "array", "missing"])
def test_damaged_layouts_are_input_errors(tmp_path: Path, damage):
    path = tmp_path / "layout.npz"
    vectors = clusters(20)
    save_layout(finish(project(vectors, "pca", "globe")), path)
    whole = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "text":
            path.write_text("no layout")
        case "empty":
            path.write_bytes(b"")
        case "array":
            np.savez(path, positions=np.zeros((20, 3), np.float32))
        case "missing":
            path.unlink()
    with pytest.raises(InputError, match=r"layout\.npz"):
        load_layout(path, vectors)


def test_layout_keys_tell_all_settings_apart():
    keys = {
        layout_key(vectors, technique, surface, {"neighbours": neighbours, "seed": 0})
        for vectors in ("a", "b")
        for technique in ("pca", "umap")
        for surface in ("globe", "flat")
        for neighbours in (15, 30)
    }
    assert len(keys) == 16
    assert layout_key("a", "pca", "flat", {"x": 1, "y": 2}) in {
        layout_key("a", "pca", "flat", {"y": 2, "x": 1})
    }


def test_unrolling_keeps_areas():
    longitude, latitude = np.meshgrid(np.linspace(-3, 3, 25), np.linspace(-1.4, 1.4, 15))
    step = 1e-3

    def place(east: float, north: float) -> np.ndarray:
        theta, phi = longitude + east, latitude + north
        globe = [np.cos(phi) * np.sin(theta), np.sin(phi), np.cos(phi) * np.cos(theta)]
        return unroll(np.stack(globe, axis=-1).reshape(-1, 3)).astype(np.float64)

    across = (place(step, 0) - place(-step, 0)) / (2 * step)
    up = (place(0, step) - place(0, -step)) / (2 * step)
    area = across[:, 0] * up[:, 1] - across[:, 1] * up[:, 0]
    # The ellipse's area is π/2, the sphere's 4π.
    np.testing.assert_allclose(area / np.cos(latitude).ravel(), 1 / 8, rtol=0.01)


def test_unrolled_points_lie_within_the_outline():
    points = np.random.default_rng(0).normal(size=(5000, 3))
    flat = unroll(points / np.linalg.norm(points, axis=1, keepdims=True))
    assert (flat[:, 2] == 0).all()
    assert (flat[:, 0] ** 2 + (2 * flat[:, 1]) ** 2 <= 1 + 1e-6).all()
    np.testing.assert_allclose(unroll(np.array([[0, 0, 1.0]])), 0, atol=1e-7)
    np.testing.assert_allclose(unroll(np.array([[0, 1.0, 0]])), [[0, 0.5, 0]], atol=1e-6)
    outline = unroll_outline()
    np.testing.assert_allclose(outline[:, 0] ** 2 + (2 * outline[:, 1]) ** 2, 1, atol=1e-6)
    np.testing.assert_allclose(outline[0], outline[-1], atol=1e-6)


def test_the_graticule_fits_the_globe_and_its_map():
    for line in graticule(unrolled=False):
        np.testing.assert_allclose(np.linalg.norm(line, axis=1), 1, atol=1e-6)
    meridians = slice(0, 11)
    for curved, flat in zip(
        graticule(unrolled=False)[meridians], graticule(unrolled=True)[meridians], strict=True
    ):
        np.testing.assert_allclose(unroll(curved), flat, atol=1e-4)
    for line in graticule(unrolled=True):
        assert np.linalg.norm(np.diff(line, axis=0), axis=1).max() < 0.1
