"""Two encoders on the same points against loops, closed forms and other code."""

import itertools

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.stats import hypergeom, spearmanr

from models.comparison import neighbours, similarity
from models.comparison.compare import compare
from models.comparison.maps import Maps, joint_maps, own_maps
from models.comparison.neighbours import (
    jaccard,
    jaccard_by_chance,
    kept,
    kept_by_chance,
    nearest,
)
from models.comparison.procrustes import align, between, turn
from models.comparison.similarity import linear_cka, rank_correlation, spearman
from models.errors import InputError
from models.events import finish


def cloud(count, dimensions, seed=0):
    return np.random.default_rng(seed).normal(size=(count, dimensions))


def orthogonal(dimensions, seed=0):
    return np.linalg.qr(cloud(dimensions, dimensions, seed))[0]


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.mark.parametrize("entries", [1, 60, 1 << 20])
def test_neighbours_equal_a_plain_loop_however_they_are_cut(monkeypatch, entries):
    monkeypatch.setattr(neighbours, "_ENTRIES", entries)
    x = cloud(23, 5)
    found = finish(nearest(x, 4))
    for row in range(23):
        others = sorted((o for o in range(23) if o != row), key=lambda o: -cosine(x[row], x[o]))
        assert found[row].tolist() == others[:4]


def test_all_others_can_be_asked_for_and_no_more():
    x = cloud(6, 3)
    assert all(
        set(row) == set(range(6)) - {at} for at, row in enumerate(finish(nearest(x, 5)).tolist())
    )
    for k in (0, 6):
        with pytest.raises(ValueError):
            finish(nearest(x, k))


def test_equal_cosines_go_by_row_and_empty_vectors_do_no_harm():
    x = np.array([[1.0, 0], [2, 0], [3, 0], [0, 0]])
    assert finish(nearest(x, 2)).tolist() == [[1, 2], [0, 2], [0, 1], [0, 1]]


def test_neighbours_do_not_mind_turns_and_stretches_of_each_vector():
    x = cloud(40, 6)
    stretched = x @ orthogonal(6) * np.random.default_rng(1).uniform(0.1, 9, (40, 1))
    np.testing.assert_array_equal(finish(nearest(x, 5)), finish(nearest(stretched, 5)))


def test_kept_neighbours_are_those_of_both_sets():
    a, b = finish(nearest(cloud(30, 4), 7)), finish(nearest(cloud(30, 4, 1), 7))
    expected = [len(set(p) & set(q)) for p, q in zip(a.tolist(), b.tolist(), strict=True)]
    assert kept(a, b).tolist() == expected and 0 < sum(expected) < 7 * 30
    unions = [len(set(p) | set(q)) for p, q in zip(a.tolist(), b.tolist(), strict=True)]
    np.testing.assert_allclose(
        jaccard(kept(a, b), 7), np.array(expected) / unions, rtol=0, atol=1e-12
    )
    with pytest.raises(ValueError):
        kept(a, b[:, :3])


@pytest.mark.parametrize(("count", "k"), [(6, 2), (6, 4), (318, 10)])
def test_chance_is_that_of_sets_drawn_blindly(count, k):
    m = np.arange(k + 1)
    weights = hypergeom.pmf(m, count - 1, k, k)
    assert kept_by_chance(count, k) == pytest.approx(float(weights @ m) / k)
    assert jaccard_by_chance(count, k) == pytest.approx(float(weights @ (m / (2 * k - m))))


def test_chance_of_few_equals_all_pairs_of_sets():
    sets = [set(each) for each in itertools.combinations(range(5), 2)]
    plain = np.mean([len(a & b) / len(a | b) for a in sets for b in sets])
    assert jaccard_by_chance(6, 2) == pytest.approx(plain)


def test_a_turned_cloud_is_turned_back_exactly():
    x = cloud(30, 5)
    y = 3.5 * x @ orthogonal(5) + 7
    aligned = align(x, y)
    assert aligned.disparity == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(aligned.angles, 0, atol=1e-6)
    np.testing.assert_allclose(aligned.distances, 0, atol=1e-9)
    mirrored = align(x, x * [1, 1, 1, 1, -1])
    assert mirrored.disparity == pytest.approx(0, abs=1e-12)


