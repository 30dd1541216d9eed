import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.theme import themes
from explorer.widgets import (
    Button,
    Card,
    Chip,
    Choice,
    Divider,
    ElidedLabel,
    EmptyState,
    IconButton,
    IconLabel,
    Label,
    LabelledSlider,
    Menu,
    SearchField,
    Segmented,
    Spinner,
)

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def show(focused):
    windows = []  # Qt deletes a window that nobody holds, and all in it

    def one(widget, width=400):
        window = QWidget()
        column = QVBoxLayout(window)
        column.addWidget(widget)
        window.resize(width, 300)
        windows.append(focused(window))
        return widget

    return one


def segmented():
    return Segmented([("a", "Alpha"), ("b", "Beta", "map"), ("c", "Gamma")], "Letter")


def test_segments_are_chosen_by_click_and_told_once(qtbot, show):
    control = show(segmented())
    heard = []
    control.changed.connect(heard.append)
    for _ in range(2):
        qtbot.mouseClick(control.button("b"), LEFT)
    assert heard == ["b"] and control.value == "b"
    control.set_value("c")
    assert (
        heard == ["b"] and control.button("c").isChecked() and not control.button("b").isChecked()
    )


def test_segments_are_chosen_by_keys_past_those_that_are_disabled(qtbot, show):
    control = show(segmented())
    control.set_option_enabled("b", False, "No map yet")
    control.setFocus()
    qtbot.keyClick(control, Qt.Key.Key_Right)
    assert control.value == "c"
    qtbot.keyClick(control, Qt.Key.Key_Right)
    assert control.value == "c"
    qtbot.keyClick(control, Qt.Key.Key_Home)
    assert control.value == "a" and control.button("b").toolTip() == "No map yet"
    assert control.button("a").accessibleName() == "Letter: Alpha"


def test_the_slider_speaks_in_its_own_numbers(qtbot, show):
    slider = show(LabelledSlider("Temperature", 0.01, 1.0, 0.07, 0.01, "{:.2f}".format))
    moved, settled = [], []
    slider.changed.connect(moved.append)
    slider.settled.connect(settled.append)
    assert slider.value == pytest.approx(0.07) and slider.shown.text() == "0.07"
    slider.slider.setFocus()
    qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    assert moved == settled == [pytest.approx(0.08)]
    qtbot.keyClick(slider.slider, Qt.Key.Key_End)
    assert slider.value == pytest.approx(1.0)
    slider.set_value(0.5)
    assert len(moved) == 2 and slider.shown.text() == "0.50"
    slider.slider.setSliderDown(True)
    slider.slider.setSliderPosition(10)
    assert len(moved) == 3 and len(settled) == 2
    slider.slider.setSliderDown(False)
    assert settled[-1] == pytest.approx(0.11)


def test_long_lines_end_in_an_ellipsis_and_the_whole_is_in_the_tool_tip(qtbot, show):
    full = "A line that is <b>far</b> too long for the little room it has got here " * 2
    label = show(ElidedLabel(full), width=200)
    assert label.text() == full.strip()
    assert QLabel.text(label).endswith("…")
    assert "&lt;b&gt;far&lt;/b&gt;" in label.toolTip()
    label.setText("Short\nlines")
    assert QLabel.text(label) == "Short lines" and label.toolTip() == ""
    label.setText("")
    assert QLabel.text(label) == ""


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.3, 2.0])
def test_a_label_with_room_enough_is_never_shortened(qtbot, show, scale):
    themes().set_scale(scale)
    holder = QWidget()
    column = QVBoxLayout(holder)
    labels = [
        ElidedLabel(text, role)
        for text in ("Wikipedia", "W", "fi ffl")
        for role in ("body", "title", "caption", "key")
    ]
    for label in labels:
        column.addWidget(label, 0, Qt.AlignmentFlag.AlignLeft)
    show(holder, 1000)
    assert [QLabel.text(label) for label in labels] == [label.text() for label in labels]


def test_text_is_always_plain(qtbot):
    for label in (Label("<i>x</i>"), ElidedLabel("<i>x</i>")):
        qtbot.addWidget(label)
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_buttons_do_not_take_the_keyboard_by_a_click_but_by_tab(qtbot, show):
    holder = QWidget()
    column = QVBoxLayout(holder)
    field, button, icon, chip = (
        SearchField("Ask", "Question"),
        Button("Go"),
        IconButton("play", "Play"),
        Chip("physics", checkable=True),
    )
    for widget in (field, button, icon, chip):
        column.addWidget(widget)
    show(holder)
    field.setFocus()
    for widget in (button, icon, chip):
        qtbot.mouseClick(widget, LEFT)
        assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert chip.isChecked()
    assert icon.accessibleName() == icon.toolTip() == "Play"


