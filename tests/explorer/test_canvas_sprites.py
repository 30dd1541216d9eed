"""Pictures in place of points: when they show, what a click on them means, and what files hold."""

import base64
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage

from explorer.canvas.camera import Camera
from explorer.canvas.cloud import Cloud
from explorer.canvas.scene import Arc, CanvasColors, Label, Marker
from explorer.canvas.sprites import Sprites, place_preview
from explorer.canvas.tiles import Tiles
from explorer.canvas.warm import kernels
from explorer.canvas.widget import PointCanvas

DARK = CanvasColors("#0f1216", "#161b22", "#39424e", "#e6e9ee", "#56b4e9", "#6b7480")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SVG = "{http://www.w3.org/2000/svg}"
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 60), (40, 60, 230)


@pytest.fixture(scope="module", autouse=True)
def ready():
    assert kernels().wait(120)


@pytest.fixture
def canvas(qtbot):
    canvas = PointCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(640, 480)
    canvas.animations = False
    canvas.set_theme(DARK)
    canvas.show()
    qtbot.waitExposed(canvas)
    yield canvas
    canvas.hide()


def sphere(count: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def plain(colors, height: int = 8, width: int = 8) -> np.ndarray:
    """A picture of one colour for each of ``colors``."""
    pixels = np.array(colors, np.uint8)[:, None, None]
    return np.ascontiguousarray(np.broadcast_to(pixels, (len(colors), height, width, 3)))


def three(canvas: PointCanvas) -> None:
    """Red under green, which overlap, and blue apart; all with grey borders."""
    canvas.set_layout(np.array([[0, 0, 0], [0.1, 0, 0], [-1, 0.7, 0]], np.float32), "flat")
    canvas.set_colors(np.full((3, 3), 128, np.uint8))
    canvas.set_thumbnails(plain([RED, GREEN, BLUE]))


def seen(canvas: PointCanvas) -> np.ndarray:
    """The canvas as drawn, (H, W, 3)."""
    image = canvas.grab().toImage()
    while canvas._picture.sprites.pending:
        image = canvas.grab().toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    shape = (image.height(), image.width(), 4)
    return np.frombuffer(image.bits(), np.uint8).reshape(shape)[:, :, 2::-1].astype(int)


def area(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    """How many pixels are of ``colour``."""
    return int((np.abs(picture - np.array(colour)).max(axis=2) <= 2).sum())


@pytest.mark.parametrize("count", [128, 512])
def test_dots_turn_into_growing_pictures_as_one_zooms_in(canvas, qtbot, count):
    canvas.resize(1280, 800)
    canvas.set_layout(sphere(count), "globe")
    canvas.set_thumbnails(plain([RED] * count))
    assert area(seen(canvas), RED) == 0
    sides = []
    for _ in range(12):
        qtbot.keyClick(canvas, Qt.Key.Key_Plus)
        seen(canvas)
        laid = canvas._picture.laid
        sides.append(0.0 if laid is None else float(np.median(laid.boxes[:, 2])))
    assert max(sides) > 50 and sides[-1] <= 64
    assert (np.diff(sides[: sides.index(max(sides))]) > -4).all()
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert area(seen(canvas), RED) == 0


def test_pictures_can_always_stand_in_for_dots(canvas):
    canvas.set_layout(sphere(200), "globe")
    canvas.set_thumbnails(plain([RED] * 200))
    canvas.set_thumbnails_always(True)
    assert area(seen(canvas), RED) > 5000
    near = canvas.camera.project(sphere(200))[:, 2] > 0
    assert len(canvas._picture.laid.slots) == pytest.approx(near.sum(), abs=6)
    canvas.set_thumbnails_always(False)
    assert area(seen(canvas), RED) == 0


def test_few_points_need_no_zoom(canvas):
    three(canvas)
    assert area(seen(canvas), BLUE) > 1000


def test_without_a_picture_for_each_row_all_are_dots(canvas):
    three(canvas)
    canvas.set_thumbnails(None)
    without = seen(canvas)
    canvas.set_thumbnails(plain([RED] * 2))
    np.testing.assert_array_equal(seen(canvas), without)
    canvas.set_thumbnails_always(True)
    np.testing.assert_array_equal(seen(canvas), without)
    for wrong in (np.zeros((3, 8, 8), np.uint8), np.zeros((3, 8, 8, 3), np.float32)):
        with pytest.raises(ValueError, match="thumbnails"):
            canvas.set_thumbnails(wrong)


def test_the_given_array_is_kept_and_not_copied(canvas):
    pixels = plain([RED] * 3)
    pixels.setflags(write=False)
    three(canvas)
    canvas.set_thumbnails(pixels)
    assert area(seen(canvas), RED) > 1000
    assert canvas._picture.sprites.tiles.pixels is pixels


def test_a_click_anywhere_on_a_picture_means_its_point_and_the_topmost_wins(canvas, qtbot):
    three(canvas)
    picture, laid = seen(canvas), canvas._picture.laid
    rows = canvas._picture.cloud.rows[laid.slots]
    for y in range(0, canvas.height(), 7):
        for x in range(0, canvas.width(), 7):
            colour = tuple(picture[y, x].tolist())
            if colour in (RED, GREEN, BLUE):
                expected = (RED, GREEN, BLUE).index(colour)
                assert canvas._find(QPointF(x, y), 4) == expected
    left, top, width, height = laid.boxes[list(rows).index(2)]
    corner = QPoint(int(left + width) - 3, int(top + height) - 3)
    with qtbot.waitSignal(canvas.clicked) as clicked:
        qtbot.mouseClick(canvas, LEFT, NONE, corner)
    assert clicked.args == [2]
    with qtbot.waitSignal(canvas.clicked) as clicked:
        qtbot.mouseClick(canvas, LEFT, NONE, corner + QPoint(40, 40))
    assert clicked.args == [-1]


def test_what_is_selected_or_stressed_comes_on_top(canvas):
    three(canvas)
    before = seen(canvas)
    lower, upper = sorted((RED, GREEN), key=lambda colour: area(before, colour))
    canvas.set_selection([(RED, GREEN).index(lower)])
    after = seen(canvas)
    assert area(after, lower) > area(after, upper)
    accent = (0x56, 0xB4, 0xE9)
    assert area(before, accent) == 0 and area(after, accent) > 60
    canvas.set_selection([])
    canvas.set_emphasis([2])
    assert area(seen(canvas), BLUE) > 1.3 * area(before, BLUE)


def test_borders_take_the_colour_of_the_point(canvas):
    three(canvas)
    canvas.set_colors(np.array([[128] * 3, [128] * 3, [250, 210, 10]], np.uint8))
    assert area(seen(canvas), (250, 210, 10)) > 200


def test_points_behind_the_globe_and_dimmed_ones_stay_dots(canvas):
    canvas.set_layout(np.array([[0, 0, 1], [0, 0, -1], [0.6, 0, 0.8]], np.float32), "globe")
    canvas.set_thumbnails(plain([RED, GREEN, BLUE]))
    canvas.set_thumbnails_always(True)
    picture = seen(canvas)
    assert [area(picture, colour) > 500 for colour in (RED, GREEN, BLUE)] == [True, False, True]
    canvas.set_dimmed([False, False, True])
    assert area(seen(canvas), BLUE) == 0


def test_small_pictures_are_enlarged_in_hard_pixels_and_large_ones_shrink_smoothly(canvas):
    checks = (np.indices((4, 4)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = np.repeat(checks[None, :, :, None], 3, axis=3)
    canvas.set_layout(np.zeros((1, 3), np.float32), "flat")
    canvas.set_colors(np.array([RED], np.uint8))
    canvas.set_thumbnails(pixels)
    middle = canvas.camera.centre.astype(int)

    def inner() -> np.ndarray:
        return seen(canvas)[middle[1] - 20 : middle[1] + 20, middle[0] - 20 : middle[0] + 20]

    assert set(np.unique(inner())) == {0, 255}
    large = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    canvas.set_thumbnails(np.repeat(large[None, :, :, None], 3, axis=3))
    assert np.abs(inner() - 127.5).max() < 12


def test_pictures_that_are_not_square_keep_their_shape(canvas):
    canvas.set_layout(np.zeros((1, 3), np.float32), "flat")
    canvas.set_thumbnails(plain([BLUE], height=10, width=30))
    ys, xs = np.nonzero(np.abs(seen(canvas) - np.array(BLUE)).max(axis=2) <= 2)
    assert np.ptp(xs) > 2.5 * np.ptp(ys)
    assert Tiles(plain([BLUE], height=10, width=30)).shares == (1, 1 / 3)


def test_hovering_a_dot_shows_its_picture_beside_it_and_inside(canvas, qtbot):
    canvas.set_layout(sphere(128), "globe")
    canvas.set_thumbnails(plain([RED] * 128, 32, 32))
    places = canvas.camera.project(sphere(128))
    in_front = np.flatnonzero(places[:, 2] > 0.3)
    most_right = in_front[places[in_front, 0].argmax()]
    for row in (int(in_front[places[in_front, 0].argmin()]), int(most_right)):
        place = canvas.screen_position(row).toPoint()
        with qtbot.waitSignal(canvas.hovered):
            qtbot.mouseMove(canvas, place)
        picture = seen(canvas)
        assert area(picture, RED) >= 80 * 80
        ys, xs = np.nonzero(np.abs(picture - np.array(RED)).max(axis=2) <= 2)
        box = QRectF(xs.min(), ys.min(), np.ptp(xs), np.ptp(ys))
        assert not box.contains(QPointF(place))
        assert QRectF(2, 2, 636, 476).contains(box)
    qtbot.mouseMove(canvas, QPoint(2, 2))
    assert area(seen(canvas), RED) == 0


@pytest.mark.parametrize("x", [0, 90, 180, 270])
@pytest.mark.parametrize("y", [0, 70, 190])
def test_a_preview_keeps_off_its_point_and_inside(x, y):
    bounds, box = QRectF(0, 0, 300, 220), QRectF(x, y, 30, 30)
    card = place_preview(box, QPointF(90, 90), bounds, 10)
    assert bounds.contains(card) and not card.intersects(box)


def test_text_size_is_followed(canvas):
    three(canvas)
    canvas.set_thumbnails_always(True)
    before = area(seen(canvas), BLUE)
    font = canvas.font()
    font.setPixelSize(2 * font.pixelSize())
    canvas.setFont(font)
    assert area(seen(canvas), BLUE) > 2.5 * before


def test_arcs_labels_and_markers_lie_over_pictures(canvas):
    three(canvas)
    canvas.set_arcs([Arc((-1, 0.7, 0), (0, 0, 0), "#ffffff")])
    canvas.set_markers([Marker((-1, 0.7, 0), "here", "#ffd000")])
    canvas.set_labels([Label((0, 0, 0), "name")])
    assert area(seen(canvas), (255, 208, 0)) > 20


def test_a_png_holds_the_pictures(canvas, tmp_path):
    three(canvas)
    canvas.export_png(tmp_path / "three.png", scale=2)
    image = QImage(str(tmp_path / "three.png"))
    places = canvas.camera.project(np.array([-1, 0.7, 0])) * 2
    assert image.pixelColor(int(places[0]), int(places[1])).getRgb()[:3] == BLUE
    assert image.size().toTuple() == (1280, 960)


def test_an_svg_holds_the_pictures_pixel_by_pixel(canvas, tmp_path):
    three(canvas)
    canvas.set_selection([2])
    canvas.export_svg(tmp_path / "three.svg")
    root = ElementTree.parse(tmp_path / "three.svg").getroot()
    found = [image for image in root.iter(f"{SVG}image") if image.get("class") == "thumbnail"]
    colors = []
    for image in found:
        data = base64.b64decode(image.get("href").partition(",")[2])
        decoded = QImage.fromData(data)
        assert decoded.size().toTuple() == (8, 8)
        colors.append(decoded.pixelColor(3, 3).getRgb()[:3])
    assert sorted(colors) == sorted([RED, GREEN, BLUE]) and colors[-1] == BLUE
    assert len(list(root.iter(f"{SVG}rect"))) == 3 * 2 + 1
    canvas.set_thumbnails(None)
    canvas.export_svg(tmp_path / "dots.svg")
    assert "thumbnail" not in (tmp_path / "dots.svg").read_text()


def test_all_of_five_hundred_pictures_are_laid_when_asked_for(canvas):
    canvas.resize(1280, 800)
    positions = np.random.default_rng(0).uniform(-1, 1, (512, 3)).astype(np.float32)
    positions[:, 2] = 0
    pixels = np.random.default_rng(1).integers(0, 256, (512, 32, 32, 3)).astype(np.uint8)
    canvas.set_layout(positions, "flat")
    canvas.set_thumbnails(pixels)
    canvas.set_thumbnails_always(True)
    assert len(canvas._picture.lay(canvas.camera).slots) == 512


def test_a_frame_without_patience_leaves_the_rest_to_the_next(canvas, qtbot):
    three(canvas)
    whole = seen(canvas)
    sprites = canvas._picture.sprites
    canvas.set_thumbnails(plain([RED, GREEN, BLUE]))
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)
    canvas._picture.compose(image, canvas.camera, patience=0.0)
    assert sprites.pending
    canvas.repaint()
    qtbot.waitUntil(lambda: not sprites.pending)
    np.testing.assert_array_equal(seen(canvas), whole)


def test_laying_out_needs_no_points():
    sprites, none = Sprites(), np.zeros(0, np.int64)
    sprites.set_pixels(plain([RED]))
    sprites.always = True
    missing = Cloud(np.full((1, 3), np.nan, np.float32), "flat")
    assert sprites.lay(missing, Camera(), 2.0, none, none) is None