def test_disparity_is_that_of_scipy_also_where_dimensions_differ():
    x, y = cloud(30, 5), cloud(30, 3, 1)
    _, _, expected = procrustes(x, np.pad(y, ((0, 0), (0, 2))))
    assert align(x, y).disparity == pytest.approx(expected)
    assert align(y, x).disparity == pytest.approx(expected)
    assert 0.3 < expected < 1


def test_no_other_turn_brings_points_nearer():
    x, y = cloud(20, 3), cloud(20, 3, 1)
    aligned = align(x, y)
    best = np.square(aligned.distances).sum()
    for seed in range(200):
        moved = aligned.second @ orthogonal(3, seed)
        assert np.square(aligned.first - moved).sum() > best
    assert np.square(aligned.first).sum() == pytest.approx(20)
    rotation, _ = turn(x, y)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


def test_angles_equal_a_plain_loop():
    x, y = cloud(9, 4), cloud(9, 4, 1)
    expected = [np.arccos(cosine(a, b)) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(between(x, y), expected)
    assert between(np.zeros((1, 2)), np.ones((1, 2))) == pytest.approx(np.pi / 2)
    aligned = align(x, y)
    np.testing.assert_allclose(aligned.angles, between(aligned.first, aligned.second))


def test_clouds_without_extent_have_nothing_in_common():
    aligned = align(np.ones((4, 2)), cloud(4, 3))
    assert aligned.disparity == 1 and np.isfinite(aligned.angles).all()
    with pytest.raises(ValueError):
        align(cloud(3, 2), cloud(4, 2))


def test_cka_equals_the_kernel_form():
    x, y = cloud(25, 6), cloud(25, 9, 1)
    h = np.eye(25) - 1 / 25
    k, m = h @ x @ x.T @ h, h @ y @ y.T @ h
    expected = np.trace(k @ m) / np.sqrt(np.trace(k @ k) * np.trace(m @ m))
    assert linear_cka(x, y) == pytest.approx(expected)
    assert 0.05 < expected < 0.95


def test_cka_minds_linear_maps_but_no_turn_shift_or_stretch():
    x, y = cloud(25, 6), cloud(25, 9, 1)
    assert linear_cka(x, x) == pytest.approx(1)
    moved = 4 * y @ orthogonal(9) - 3
    assert linear_cka(x, moved) == pytest.approx(linear_cka(x, y))
    assert linear_cka(x, x * [1, 9, 1, 1, 1, 1]) < 0.95
    assert linear_cka(x, np.ones((25, 2))) == 0


def test_rank_correlation_is_that_of_all_pairs(monkeypatch):
    x, y = cloud(15, 4), cloud(15, 6, 1)
    pairs = list(itertools.combinations(range(15), 2))
    sides = [[cosine(s[i], s[j]) for i, j in pairs] for s in (x, y)]
    rank, count = finish(rank_correlation(x, y))
    assert rank == pytest.approx(spearmanr(*sides).statistic, abs=1e-6) and count == 15
    assert finish(rank_correlation(x, 2 * x @ orthogonal(4)))[0] == pytest.approx(1, abs=1e-3)
    assert finish(rank_correlation(x, np.ones((15, 2))))[0] is None
    monkeypatch.setattr(similarity, "_PAIRED", 10)
    assert finish(rank_correlation(x, x)) == (pytest.approx(1), 10)


def test_spearman_is_that_of_scipy_with_ties():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 9, 200), rng.integers(0, 40, 200) / 7
    assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic, abs=1e-12)
    assert spearman(a, a) == pytest.approx(1) and spearman(a, -a) == pytest.approx(-1)
    assert spearman(a, np.ones(200)) is None and spearman(a[:1], b[:1]) is None
    assert spearman(a[:0], b[:0]) is None


def test_a_comparison_with_itself_finds_no_difference():
    x = cloud(60, 8).astype(np.float32)
    found = finish(compare(x, x @ orthogonal(8).astype(np.float32), 10))
    assert found.overlap == 1 == found.jaccard and found.angle < 1e-2
    assert found.cka == pytest.approx(1, abs=1e-5) and found.rank == pytest.approx(1, abs=1e-4)
    assert found.overlap_by_chance == 10 / 59 and found.shuffled_angle > 0.5
    assert found.shuffled_cka < 0.5