def test_a_chip_that_only_shows_cannot_be_clicked_or_reached(qtbot, show):
    holder = QWidget()
    chip = Chip("all-MiniLM-L6-v2", icon="cpu", static=True)
    QVBoxLayout(holder).addWidget(chip)
    show(holder)
    assert chip.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert holder.childAt(chip.geometry().center()) is None


def test_the_search_field_is_emptied_by_its_button(qtbot, show):
    field = show(SearchField("Ask a question", "Question"))
    edited = []
    field.textEdited.connect(edited.append)
    assert not field.clear_button.isVisible()
    qtbot.keyClicks(field, "who")
    assert field.clear_button.isVisible()
    qtbot.mouseClick(field.clear_button, LEFT)
    assert field.text() == "" and edited[-1] == "" and not field.clear_button.isVisible()
    assert field.accessibleName() == "Question"


def test_an_empty_state_offers_what_to_do(qtbot, show):
    done = []
    state = show(
        EmptyState(
            "folder-open",
            "No corpus yet",
            "Drop files here.",
            [("Open", lambda: done.append("open")), ("Sample", lambda: done.append("sample"))],
        )
    )
    assert [button.property("kind") for button in state.buttons] == ["primary", "normal"]
    for button in state.buttons:
        qtbot.mouseClick(button, LEFT)
    assert done == ["open", "sample"]


def test_an_empty_state_may_say_little(show):
    state = show(EmptyState("chart", "Nothing to show", ""))
    assert state.buttons == [] and state.text.isHidden()


def test_the_spinner_turns_only_while_it_is_seen_and_may(qtbot, show):
    spinner = show(Spinner())
    assert spinner._timer.isActive()
    before = spinner.grab().toImage()
    qtbot.waitUntil(lambda: spinner.grab().toImage() != before)
    themes().set_animations(False)
    assert not spinner._timer.isActive()
    themes().set_animations(True)
    assert spinner._timer.isActive()
    spinner.hide()
    assert not spinner._timer.isActive()


def everything():
    return [
        Button("Open folder", "primary", "folder"),
        Button("Delete", "danger"),
        IconButton("search", "Search"),
        Chip("biology", swatch="#56b4e9"),
        segmented(),
        LabelledSlider("Neighbours", 2, 50, 15),
        SearchField("Ask", "Question"),
        IconLabel("warning"),
        Label("Text", "muted"),
        Card(),
        Divider(),
        Divider(vertical=True),
    ]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_widget_follows_theme_and_size(qtbot, mode):
    themes().set_mode("dark" if mode == "light" else "light")
    widgets = everything()
    for widget in widgets:
        qtbot.addWidget(widget)
        widget.ensurePolished()
    small = [widget.sizeHint().height() for widget in widgets]
    before = [widget.grab().toImage() for widget in widgets[:4]]
    themes().set_mode(mode)
    assert all(
        a.toImage() != b for a, b in zip((w.grab() for w in widgets[:4]), before, strict=True)
    )
    themes().set_scale(2.0)
    for widget, height in zip(widgets, small, strict=True):
        if not isinstance(widget, Divider | IconLabel):
            assert widget.sizeHint().height() >= 1.6 * height, type(widget).__name__
    assert widgets[7].width() == 32


def test_a_menu_is_a_menu(qtbot):
    menu = Menu()
    qtbot.addWidget(menu)
    action = menu.addAction("Copy")
    with qtbot.waitSignal(action.triggered):
        menu.popup(menu.pos())
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)


def test_a_long_entry_of_a_choice_leaves_its_arrow_free(qtbot):
    pictures = []
    for text in ("Short", "A long entry of which there is only room for a small part here"):
        choice = Choice()
        qtbot.addWidget(choice)
        choice.addItem(text)
        choice.setFixedSize(140, 32)
        pictures.append(choice.grab().toImage())
    short, long = (picture.copy(112, 0, 28, 32) for picture in pictures)
    assert short == long
    assert pictures[0] != pictures[1]
