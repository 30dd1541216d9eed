import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from explorer.commands import Commands
from explorer.notices import Notices
from explorer.settings import SettingsStore
from explorer.theme import themes
from explorer.widgets import ElidedLabel, EmptyState
from explorer.window import MINIMUM, MainWindow
from explorer.workspaces import Workspace

CONTROL = Qt.KeyboardModifier.ControlModifier


class NoJobs(QObject):
    changed = Signal()
    running = ()


class Made:
    """Workspaces that note what was made of them."""

    def __init__(self, *names, failing=()):
        self.views, self.failing = [], set(failing)
        self.workspaces = [
            Workspace(
                name, name.title(), "globe", lambda context, parent, name=name: self.make(name)
            )
            for name in names
        ]

    def make(self, name):
        if name in self.failing:
            raise RuntimeError(f"no {name} today")
        self.views.append(name)
        return QLineEdit(name)


@pytest.fixture
def open_window(focused):
    windows = []

    def open_one(made, **more):
        settings = SettingsStore()
        commands = more.pop("commands", None) or Commands()
        window = MainWindow(made.workspaces, NoJobs(), settings, commands, Notices(), "context")
        windows.append(window)
        window.commands_for_test, window.settings_for_test = commands, settings
        focused(window)
        return window

    yield open_one
    for window in windows:
        window.toasts.clear()


@pytest.fixture
def made():
    return Made("sphere", "retrieval", "training")


@pytest.fixture
def window(open_window, made):
    return open_window(made)


def test_views_are_made_when_first_shown_and_once(qtbot, window, made):
    assert made.views == ["sphere"] and window.workspace == "sphere"
    with qtbot.waitSignal(window.workspace_changed) as heard:
        qtbot.mouseClick(window.rail.button("retrieval"), Qt.MouseButton.LeftButton)
    assert heard.args == ["retrieval"]
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert made.views == ["sphere", "retrieval"]
    assert window.stack.currentWidget() is window.view("retrieval")
    assert window.rail.button("retrieval").isChecked()
    assert window.view("training") is None


def test_views_get_the_context_that_the_window_was_given(open_window, made):
    seen = []

    def create(context, parent):
        seen.append(context)
        return QWidget(parent)

    made.workspaces = [Workspace("one", "One", "globe", create)]
    open_window(made)
    assert seen == ["context"]


def test_a_view_that_fails_leaves_the_others_alone_and_can_be_tried_again(qtbot, open_window):
    made = Made("sphere", "broken", failing=["broken"])
    window = open_window(made)
    window.show_workspace("broken")
    page = window.stack.currentWidget()
    assert isinstance(page, EmptyState) and page.title.text() == "Broken could not be opened"
    assert "opening Broken" in window.toasts.toasts[0].notice.text
    window.show_workspace("sphere")
    assert window.stack.currentWidget() is window.view("sphere") and window.stack.count() == 1
    window.show_workspace("broken")
    made.failing.clear()
    again = window.stack.currentWidget().buttons[0]
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.view("broken")
    assert window.stack.count() == 2


def test_no_workspaces_at_all_is_an_empty_window(open_window):
    assert open_window(Made()).workspace == ""


def test_size_place_and_workspace_come_back(qtbot, open_window, made, home):
    window = open_window(made)
    window.resize(1024, 700)  # no wider, as the screen of tests is small
    window.show_workspace("training")
    window.close()
    stored = json.loads((home / "settings.json").read_text("utf-8"))
    assert stored["workspace"] == "training"
    again = open_window(Made("sphere", "training"))
    assert again.size().toTuple() == (1024, 700)
    assert again.workspace == "training"


@pytest.mark.parametrize("geometry", ["", "not base64 !", "AAAA", "ünï"])
def test_a_window_opens_whatever_the_stored_geometry_is(qtbot, open_window, made, home, geometry):
    home.mkdir()
    stored = {"window_geometry": geometry, "workspace": "gone"}
    (home / "settings.json").write_text(json.dumps(stored), "utf-8")
    window = open_window(made)
    assert window.width() >= MINIMUM[0] and window.height() >= MINIMUM[1]
    assert window.workspace == "sphere"


def test_the_window_has_a_smallest_size(window):
    window.resize(10, 10)
    assert window.size().toTuple() == MINIMUM


