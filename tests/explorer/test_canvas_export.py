"""The canvas written to files: pixels and vectors."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage

from explorer.canvas.export import VECTORS
from explorer.canvas.scene import Arc, CanvasColors, Label, Marker
from explorer.canvas.warm import kernels
from explorer.canvas.widget import PointCanvas
from models.errors import InputError

DARK = CanvasColors("#0f1216", "#161b22", "#39424e", "#e6e9ee", "#56b4e9", "#6b7480")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", autouse=True)
def ready():
    assert kernels().wait(120)


@pytest.fixture
def canvas(qtbot):
    canvas = PointCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(420, 360)
    canvas.set_theme(DARK)
    return canvas


def dressed(canvas: PointCanvas, count: int) -> None:
    positions = np.random.default_rng(0).normal(size=(count, 3))
    positions /= np.linalg.norm(positions, axis=1, keepdims=True)
    canvas.set_layout(positions, "globe")
    canvas.set_selection([0, 1])
    canvas.set_arcs([Arc((0, 0, 1), (1, 0, 0), "#e69f00", 0.8)])
    canvas.set_markers(
        [
            Marker((0, 0, 1), "What is <salt> & why\x07?", "#e69f00"),
            Marker((0, 0.1, 0.99), "The Dead Sea", "#009e73", "passage"),
        ]
    )
    canvas.set_labels([Label((0.3, 0.3, 0.9), "Seas", 1.0), Label((0.3, 0.3, 0.9), "Hidden")])


def test_png_has_the_asked_for_size(canvas, tmp_path):
    dressed(canvas, 500)
    canvas.export_png(tmp_path / "sphere.png", scale=3)
    image = QImage(str(tmp_path / "sphere.png"))
    assert (image.width(), image.height()) == (1260, 1080)
    assert image.pixelColor(3, 3).name() == DARK.background


def test_svg_holds_every_point_and_all_text(canvas, tmp_path):
    dressed(canvas, 500)
    canvas.export_svg(tmp_path / "sphere.svg")
    root = ElementTree.parse(tmp_path / "sphere.svg").getroot()
    kinds = [circle.get("class") for circle in root.iter(f"{SVG}circle")]
    assert kinds.count("point") == 500
    assert kinds.count("chosen") == 2
    assert len([path for path in root.iter(f"{SVG}path") if path.get("class") == "arc"]) == 1
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert texts == {"What is <salt> & why ?", "The Dead Sea", "Seas"}


def test_svg_of_many_points_embeds_them_as_an_image(canvas, tmp_path):
    dressed(canvas, VECTORS + 1)
    canvas.export_svg(tmp_path / "many.svg")
    root = ElementTree.parse(tmp_path / "many.svg").getroot()
    assert not [c for c in root.iter(f"{SVG}circle") if c.get("class") == "point"]
    assert root.find(f"{SVG}image").get("href").startswith("data:image/png;base64,")


def test_an_export_that_cannot_be_written_says_so(canvas, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="could not be written"):
        canvas.export_png(tmp_path / "file" / "sphere.png")
