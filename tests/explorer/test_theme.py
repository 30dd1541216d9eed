import re
from dataclasses import asdict

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from explorer import icons, style
from explorer.theme import DARK, LIGHT, px, space, themes
from explorer.tokens import contrast

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@BOTH
@pytest.mark.parametrize("ground", ["window", "surface"])
def test_all_text_is_readable(theme, ground):
    colors = asdict(theme)
    for role in ("text", "muted", "faint", "accent", "danger", "warning", "ok"):
        assert contrast(colors[role], colors[ground]) >= 4.5, role


@BOTH
def test_text_is_readable_on_tinted_grounds(theme):
    for ground in (theme.raised, theme.accent_soft, theme.highlight):
        assert contrast(theme.text, ground) >= 4.5
        assert contrast(theme.muted, ground) >= 4.5
    assert contrast(theme.accent, theme.accent_soft) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_accent, theme.accent_hover) >= 4.5


@BOTH
def test_the_style_sheet_leaves_nothing_to_fill_in(qapp, theme):
    sheet = style.stylesheet(theme, 1.3)
    assert not re.search(r"\$|\bicon\(|\ddp\b", sheet)
    assert theme.accent in sheet


def test_a_forced_theme_dresses_the_application(qtbot):
    with qtbot.waitSignal(themes().changed) as heard:
        themes().set_mode("dark")
    assert heard.args == [DARK]
    ground = QApplication.palette().color(QPalette.ColorRole.Window)
    assert ground.name() == DARK.window
    themes().set_mode("light")
    assert themes().current is LIGHT


def test_the_system_is_followed_live_unless_a_theme_is_forced(qtbot, monkeypatch):
    scheme = Qt.ColorScheme.Dark

    class Hints:
        def colorScheme(self):
            return scheme

        def setColorScheme(self, forced):
            pass

    monkeypatch.setattr(QApplication, "styleHints", lambda app: Hints())
    themes()._follow()
    assert themes().current is DARK
    themes().set_mode("light")
    themes()._follow()
    assert themes().current is LIGHT
    themes().set_mode("system")
    assert themes().current is DARK
    scheme = Qt.ColorScheme.Light
    themes()._follow()
    assert themes().current is LIGHT


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="sepia"):
        themes().set_mode("sepia")


def test_one_factor_scales_text_spaces_and_controls(qtbot):
    label, field = QLabel("text"), QLineEdit()
    for widget in (label, field):
        qtbot.addWidget(widget)
        widget.ensurePolished()
    text, room, height = QFontInfo(label.font()).pixelSize(), space(4), field.sizeHint().height()
    themes().set_scale(2.0)
    assert QFontInfo(label.font()).pixelSize() == 2 * text
    assert space(4) == 2 * room and px(10) == 20
    assert field.sizeHint().height() >= 1.8 * height


@pytest.mark.parametrize(("asked", "kept"), [(0.1, 0.8), (9, 2.0), (1.25, 1.25)])
def test_scale_stays_within_its_range(qtbot, asked, kept):
    themes().set_scale(asked)
    assert themes().scale == kept


def test_nothing_is_said_where_nothing_changes(qtbot):
    with qtbot.assertNotEmitted(themes().changed):
        themes().set_mode("system")
        themes().set_scale(1.0)
        themes().set_animations(True)


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_in_its_colour_at_every_size(qapp, name):
    for side in (12, 96):
        image = icons.icon(name, "#ff0000").pixmap(QSize(side, side)).toImage()
        drawn = [
            image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())
        ]
        solid = [color for color in drawn if color.alpha() > 100]
        assert image.width() == side
        assert solid and all(color.red() > 240 and color.green() < 16 for color in solid)


def test_icons_are_of_one_family():
    for name in icons.names():
        text = (icons._FOLDER / f"{name}.svg").read_text("utf-8")
        assert 'viewBox="0 0 24 24"' in text and "currentColor" in text
        assert 'stroke-width="1.75"' in text or name == "dot"
        assert not re.search(r"#[0-9a-fA-F]{3,6}\b|<script|href", text)


def test_an_icon_that_is_not_there_is_a_defect(qapp):
    with pytest.raises(KeyError, match="unicorn"):
        icons.icon("unicorn")


def test_widgets_that_are_gone_do_not_hear_of_changes(qtbot):
    from explorer.widgets import IconButton

    parent = QWidget()
    IconButton("search", "Search", parent=parent)
    parent.deleteLater()
    del parent
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    themes().set_scale(1.2)
