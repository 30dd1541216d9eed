"""The ring as a user meets it: density, features, pairs and angles, under a real cursor."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from explorer.palettes import categorical
from explorer.ring import RingView
from explorer.ring.view import mates
from explorer.theme import themes
from models.ring import ring

CLASSES = ["cat", "dog", "ship"]


def views(angles, away: float = 0.2) -> np.ndarray:
    """First views at ``angles``, then their second views ``away`` further on."""
    both = np.concatenate([angles, np.asarray(angles) + away])
    return np.stack([np.cos(both), np.sin(both)], axis=1).astype(np.float32)


def labelled(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors and labels of ``count`` images in three classes that keep to their own thirds."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    angles = labels * 2 * math.pi / 3 + rng.normal(size=count) * 0.25
    return views(angles), np.tile(labels, 2)


@pytest.fixture
def view(qtbot):
    view = RingView()
    qtbot.addWidget(view)
    view.resize(1000, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def show(view: RingView, vectors, labels, classes) -> None:
    """Shows vectors, and lets the layout settle around what the caption says."""
    view.show_ring(vectors, labels, classes)
    QApplication.processEvents()


def seen(widget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    shape = (image.height(), image.width(), 4)
    return np.frombuffer(image.bits(), np.uint8).reshape(shape)[:, :, 2::-1].astype(int)


def area(picture: np.ndarray, colour: str) -> int:
    """How many pixels are of ``colour``."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return int((np.abs(picture - wanted).max(axis=2) <= 3).sum())


def test_without_vectors_it_says_so_quietly(view):
    assert view.ring is None and not view.disc.isVisible()
    show(view, *labelled(30), CLASSES)
    assert view.disc.isVisible() and len(view.ring) == 60
    show(view, np.zeros((0, 2), np.float32), np.zeros(0, np.int64), CLASSES)
    assert view.ring is None and not view.disc.isVisible()
    show(view, *labelled(30), CLASSES)
    view.clear()
    assert view.ring is None and not view.disc.isVisible()


def test_features_lie_on_the_circle_in_the_colours_of_their_classes(view):
    vectors = views([0.5, 2.5, 4.5], 0.0)
    show(view, vectors, np.array([0, 1, 2, 0, 1, 2]), CLASSES)
    picture = seen(view.disc)
    for place, colour in zip(view.disc.place(vectors[:3]), categorical(3), strict=True):
        x, y = place.round().astype(int)
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert np.abs(picture[y, x] - wanted).max() <= 3
    up, down = view.disc.place(np.array([[0.0, 1.0], [0.0, -1.0]]))
    assert up[1] < down[1]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_density_shows_where_features_are_and_nowhere_else(view, mode):
    themes().set_mode(mode)
    show(view, views(np.zeros(20), 0.0), np.zeros(40, np.int64), ["only"])
    picture = seen(view.disc)
    ground = np.array([int(themes().current.window[at : at + 2], 16) for at in (1, 3, 5)])

    def far(x: float, y: float) -> int:
        column, row = view.disc.place(np.array([[x, y]]))[0].round().astype(int)
        return int(np.abs(picture[row, column] - ground).max())

    assert far(1.12, 0) > 90 and far(0.88, 0) > 90
    assert far(-1.12, 0) <= 3 and far(0, 0) <= 3


def test_chords_join_the_two_views_of_an_image(view):
    vectors = views([0.0], math.pi / 2)
    show(view, vectors, np.array([0, 0]), ["only"])
    middle = view.disc.place(vectors.mean(axis=0, keepdims=True))[0].round().astype(int)
    around = seen(view.disc)[middle[1] - 2 : middle[1] + 3, middle[0] - 2 : middle[0] + 3]
    show(view, vectors[[0, 0, 1, 1]], np.array([0] * 4), ["only"])
    show(view, vectors[[0, 1, 0, 1]], np.array([0] * 4), ["only"])
    apart = seen(view.disc)[middle[1] - 2 : middle[1] + 3, middle[0] - 2 : middle[0] + 3]
    assert np.abs(around - apart).max() > 60
    assert "each image" in view.caption.text()


def test_many_pairs_are_joined_in_part_and_the_caption_tells_how_many(view):
    show(view, *labelled(300), CLASSES)
    assert "96 of 300 images" in view.caption.text()
    assert "0.1" in view.caption.text() and "100" in view.caption.text()


def test_mates_survive_what_was_left_out():
    vectors = views([0.0, 1.0, 2.0])
    vectors[1] = 0
    assert mates(ring(vectors, np.zeros(6, np.int64), ["a"])).tolist() == [2, 4, 0, -1, 1]
    odd = views([0.0, 1.0])[:3]
    assert mates(ring(odd, np.zeros(3, np.int64), ["a"])).tolist() == [1, 0, -1]


