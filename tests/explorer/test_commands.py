import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.commands import Command, Commands, match
from explorer.palette_dialog import CommandPalette
from explorer.shortcuts_dialog import ShortcutsSheet
from explorer.widgets import Label

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ran():
    return []


@pytest.fixture
def commands(qapp, ran):
    registry = Commands()

    def command(name, title, group, **more):
        return Command(name, title, lambda: ran.append(name), group, **more)

    registry.add(
        command("open", "Open project", "Project", shortcut="Ctrl+O"),
        command("export", "Export the picture", "Project", keywords=("save", "png")),
        command("larger", "Larger text", "Window", shortcut="Ctrl++; Ctrl+="),
        command("umap", "Project with UMAP", "Sphere"),
        command("never", "Never possible", "Sphere", enabled=lambda: False, shortcut="Ctrl+E"),
    )
    return registry


@pytest.fixture
def window(focused, commands):
    widget = QWidget()
    column = QVBoxLayout(widget)
    widget.field, widget.text = QLineEdit(), QPlainTextEdit()
    column.addWidget(widget.field)
    column.addWidget(widget.text)
    widget.resize(800, 600)
    commands.install(widget)
    widget.palette_sheet = CommandPalette(commands, widget)
    commands.add(
        Command("palette", "All commands", widget.palette_sheet.show_commands, "Help", "Ctrl+K")
    )
    return focused(widget)


def titles(palette):
    return [palette.list.item(row).text() for row in range(palette.list.count())]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("op", "Open project", "Crop picture"),
        ("lt", "Larger text", "Default"),
        ("text", "Larger text", "The exit"),
        ("LARGER", "Larger text", "Larger text than that"),
        ("p u", "Project with UMAP", "Pause"),
    ],
)
def test_matching_prefers_word_starts_runs_and_short_texts(query, better, worse):
    assert match(query, better) is not None
    assert match(query, worse) is None or match(query, better) > match(query, worse)


def test_letters_must_all_occur_in_order():
    assert match("xyz", "Open project") is None
    assert match("nepo", "Open") is None
    assert match("ünï", "Ünïcode 🌍") is not None
    assert match("a" * 500, "a" * 100) is None


def test_a_taken_id_or_shortcut_is_a_defect(commands):
    with pytest.raises(ValueError, match="there already is a command open"):
        commands.add(Command("open", "Again", print, "Project"))
    with pytest.raises(ValueError, match=r"Ctrl\+= already runs larger"):
        commands.add(Command("other", "Other", print, "Project", shortcut="Ctrl+="))
    assert "other" not in commands


def test_shortcuts_run_commands_whenever_they_were_added(qtbot, window, commands, ran):
    commands.add(Command("late", "Late", lambda: ran.append("late"), "Sphere", "Ctrl+J"))
    for key in (Qt.Key.Key_O, Qt.Key.Key_J, Qt.Key.Key_Equal):
        qtbot.keyClick(window, key, CONTROL)
    assert ran == ["open", "late", "larger"]


def test_a_disabled_command_does_not_run(qtbot, window, commands, ran):
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    assert not commands.run("never") and ran == []


def test_a_removed_command_is_gone_with_its_shortcut(qtbot, window, commands, ran):
    commands.run("open")
    commands.remove("open")
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL)
    assert ran == ["open"] and "open" not in commands
    commands.add(Command("open", "Open again", lambda: ran.append("again"), "Project", "Ctrl+O"))
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL)
    assert ran == ["open", "again"]


@pytest.mark.parametrize("place", ["field", "text"])
def test_the_palette_opens_over_a_field_too_and_gives_the_keyboard_back(qtbot, window, place):
    field = getattr(window, place)
    field.setFocus()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Home)
    qtbot.keyClick(field, Qt.Key.Key_K, CONTROL)
    palette = window.palette_sheet
    assert palette.isVisible() and palette.field.hasFocus()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible() and field.hasFocus()


def test_typing_narrows_and_enter_runs(qtbot, window, commands, ran):
    commands.run("palette")
    palette = window.palette_sheet
    assert "Never possible" not in titles(palette)
    qtbot.keyClicks(palette.field, "png")
    assert titles(palette) == ["Export the picture"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["export"] and not palette.isVisible()


def test_arrows_go_round(qtbot, window, commands, ran):
    commands.run("palette")
    palette = window.palette_sheet
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    chosen = palette.list.item(1).text()
    qtbot.keyClick(palette.field, Qt.Key.Key_Enter)
    assert ran and commands[ran[0]].title == chosen


def test_a_click_runs_a_command_and_one_beside_the_sheet_closes_it(qtbot, window, commands, ran):
    palette = window.palette_sheet
    commands.run("palette")
    spot = palette.list.visualItemRect(palette.list.item(1)).center()
    title = palette.list.item(1).text()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert [commands[name].title for name in ran] == [title]
    commands.run("palette")
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.rect().bottomLeft())
    assert not palette.isVisible()


def test_what_ran_last_leads(window, commands):
    commands.run("umap")
    commands.run("larger")
    commands.run("palette")
    assert titles(window.palette_sheet)[1:3] == ["Larger text", "Project with UMAP"]


def test_no_match_says_so_and_enter_does_nothing(qtbot, window, commands, ran):
    commands.run("palette")
    palette = window.palette_sheet
    qtbot.keyClicks(palette.field, "<b>zzz</b>")
    assert palette.nothing.isVisible() and not palette.list.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == [] and palette.isVisible()


def test_the_keyboard_stays_in_the_sheet_and_the_window_below_hears_nothing(
    qtbot, window, commands
):
    window.field.setFocus()
    commands.run("palette")
    palette = window.palette_sheet
    for _ in range(4):
        qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
        assert palette.isAncestorOf(window.focusWidget())
    qtbot.keyClicks(palette.field, "text")
    assert window.field.text() == ""


def test_the_sheet_of_shortcuts_lists_them_by_group(qtbot, window, commands):
    sheet = ShortcutsSheet(commands, window)
    sheet.show_shortcuts()
    shown = [label.text() for label in sheet.area.widget().findChildren(Label)]
    assert {"Project", "Window", "Help", "Open project", "Ctrl+O", "Ctrl++"} <= set(shown)
    assert "Export the picture" not in shown  # it has no shortcut
    qtbot.keyClick(sheet.area, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    sheet.show_shortcuts()
    qtbot.mouseClick(sheet.close_button, Qt.MouseButton.LeftButton)
    assert not sheet.isVisible()


def test_an_empty_registry_has_an_empty_palette(focused):
    widget = QWidget()
    focused(widget)
    palette = CommandPalette(Commands(), widget)
    palette.show_commands()
    assert palette.nothing.isVisible()