def test_text_grows_and_shrinks_by_keys_and_is_remembered(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    assert themes().scale == 1.2
    qtbot.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert themes().scale == 1.1
    assert window.settings_for_test.current.scale == 1.1
    qtbot.keyClick(window, Qt.Key.Key_0, CONTROL)
    assert themes().scale == 1.0


def test_the_theme_switches_from_header_and_commands(qtbot, window):
    qtbot.mouseClick(window.header.theme, Qt.MouseButton.LeftButton)
    assert themes().current.name == "dark"
    assert window.header.theme.accessibleName() == "Light theme"
    assert window.settings_for_test.current.theme == "dark"
    window.commands_for_test.run("theme.toggle")
    assert themes().current.name == "light"
    window.commands_for_test.run("theme.system")
    assert window.settings_for_test.current.theme == "system"


def test_animations_can_be_switched_off(window):
    window.commands_for_test.run("animations")
    assert not themes().animations and not window.settings_for_test.current.animations


def test_full_screen_and_back(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_header_and_rail_buttons_open_palette_and_shortcuts(qtbot, window):
    qtbot.mouseClick(window.header.commands, Qt.MouseButton.LeftButton)
    palette = window.palette_sheet
    assert palette.isVisible()
    shown = [palette.list.item(row).text() for row in range(palette.list.count())]
    assert "Show Retrieval" in shown and "All commands" not in shown
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.mouseClick(window.rail.help, Qt.MouseButton.LeftButton)
    assert window.shortcuts_sheet.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.workspace == "retrieval" and not window.shortcuts_sheet.isVisible()


def test_the_header_takes_what_the_project_puts_there(qtbot, window):
    label = ElidedLabel("A project with a name that is much too long for any header " * 4)
    window.set_header(label)
    assert window.header.content is label and label.isVisible()
    qtbot.waitUntil(lambda: label.toolTip() != "")
    assert QLabel.text(label).endswith("…")
    assert window.rect().contains(window.header.theme.mapTo(window, QPoint(10, 10)))


def test_no_ring_shows_before_the_keyboard_is_used(window):
    assert not isinstance(QApplication.focusWidget(), type(window.rail.button("sphere")))


def test_arrow_keys_move_along_the_rail(qtbot, window):
    first, second = window.rail.button("sphere"), window.rail.button("retrieval")
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert window.workspace == "retrieval"


@pytest.mark.parametrize(
    ("size", "scale", "labels"),
    [((1280, 800), 1.0, True), ((1024, 640), 1.0, True), ((1920, 1080), 2.0, False)],
)
def test_nothing_of_the_frame_is_clipped(qtbot, open_window, size, scale, labels):
    window = open_window(Made("one", "two", "three", "four", "five", "six"))
    window.status.set_fact("A fact that is rather long. " * 20)
    themes().set_scale(scale)
    window.resize(*size)
    qtbot.waitUntil(lambda: window.rail.labels_shown is labels)
    assert window.size().toTuple() == size
    frame = [window.header.theme, window.header.commands, window.rail.help, window.status]
    for part in [*frame, *(window.rail.button(name) for name in ("one", "six"))]:
        qtbot.waitUntil(lambda part=part: part.height() >= part.minimumSizeHint().height())
        corner = part.mapTo(window, part.rect().bottomRight())
        assert window.rect().contains(corner)
    assert window.rail.button("six").y() < window.rail.help.y()


def test_files_dropped_anywhere_are_told_and_fields_do_not_take_them(qtbot, window, tmp_path):
    data = QMimeData()
    files = [tmp_path / "a file.txt", tmp_path / "folder"]
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    window.view("sphere").clear()
    assert drag(window, data)
    assert window._drop.hint.isVisible()
    with qtbot.waitSignal(window.files_dropped) as heard:
        drop(window, data)
    assert heard.args == [[Path(path) for path in files]]
    assert window._drop.hint.isHidden() and window.view("sphere").text() == ""


def test_what_is_no_file_is_left_to_the_widgets(qtbot, window):
    text, link = QMimeData(), QMimeData()
    text.setText("words")
    link.setUrls([QUrl("https://example.org/a.txt")])
    with qtbot.assertNotEmitted(window.files_dropped):
        for data in (text, link):
            drag(window, data)
            assert window._drop.hint.isHidden()


def drag(window, data):
    event = QDragEnterEvent(
        QPoint(600, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    return window._drop.eventFilter(window.windowHandle(), event) and event.isAccepted()


def drop(window, data):
    event = QDropEvent(
        QPoint(600, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window.windowHandle(), event)