def test_each_class_has_its_curve_and_few_classes_all_fit(view):
    show(view, *labelled(90), CLASSES)
    assert view.curves.shown() == [-1, 0, 1, 2]
    picture = seen(view.curves)
    for colour in (*categorical(3), themes().current.accent):
        assert area(picture, colour) > 60


def test_classes_without_room_are_counted(view):
    view.resize(420, 420)
    rng = np.random.default_rng(0)
    labels = np.tile(np.arange(60), 2)
    show(view, views(rng.uniform(-3, 3, 60)), labels, [f"class {k}" for k in range(60)])
    assert 1 < len(view.curves.shown()) < 61
    boxes = [panel.box for panel in view.curves._panels()]
    assert all(view.curves.rect().contains(box.toRect()) for box in boxes)
    assert not any(a.intersects(b) for at, a in enumerate(boxes) for b in boxes[:at])


def test_vectors_need_neither_classes_nor_labels(view, qtbot):
    vectors, _ = labelled(20)
    show(view, vectors, np.full(40, -1), [])
    assert view.curves.shown() == [-1]
    show(view, vectors, np.zeros(40, np.int64), [])
    assert view.curves.shown() == [-1, 0]
    show(view, views([0.0]), np.zeros(2, np.int64), [""])
    qtbot.mouseMove(view.disc, QPoint(*view.disc.place([[1, 0]])[0].round().astype(int)))
    assert view.disc.text().startswith("Class 0, 0°")


def test_the_cursor_on_a_feature_tells_its_class_angle_and_pair(view, qtbot):
    vectors = views(np.radians([30, 150, 260]), math.radians(20))
    show(view, vectors, np.array([0, 1, 2] * 2), CLASSES)
    place = QPoint(*view.disc.place(vectors[1:2])[0].round().astype(int).tolist())
    before = seen(view.curves)
    with qtbot.waitSignal(view.disc.pointed) as pointed:
        qtbot.mouseMove(view.disc, place)
    assert pointed.args[0] == pytest.approx(math.radians(150), abs=1e-5)
    assert view.disc.text() == "dog, 150°\nIts other view is 20° away"
    assert (seen(view.curves) != before).any()
    QApplication.sendEvent(view.disc, QEvent(QEvent.Type.Leave))
    assert view.disc.text() == ""
    np.testing.assert_array_equal(seen(view.curves), before)


def test_the_cursor_on_a_curve_marks_its_angle_on_the_ring(view, qtbot):
    show(view, *labelled(60), CLASSES)
    before = seen(view.disc)
    box = view.curves._panels()[2].box
    with qtbot.waitSignal(view.curves.pointed) as pointed:
        qtbot.mouseMove(view.curves, QPoint(round(box.center().x()), round(box.center().y())))
    assert abs(pointed.args[0]) < 0.05
    changed = (seen(view.disc) != before).any(axis=2)
    inner = view.disc.place(np.array([[0.8, 0.0]]))[0].round().astype(int)
    assert changed[inner[1] - 3 : inner[1] + 4, inner[0] - 3 : inner[0] + 4].any()
    QApplication.sendEvent(view.curves, QEvent(QEvent.Type.Leave))
    np.testing.assert_array_equal(seen(view.disc), before)


def test_what_is_under_the_cursor_is_found_anew_in_each_frame(view, qtbot):
    vectors = views([0.0, 2.0], 1.0)
    show(view, vectors, np.array([0, 1, 0, 1]), CLASSES)
    qtbot.mouseMove(view.disc, QPoint(*view.disc.place(vectors[:1])[0].round().astype(int)))
    assert view.disc.text().startswith("cat")
    show(view, views([0.5, 2.5], 1.0), np.array([0, 1, 0, 1]), CLASSES)
    assert view.disc.text() == ""


def test_angles_stand_beside_a_wide_ring_and_below_a_tall_one(view):
    show(view, *labelled(30), CLASSES)
    assert view.curves.x() > view.disc.geometry().right()
    view.resize(520, 760)
    QApplication.processEvents()
    assert view.curves.y() > view.disc.geometry().bottom()


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
def test_it_stays_round_and_inside_at_any_text_size(view, scale):
    themes().set_scale(scale)
    show(view, *labelled(60), CLASSES)
    QApplication.processEvents()
    corners = view.disc.place(np.array([[1.3, 0], [-1.3, 0], [0, 1.3], [0, -1.3]]))
    assert corners.min() >= 0
    assert (corners <= [view.disc.width(), view.disc.height()]).all()
    assert np.ptp(corners[:, 0]) == pytest.approx(np.ptp(corners[:, 1]))


def test_a_new_theme_is_drawn_at_once(view):
    show(view, *labelled(60), CLASSES)
    themes().set_mode("light")
    light = seen(view)
    themes().set_mode("dark")
    assert seen(view).mean() < 0.5 * light.mean()
