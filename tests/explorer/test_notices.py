import logging
import sys
import threading

import pytest
from PySide6.QtCore import QEvent, Qt, qCritical, qWarning
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from explorer.notices import Notices
from explorer.widgets.toasts import ToastStack
from models.errors import InputError


@pytest.fixture
def notices(qapp):
    return Notices()


@pytest.fixture
def installed(notices):
    notices.install()
    yield notices
    notices.uninstall()


@pytest.fixture
def stack(focused, notices):
    window = QWidget()
    window.field = QLineEdit()
    QVBoxLayout(window).addWidget(window.field)
    window.resize(1000, 700)
    focused(window)
    stack = ToastStack(window)
    notices.show_with(stack.add)
    yield stack
    stack.clear()


def texts(stack):
    return [toast.notice.text for toast in stack.toasts]


def failure():
    try:
        {}["key"]
    except KeyError as error:
        return error


def test_a_message_that_is_shown_comes_to_rest(notices, stack):
    placed = []
    place = stack._place
    stack._place = lambda: (placed.append(1), place())
    notices.tell("A message.")
    for _ in range(60):
        QApplication.processEvents()
    assert 0 < len(placed) < 10  # and not a layout that asks for the next one, on and on


def test_a_message_is_shown_at_the_bottom_right_as_plain_text(notices, stack):
    notices.tell("<b>21,015</b> passages", "success")
    (toast,) = stack.toasts
    assert toast.isVisible()
    assert toast.text.textFormat() == Qt.TextFormat.PlainText
    assert toast.text.text() == "<b>21,015</b> passages"
    window = stack.parentWidget().rect()
    assert window.contains(stack.geometry())
    assert window.right() - stack.geometry().right() < 40
    assert window.bottom() - stack.geometry().bottom() < 40


def test_what_comes_before_the_window_waits_for_it(notices, stack):
    early = Notices()
    early.tell("One")
    early.tell("Two", "warning")
    early.show_with(stack.add)
    assert texts(stack) == ["One", "Two"]


def test_all_of_a_long_message_is_visible(qtbot, notices, stack):
    notices.tell("A sentence that needs several lines to be shown in full. " * 6, "error")
    notices.tell("Short")
    qtbot.waitUntil(lambda: stack.height() == stack.layout().totalHeightForWidth(stack.width()))
    for toast in stack.toasts:
        assert toast.text.height() >= toast.text.heightForWidth(toast.text.width())


@pytest.mark.parametrize("kind", ["info", "success", "warning"])
def test_messages_go_by_themselves_but_not_under_the_pointer(qtbot, notices, stack, kind):
    notices.tell("Done", kind)
    (toast,) = stack.toasts
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast._timer.isActive()
    toast.enterEvent(None)
    assert not toast._timer.isActive()
    toast.leaveEvent(None)
    toast._timer.setInterval(1)
    qtbot.waitUntil(lambda: stack.toasts == ())
    assert not stack.isVisible()


def test_errors_stay_until_they_are_dismissed(qtbot, notices, stack):
    notices.tell("It failed.", "error")
    (toast,) = stack.toasts
    assert not toast._timer.isActive()
    qtbot.mouseClick(toast, Qt.MouseButton.LeftButton)
    assert stack.toasts == ()


def test_escape_dismisses_the_newest_before_anybody_else_hears_it(qtbot, notices, stack):
    window = stack.parentWidget()
    heard = []
    action = QAction(window)
    action.setShortcut("Esc")
    action.triggered.connect(lambda: heard.append("shortcut"))
    window.addAction(action)
    window.field.setFocus()
    notices.tell("One", "error")
    notices.tell("Two", "error")
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert texts(stack) == ["One"] and heard == []
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert texts(stack) == [] and heard == []
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert heard == ["shortcut"]


def test_an_action_runs_once_and_takes_its_message_along(qtbot, notices, stack):
    done = []
    notices.tell("Removed.", action=("Undo", lambda: done.append(True)))
    (toast,) = stack.toasts
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert done == [True] and stack.toasts == ()


def test_the_same_message_is_not_stacked_and_many_push_out_the_oldest(notices, stack):
    for _ in range(3):
        notices.tell("Same", "error")
    assert texts(stack) == ["Same"]
    for number in range(6):
        notices.tell(f"Message {number}")
    assert texts(stack) == [f"Message {number}" for number in range(2, 6)]


def test_an_input_error_is_its_own_sentence(notices, stack):
    notices.report(InputError("corpus.csv has no column “text”."))
    (toast,) = stack.toasts
    assert toast.notice.text == "corpus.csv has no column “text”."
    assert toast.notice.kind == "error" and toast.notice.details == ""


def test_a_defect_is_one_calm_sentence_with_details_to_open_and_copy(qtbot, notices, stack):
    notices.report(failure(), "the map")
    (toast,) = stack.toasts
    assert toast.notice.text == "Something went wrong in the map; the details can be copied."
    assert "KeyError" not in toast.text.text()
    assert toast.details.isHidden()
    before = stack.height()
    qtbot.mouseClick(toast.details_button, Qt.MouseButton.LeftButton)
    assert "KeyError: 'key'" in toast.details.toPlainText()
    qtbot.waitUntil(lambda: stack.height() > before + 100)
    qtbot.mouseClick(toast.details_button, Qt.MouseButton.LeftButton)
    assert toast.details.isHidden()
    qtbot.mouseClick(toast.copy_button, Qt.MouseButton.LeftButton)
    assert "KeyError: 'key'" in QGuiApplication.clipboard().text()
    assert toast.copy_button.text() == "Copied"


def test_uncaught_exceptions_take_the_same_way_and_reach_the_log(installed, stack, home):
    error = failure()
    sys.excepthook(type(error), error, error.__traceback__)
    (toast,) = stack.toasts
    assert "Something went wrong in the program" in toast.notice.text
    logged = (home / "log" / "explorer.log").read_text("utf-8")
    assert "KeyError: 'key'" in logged and "unexpected error" in logged


def test_the_module_at_fault_is_named(notices, stack):
    from explorer.tokens import luminance

    try:
        luminance("#nonsense")
    except ValueError as error:
        notices.report(error)
    assert "explorer.tokens" in texts(stack)[0]


def test_threads_report_through_the_event_loop(qtbot, installed, stack):
    shown_by = []
    installed.show_with(lambda notice: shown_by.append((notice, threading.current_thread())))
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(shown_by) == 1)
    notice, shower = shown_by[0]
    assert "ZeroDivisionError" in notice.details
    assert shower is threading.main_thread()


def test_of_qts_messages_only_critical_ones_are_shown(installed, stack, home):
    qWarning("a small thing")
    assert stack.toasts == ()
    qCritical("a great thing")
    assert texts(stack) == ["Qt met a problem; the details can be copied."]
    logged = (home / "log" / "explorer.log").read_text("utf-8")
    assert "a small thing" in logged and "a great thing" in logged


def test_uninstalling_puts_everything_back(notices):
    before = sys.excepthook, threading.excepthook, len(logging.getLogger("explorer").handlers)
    notices.install()
    assert sys.excepthook is not before[0]
    notices.uninstall()
    after = sys.excepthook, threading.excepthook, len(logging.getLogger("explorer").handlers)
    assert after == before


def test_no_place_for_a_log_is_no_obstacle(notices, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "file"))
    notices.install()
    notices.uninstall()


def test_a_broken_route_falls_back_to_the_terminal(installed, capsys):
    def broken(notice):
        raise RuntimeError("no window")

    installed.report = broken
    error = failure()
    sys.excepthook(type(error), error, error.__traceback__)
    assert "KeyError" in capsys.readouterr().err
