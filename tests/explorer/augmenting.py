"""The page of images of the Augmentation workspace, for several files of tests."""

from running import PATIENCE, idle


def images_page(qtbot, explorer):
    """Generated shapes, SimCLR for ImageNet, four views, seed 0, the untrained network."""
    explorer.window.show_workspace("augmentation")
    page = explorer.window.view("augmentation").images
    page.form.count.set_value("4")
    page.form.seed.setValue(0)
    preset(page, "SimCLR ImageNet")
    page.panel.output.set_value("features")
    page.picker.open("shapes")
    page.encoders.refresh()
    calm(qtbot, explorer, page)
    page.encoders.choice.setCurrentIndex(page.encoders.choice.findData("fresh"))
    page.encoders.load()
    page.picker.choose(0)
    calm(qtbot, explorer, page)
    yield page
    explorer.session.open_run(None)
    calm(qtbot, explorer, page)


def calm(qtbot, explorer, page):
    """Waits until nothing more is drawn, compared or loaded."""
    parts = (page.picker.reading, page.drawing, page.measuring)
    parts += (page.encoders.listing, page.encoders.loading)
    qtbot.waitUntil(
        lambda: idle(explorer) and not any(part.busy for part in parts), timeout=PATIENCE
    )


def preset(page, name):
    index = page.form.preset.findData(name)
    page.form.preset.setCurrentIndex(index)
    page.form.preset.activated.emit(index)


def choose(page, box, data):
    index = box.findData(data)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)
