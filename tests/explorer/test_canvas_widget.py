"""The canvas as a user meets it: real mouse and key events, morphs, looks."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QApplication

from explorer.canvas.cloud import Cloud
from explorer.canvas.scene import CanvasColors, Frame, Marker
from explorer.canvas.warm import kernels
from explorer.canvas.widget import PointCanvas

DARK = CanvasColors("#0f1216", "#161b22", "#39424e", "#e6e9ee", "#56b4e9", "#6b7480")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module", autouse=True)
def ready():
    assert kernels().wait(120)


def sphere(count: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def sheet(count: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).uniform(-1, 1, (count, 3)).astype(np.float32)
    points[:, 2] = 0
    return points


@pytest.fixture
def canvas(qtbot):
    canvas = PointCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(420, 360)
    canvas.animations = False
    canvas.set_theme(DARK)
    canvas.show()
    qtbot.waitExposed(canvas)
    yield canvas
    canvas.hide()


def spots(canvas: PointCanvas, positions: np.ndarray) -> np.ndarray:
    return canvas.camera.project(positions)


def drag(qtbot, canvas, path, modifier=NONE):
    """Presses, moves and releases; QTest's moves carry no pressed button by themselves."""
    qtbot.mousePress(canvas, LEFT, modifier, path[0])
    for place in path[1:]:
        qtbot.mouseMove(canvas, place)
    qtbot.mouseRelease(canvas, LEFT, modifier, path[-1])


def front(canvas: PointCanvas, positions: np.ndarray) -> int:
    """A row in front, near the middle and alone, so that a click can only mean it."""
    places = spots(canvas, positions)
    middle = np.hypot(*(places[:, :2] - canvas.camera.centre).T)
    return int(np.where(places[:, 2] > 0.5, middle, np.inf).argmin())


def test_an_empty_canvas_paints_and_answers(canvas, qtbot):
    canvas.set_layout(np.zeros((0, 3), np.float32), "globe")
    with qtbot.waitSignal(canvas.clicked) as clicked:
        qtbot.mouseClick(canvas, LEFT, NONE, QPoint(200, 180))
    assert clicked.args == [-1]
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    path = [QPoint(50, 50), QPoint(300, 50), QPoint(200, 300)]
    with qtbot.waitSignal(canvas.lassoed) as lassoed:
        drag(qtbot, canvas, path, Qt.KeyboardModifier.ShiftModifier)
    assert len(lassoed.args[0]) == 0
    canvas.set_layout(np.zeros((0, 3), np.float32), "flat")
    assert not canvas.grab().isNull()
    assert canvas.screen_position(0) is None


def test_what_does_not_change_colours_leaves_them_packed(canvas, monkeypatch):
    canvas.set_layout(sphere(500), "globe")
    canvas.grab()
    packed = []
    pack = Cloud.set_paint
    monkeypatch.setattr(Cloud, "set_paint", lambda self, *given: packed.append(pack(self, *given)))
    for act in (canvas.set_emphasis, canvas.set_selection):
        act([3, 4])
        canvas.grab()
    assert not packed
    canvas.set_dimmed(np.arange(500) > 20)
    canvas.grab()
    assert len(packed) == 1


def test_hover_and_click_name_the_point_under_the_cursor(canvas, qtbot):
    positions = sphere(200)
    canvas.set_layout(positions, "globe")
    row = front(canvas, positions)
    place = canvas.screen_position(row).toPoint()
    with qtbot.waitSignal(canvas.hovered) as hovered:
        qtbot.mouseMove(canvas, place)
    assert hovered.args == [row]
    with qtbot.waitSignal(canvas.clicked) as clicked:
        qtbot.mouseClick(canvas, LEFT, NONE, place)
    assert clicked.args == [row]
    with qtbot.waitSignal(canvas.hovered) as left:
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert left.args == [-1]


def test_a_point_behind_the_globe_has_no_place_on_the_screen(canvas):
    positions = np.array([[0, 0, 1], [0, 0, -1]], np.float32)
    canvas.set_layout(positions, "globe")
    assert canvas.screen_position(0) is not None
    assert canvas.screen_position(1) is None
    canvas.set_layout(np.array([[0.5, 0, 0], [np.nan, 0, 0]], np.float32), "flat")
    assert canvas.screen_position(0) is not None
    assert canvas.screen_position(1) is None


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_a_lasso_finds_what_lies_inside_its_polygon(canvas, qtbot, surface):
    positions = sphere(3000) if surface == "globe" else sheet(3000)
    canvas.set_layout(positions, surface)
    path = [QPoint(120, 90), QPoint(300, 110), QPoint(280, 260), QPoint(200, 170), QPoint(90, 250)]
    with qtbot.waitSignal(canvas.lassoed) as lassoed:
        drag(qtbot, canvas, path, Qt.KeyboardModifier.ShiftModifier)
    (rows,) = lassoed.args
    places = spots(canvas, positions)
    polygon = QPolygonF([QPointF(point) for point in path])
    odd_even = Qt.FillRule.OddEvenFill
    inside = [polygon.containsPoint(QPointF(x, y), odd_even) for x, y, _ in places]
    expected = np.flatnonzero(np.array(inside) & (canvas.camera.nearness(places[:, 2]) >= 0.4))
    assert rows.dtype == np.int64 and len(expected) > 100
    # The mask has whole pixels: points within half a pixel of the outline may differ.
    assert len(np.setxor1d(rows, expected)) <= 0.05 * len(expected)


