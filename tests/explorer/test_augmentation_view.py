"""The Augmentation workspace: views follow the form, and nothing is stale."""

import threading

import numpy as np
import pytest
from augmenting import calm, images_page, preset
from PySide6.QtCore import QPoint, Qt
from running import PATIENCE, click

from explorer.theme import themes
from explorer.views.augmentation import images_page as the_page
from models.augment.spec import PRESETS, SIMCLR_CIFAR, SIMCLR_IMAGENET
from models.augment.studio import compare, draw
from models.augment.telling import tell

Key = Qt.Key


@pytest.fixture
def page(qtbot, explorer):
    yield from images_page(qtbot, explorer)


def sliders(page, part):
    """The sliders of one part by what they are called."""
    return {s.name.text(): s.slider for s in page.form.boxes[part].sliders}


def toggle(qtbot, page, part):
    """Clicks the box of a part's switch."""
    switch = page.form.boxes[part].switch
    place = QPoint(switch.fontMetrics().height(), switch.height() // 2)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=place)


def test_views_are_those_of_the_form(qtbot, explorer, page):
    request = page.request()
    assert request.spec == SIMCLR_IMAGENET and request.count == 4 and request.seed == 0
    np.testing.assert_array_equal(page.stage.drawn.views, draw(request).views)
    assert len(page.stage.grid) == 4 and request.others.shape == (15, 32, 32, 3)


def test_presets_are_exactly_the_published_ones(qtbot, explorer, page):
    for name, spec in PRESETS.items():
        for part in ("crop", "jitter", "blur"):
            for slider in sliders(page, part).values():
                qtbot.keyClick(slider, Key.Key_PageUp)
        assert page.form.spec() not in PRESETS.values()
        assert page.form.preset.currentIndex() == -1
        preset(page, name)
        assert page.form.spec() == spec
        calm(qtbot, explorer, page)
        assert page.stage.drawn.request.spec == spec


def test_a_form_moved_back_by_hand_is_the_preset_again(qtbot, page):
    slider = sliders(page, "jitter")["Strength s"]
    for _ in range(50):
        qtbot.keyClick(slider, Key.Key_Left)
    toggle(qtbot, page, "blur")
    assert page.form.spec() == SIMCLR_CIFAR
    assert page.form.preset.currentText() == "SimCLR CIFAR"


def test_with_everything_off_views_are_the_image_and_cosines_one(qtbot, explorer, page):
    for part, box in page.form.boxes.items():
        toggle(qtbot, page, part)
        assert not any(slider.isEnabled() for slider in box.sliders)
    calm(qtbot, explorer, page)
    drawn = page.stage.drawn
    np.testing.assert_allclose(
        drawn.views.astype(int), np.broadcast_to(drawn.request.image, drawn.views.shape), atol=1
    )
    np.testing.assert_allclose(page.panel.cosines.matrix, 1, atol=1e-4)
    assert page.panel.scale.means[:2] == ("1.000", "1.000")
    assert float(page.panel.scale.means[2]) < 1
    assert "100.0% of comparisons" in page.panel.words.text()
    for part in page.form.boxes:
        toggle(qtbot, page, part)
    assert page.form.spec() == SIMCLR_IMAGENET


def test_sliders_do_the_same_as_switches(qtbot, explorer, page):
    crop = sliders(page, "crop")
    qtbot.keyClick(crop["Area from"], Key.Key_End)
    qtbot.keyClick(crop["Width to height"], Key.Key_Home)
    for part in ("flip", "jitter", "grayscale", "blur"):
        qtbot.keyClick(sliders(page, part)["Probability"], Key.Key_Home)
    calm(qtbot, explorer, page)
    drawn = page.stage.drawn
    assert drawn.request.spec.crop_area == (1, 1) and drawn.request.spec.flip == 0
    np.testing.assert_array_equal(drawn.views[0], drawn.request.image)
    np.testing.assert_allclose(page.panel.cosines.matrix, 1, atol=1e-4)


@pytest.mark.parametrize(
    ("part", "slider", "seen"),
    [
        ("flip", "Probability", lambda drawn: drawn.flips.all()),
        ("grayscale", "Probability", lambda drawn: drawn.grays.all()),
        ("blur", "Probability", lambda drawn: (drawn.sigmas > 0).all()),
        ("jitter", "Probability", lambda drawn: (drawn.factors[:, 0] != 1).all()),
    ],
)
def test_a_certain_part_is_drawn_for_every_view(qtbot, explorer, page, part, slider, seen):
    assert not seen(page.stage.drawn)
    qtbot.keyClick(sliders(page, part)[slider], Key.Key_End)
    calm(qtbot, explorer, page)
    assert seen(page.stage.drawn)
    toggle(qtbot, page, part)
    calm(qtbot, explorer, page)
    assert not seen(page.stage.drawn)


def test_the_ends_of_a_range_push_each_other(qtbot, page):
    crop, blur = sliders(page, "crop"), sliders(page, "blur")
    qtbot.keyClick(crop["up to"], Key.Key_Home)
    assert page.form.spec().crop_area == (0.01, 0.01)
    qtbot.keyClick(crop["Area from"], Key.Key_End)
    assert page.form.spec().crop_area == (1, 1)
    qtbot.keyClick(blur["σ from"], Key.Key_End)
    assert page.form.spec().blur_sigma == (5, 5)


def test_published_values_stand_beside_the_sliders(page):
    for box in page.form.boxes.values():
        for slider in box.sliders:
            assert "Chen et al. 2020, appendix A" in slider.toolTip()
    low = page.form.boxes["crop"].sliders[0]
    assert "Published: 8%" in low.toolTip() and low.shown.text() == "8%"


def test_draw_again_draws_others_and_the_seed_brings_them_back(qtbot, explorer, page):
    first = page.stage.drawn.views
    click(qtbot, page.form.again)
    calm(qtbot, explorer, page)
    assert page.form.seed.value() == 1
    assert (page.stage.drawn.views != first).any()
    page.form.seed.setValue(0)
    calm(qtbot, explorer, page)
    np.testing.assert_array_equal(page.stage.drawn.views, first)


def test_more_views_make_a_larger_matrix_whose_numbers_go(qtbot, explorer, page):
    assert page.panel.heat.matrix.shape == (5, 5) and page.panel.heat.numbered
    click(qtbot, page.form.count.button("16"))
    calm(qtbot, explorer, page)
    assert page.panel.heat.matrix.shape == (17, 17) and not page.panel.heat.numbered
    assert len(page.stage.grid) == 16


def test_pointing_at_a_view_tells_what_was_drawn(qtbot, page):
    grid, original = page.stage.grid, page.stage.original
    qtbot.mouseMove(grid, QPoint(grid.width() - 1, grid.height() - 1))
    qtbot.mouseMove(grid, grid.cell(2).center())
    qtbot.waitUntil(lambda: grid.current == 2)
    assert page.stage.caption.text() == f"View 3: {tell(page.stage.drawn, 2)}."
    assert original.shown == (2,)
    box, scale = page.stage.drawn.boxes[2], original.width() / 32
    assert original.rect_of(2).left() == pytest.approx(box[1] * scale, abs=0.01)
    assert original.rect_of(2).height() == pytest.approx(box[2] * scale, abs=0.01)
    grid.leaveEvent(None)
    grid.setFocus(Qt.FocusReason.TabFocusReason)
    assert grid.current == 0
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.current == 2 and original.shown == (2,)
    qtbot.keyClick(grid, Key.Key_Up)
    assert grid.current == 0 and original.shown == (0,)
    qtbot.keyClick(grid, Key.Key_Right)
    assert grid.current == 1
    grid.leaveEvent(None)
    assert original.shown == () and "Point at a view" in page.stage.caption.text()


def test_pointing_at_a_cosine_frames_its_two_views(qtbot, page):
    heat = page.panel.heat
    qtbot.mouseMove(heat, heat.place(0, 0).center().toPoint())
    qtbot.mouseMove(heat, heat.place(1, 3).center().toPoint())
    qtbot.waitUntil(lambda: heat.current == (1, 3))
    cosine = f"{page.panel.cosines.matrix[1, 3]:.3f}"
    assert page.stage.caption.text() == f"View 1 and view 3: cosine {cosine}."
    assert page.stage.original.shown == (0, 2)
    qtbot.mouseMove(heat, heat.place(0, 2).center().toPoint())
    qtbot.waitUntil(lambda: heat.current == (0, 2))
    assert page.stage.caption.text().startswith("The original and view 2: cosine ")
    heat.leaveEvent(None)
    assert page.stage.original.shown == ()


def test_views_of_an_image_that_was_left_are_not_shown(qtbot, explorer, page, monkeypatch):
    gate, left = threading.Event(), page.picker.images.pixels[0].copy()
    begun = []

    def slow(request):
        begun.append(request)
        if (request.image == left).all():
            gate.wait(10)
        return draw(request)

    monkeypatch.setattr(the_page, "draw", slow)
    seen = []
    page.drawing.arrived.connect(seen.append)
    click(qtbot, page.form.again)
    qtbot.waitUntil(lambda: len(begun) == 1)
    click(qtbot, page.picker.next)
    click(qtbot, page.form.again)
    gate.set()
    calm(qtbot, explorer, page)
    page.drawing.arrived.disconnect(seen.append)
    assert [request.seed for request in begun] == [1, 2]
    assert [drawn.request.seed for drawn in seen] == [2]
    assert (page.stage.drawn.request.image == page.picker.images.pixels[1]).all()


def test_cosines_of_an_output_that_was_left_are_not_shown(qtbot, explorer, page, monkeypatch):
    gate, begun, seen = threading.Event(), [], []

    def slow(drawn, others, encoder, output):
        begun.append(output)
        if len(begun) == 1:
            gate.wait(10)
        return compare(drawn, others, encoder, output)

    monkeypatch.setattr(the_page, "compare", slow)
    page.measuring.arrived.connect(seen.append)
    click(qtbot, page.form.again)
    qtbot.waitUntil(lambda: begun == ["features"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.panel.heat.faded)
    click(qtbot, page.panel.output.button("projections"))
    gate.set()
    calm(qtbot, explorer, page)
    page.measuring.arrived.disconnect(seen.append)
    assert begun == ["features", "projections"] and len(seen) == 1
    assert not page.panel.heat.faded
    drawn = page.stage.drawn
    expected = compare(drawn, drawn.views[:0], page.encoders.encoder, "projections")
    np.testing.assert_allclose(page.panel.cosines.matrix, expected.matrix, atol=1e-5)


def test_it_fits_every_window_and_size_of_text(qtbot, explorer, page):
    window = explorer.window
    before = window.size()
    sizes = ((1920, 1080, 1.0), (1024, 640, 1.0), (1280, 800, 1.0), (1920, 1080, 2.0))
    for width, height, scale in sizes:
        themes().set_scale(scale)
        window.resize(width, height)
        qtbot.waitUntil(lambda size=(width, height): window.size().toTuple() == size)
        bar = page._right.horizontalScrollBar()
        qtbot.waitUntil(lambda bar=bar: bar.maximum() == 0)
        stage, grid = page.stage, page.stage.grid
        assert stage.original.width() == stage.original.height() >= 96
        assert grid.cell(3).right() < grid.width() and grid.cell(3).bottom() < grid.height()
        assert not window.grab().isNull()
    themes().set_scale(1.0)
    window.resize(before)