def test_unrelated_vectors_are_no_more_alike_than_shuffled_ones():
    found = finish(compare(cloud(400, 20), cloud(400, 30, 1), 10))
    assert found.overlap == pytest.approx(found.overlap_by_chance, abs=0.01)
    assert found.jaccard == pytest.approx(found.jaccard_by_chance, abs=0.01)
    assert found.angle == pytest.approx(found.shuffled_angle, abs=0.05)
    assert found.cka == pytest.approx(found.shuffled_cka, abs=0.02)
    assert abs(found.rank) < 0.05


def test_the_point_that_moved_is_the_most_changed():
    x = np.repeat(np.eye(4), 10, axis=0) + 0.05 * cloud(40, 4)
    y = x.copy()
    y[7] = x[25]  # leaves its group for another
    found = finish(compare(x, y, 5))
    assert found.most_changed[0] == 7 and found.kept[7] == 0
    assert found.angles.argmax() == 7
    order = found.most_changed
    assert (np.diff(found.kept[order]) >= 0).all() and len(set(order.tolist())) == 40


def test_few_points_have_fewer_neighbours_and_two_are_too_few():
    found = finish(compare(cloud(4, 3), cloud(4, 3, 1), 10))
    assert found.k == 3 and found.overlap == 1
    with pytest.raises(InputError, match="3 texts at least, not 2"):
        finish(compare(cloud(2, 3), cloud(2, 3), 1))
    bad = cloud(9, 3)
    bad[4, 1] = np.nan
    with pytest.raises(InputError, match="second encoder"):
        finish(compare(cloud(9, 3), bad, 1))


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_maps_of_the_same_vectors_turned_lie_on_one_another(surface):
    x = cloud(80, 6).astype(np.float32) * [5, 4, 3, 1, 1, 1]
    y = (x @ orthogonal(6)).astype(np.float32)
    maps = finish(own_maps(x, y, "pca", surface))
    np.testing.assert_allclose(maps.first, maps.second, atol=1e-2)
    joint = finish(joint_maps(x, y, surface))
    np.testing.assert_allclose(joint.first, joint.second, atol=1e-2)
    assert "by one PCA of both" in joint.details[0] and "onto A's map" in maps.details[1]
    kept = "3 of 6" if surface == "globe" else "2 of 6"
    assert maps.notes[0].startswith(f"{kept} dimensions, ") and "trustworthiness" in maps.notes[1]


def test_maps_take_other_dimensions():
    for surface, length in (("globe", 1.0), ("flat", None)):
        for work in (
            own_maps(cloud(30, 6), cloud(30, 4, 1), "pca", surface),
            joint_maps(cloud(30, 6), cloud(30, 4, 1), surface),
        ):
            maps = finish(work)
            assert maps.first.shape == maps.second.shape == (30, 3)
            for side in (maps.first, maps.second):
                if length:
                    np.testing.assert_allclose(np.linalg.norm(side, axis=1), 1, atol=1e-5)
                else:
                    assert not side[:, 2].any() and np.abs(side).max() < 1.5


def test_points_travel_along_great_circles_at_an_even_pace():
    a = np.array([[1.0, 0, 0], [0, 0, 1], [0, 1, 0]], np.float32)
    b = np.array([[0.0, 1, 0], [0, 0, 1], [0, -1, 0]], np.float32)
    maps = Maps(a, b, "globe", ("", ""))
    np.testing.assert_array_equal(maps.at(0), a)
    np.testing.assert_array_equal(maps.at(1), b)
    third = maps.at(1 / 3)
    np.testing.assert_allclose(third[0], [np.cos(np.pi / 6), np.sin(np.pi / 6), 0], atol=1e-6)
    np.testing.assert_allclose(third[1], a[1])
    np.testing.assert_allclose(np.linalg.norm(maps.at(0.5), axis=1), 1, atol=1e-6)
    flat = Maps(a, b, "flat", ("", ""))
    np.testing.assert_allclose(flat.at(0.25), 0.75 * a + 0.25 * b)