def test_lasso_mode_needs_no_modifier(canvas, qtbot):
    canvas.set_layout(sphere(500), "globe")
    canvas.set_lasso(True)
    before = canvas.camera.rotation.copy()
    with qtbot.waitSignal(canvas.lassoed):
        drag(qtbot, canvas, [QPoint(100, 100), QPoint(300, 100), QPoint(200, 300)])
    np.testing.assert_array_equal(canvas.camera.rotation, before)


def test_a_drag_turns_the_globe_under_the_cursor(canvas, qtbot):
    positions = sphere(300)
    canvas.set_layout(positions, "globe")
    row = front(canvas, positions)
    start = canvas.screen_position(row)
    goal = (start + QPointF(60, 25)).toPoint()
    drag(qtbot, canvas, [start.toPoint(), (start + QPointF(30, 12)).toPoint(), goal])
    end = canvas.screen_position(row)
    assert np.hypot(end.x() - goal.x(), end.y() - goal.y()) < 4
    rotation = canvas.camera.rotation
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)


def test_a_drag_moves_the_flat_map_and_the_wheel_zooms_at_the_cursor(canvas, qtbot):
    positions = sheet(50)
    canvas.set_layout(positions, "flat")
    start = canvas.screen_position(0)
    place = start.toPoint()
    wheel = QWheelEvent(
        start,
        canvas.mapToGlobal(start),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, wheel)
    assert canvas.camera.zoom > 1.4
    after = canvas.screen_position(0)
    assert np.hypot(after.x() - start.x(), after.y() - start.y()) < 1e-6
    drag(qtbot, canvas, [place, place + QPoint(10, 0), place + QPoint(30, -20)])
    moved = canvas.screen_position(0) - after
    assert (round(moved.x()), round(moved.y())) == (30, -20)


def test_keys_turn_zoom_reset_spin_clear_and_open(canvas, qtbot):
    positions = sphere(100)
    canvas.set_layout(positions, "globe")
    first = canvas.camera.rotation.copy()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert not np.allclose(canvas.camera.rotation, first)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.camera.zoom == pytest.approx(1.25)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    np.testing.assert_allclose(canvas.camera.rotation, first)
    with qtbot.waitSignal(canvas.spinning_changed) as spinning:
        qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert spinning.args == [True]
    with qtbot.waitSignal(canvas.cleared):
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    with qtbot.waitSignal(canvas.clicked) as clicked:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert clicked.args == [front(canvas, positions)]


def test_the_focus_ring_shows_for_the_keyboard_only(canvas, qtbot):
    canvas.set_layout(sphere(10), "globe")
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    corner = QPoint(100, 2)
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    without = canvas.grab().toImage().pixelColor(corner)
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.grab().toImage().pixelColor(corner) != without


def test_a_morph_ends_exactly_at_its_target_even_when_interrupted(canvas, qtbot):
    canvas.animations = True
    globe, flat = sphere(400, 1), sheet(400, 2)
    canvas.set_layout(globe, "globe", morph=False)
    turned = canvas.camera.rotation.copy()
    canvas.set_layout(flat, "flat")
    assert canvas.motion.progress < 1
    qtbot.waitUntil(lambda: 0.2 < canvas.motion.progress < 1)
    canvas.set_layout(globe, "globe")
    qtbot.waitUntil(lambda: 0.1 < canvas.motion.progress < 1)
    canvas.set_layout(flat, "flat")
    qtbot.waitUntil(lambda: canvas.motion.progress == 1)
    np.testing.assert_array_equal(canvas._picture.cloud.points.T, flat[canvas._picture.cloud.rows])
    np.testing.assert_array_equal(canvas.camera.rotation, np.eye(3))
    assert canvas.camera.globe == 0
    canvas.set_layout(globe, "globe")
    qtbot.waitUntil(lambda: canvas.motion.progress == 1)
    np.testing.assert_allclose(canvas.camera.rotation, turned, atol=1e-9)
    assert not canvas._timer.isActive()


def test_reduced_motion_and_other_rows_come_at_once(canvas):
    canvas.set_layout(sphere(30), "globe")
    canvas.set_layout(sheet(30), "flat", morph=True)
    assert canvas.motion.progress == 1
    canvas.animations = True
    canvas.set_selection([1, 2])
    canvas.set_layout(sphere(31), "globe", morph=True)
    assert canvas.motion.progress == 1
    assert not len(canvas._picture.selection)


def test_the_timer_rests_when_nothing_moves_or_nobody_looks(canvas, qtbot):
    canvas.animations = True
    canvas.set_layout(sphere(50), "globe")
    assert not canvas._timer.isActive()
    canvas.set_spinning(True)
    assert canvas._timer.isActive()
    before = canvas.camera.rotation.copy()
    qtbot.waitUntil(lambda: not np.allclose(canvas.camera.rotation, before))
    canvas.hide()
    assert not canvas._timer.isActive()
    canvas.show()
    assert canvas._timer.isActive()
    canvas.animations = False
    qtbot.waitUntil(lambda: not canvas._timer.isActive())
    canvas.animations = True
    canvas.set_spinning(False)
    canvas.set_markers([Marker((0, 0, 1), "Question", "#e69f00", pulsing=True)])
    assert canvas._timer.isActive()
    qtbot.waitUntil(lambda: not canvas._timer.isActive(), timeout=6000)


def test_selected_dimmed_and_emphasised_points_look_different(canvas):
    positions = np.array([[0, 0, 0], [0.6, 0.6, 0], [-0.6, -0.6, 0]], np.float32)
    canvas.set_layout(positions, "flat")
    canvas.set_colors(np.array([[230, 60, 20]] * 3, np.uint8))
    place = canvas.screen_position(0).toPoint()

    def look() -> np.ndarray:
        image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        box = image.copy(place.x() - 16, place.y() - 16, 32, 32)
        return np.frombuffer(box.bits(), np.uint8).reshape(32, 32, 4)[:, :, :3].astype(int)

    plain = look()
    canvas.set_selection([0, 0, 99])
    ring = look()
    assert (abs(ring - np.array([0xE9, 0xB4, 0x56])).sum(axis=2) < 60).sum() > 10
    canvas.set_selection([])
    canvas.set_emphasis([0])
    red = [(image[:, :, 2] > 150).sum() for image in (plain, look())]
    assert red[1] > 1.5 * red[0]
    canvas.set_emphasis([])
    canvas.set_dimmed([True, False, False])
    assert look().max() < 0.6 * plain.max()
    canvas.set_dimmed(None)
    np.testing.assert_array_equal(look(), plain)
    with pytest.raises(ValueError, match="mask"):
        canvas.set_dimmed([True])


def test_a_frame_is_drawn_under_the_flat_map(canvas):
    canvas.set_layout(sheet(1), "flat")
    without = canvas.grab().toImage()
    square = np.array([[-0.9, -0.9, 0], [0.9, -0.9, 0], [0.9, 0.9, 0], [-0.9, 0.9, 0]])
    canvas.set_frame(Frame(square, (square[:2],)))
    assert canvas.grab().toImage() != without
    canvas.set_frame(None)
    assert canvas.grab().toImage() == without


def test_it_tells_assistive_technology_what_it_is(canvas):
    canvas.set_layout(sphere(1234), "globe")
    assert canvas.accessibleName()
    assert canvas.accessibleDescription().startswith("1,234 points on a globe.")


def test_the_globe_turns_to_a_point_behind_it_and_stays_for_one_in_front(canvas):
    canvas.set_layout(sphere(50), "globe", morph=False)
    behind = -canvas.camera.rotation[2]
    canvas.face(behind)
    assert (canvas.camera.rotation @ behind)[2] > 0.7
    before = canvas.camera.rotation.copy()
    canvas.face(before[2])
    np.testing.assert_array_equal(canvas.camera.rotation, before)


def test_a_point_asked_for_during_a_morph_is_faced_after_it(canvas, qtbot):
    canvas.animations = True
    canvas.set_layout(sphere(50), "globe", morph=False)
    canvas.set_layout(sphere(50, 1), "globe")
    behind = -canvas.camera.rotation[2]
    canvas.face(behind)
    qtbot.waitUntil(lambda: (canvas.camera.rotation @ behind)[2] > 0.7)
    qtbot.waitUntil(lambda: canvas.motion.progress == 1)


def test_a_flat_map_does_not_turn(canvas):
    canvas.set_layout(sheet(50), "flat", morph=False)
    canvas.face(np.array([0.5, 0.5, 0.0]))
    np.testing.assert_array_equal(canvas.camera.rotation, np.eye(3))
