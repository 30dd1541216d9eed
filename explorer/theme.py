"""The theme in force: light or dark, following the system or not, and the size of text."""

from functools import cache
from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from explorer import style
from explorer.tokens import DARK, LIGHT, Theme

__all__ = ["DARK", "LIGHT", "SCALES", "Mode", "Theme", "Themes", "px", "space", "themes"]

Mode = Literal["system", "light", "dark"]
SCALES = (0.8, 2.0)

_BODY = 13  # pixels of body text at scale 1
_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")


class Themes(QObject):
    """The one source of colours and sizes; ``changed`` carries the Theme now in force."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.current: Theme = LIGHT
        self.mode: Mode = "system"
        self.scale = 1.0
        self.animations = True
        self._system = 1.0
        self._app: QApplication | None = None

    def apply(self, app: QApplication) -> None:
        """Dresses ``app``; from then on every change shows at once."""
        if app is self._app:
            return  # its font is ours by now and no longer tells what the desktop is set to
        self._app = app
        app.setStyle("Fusion")
        font = app.font()
        # A desktop set to larger text than usual is followed; the user's own scale comes on top.
        self._system = min(max(QFontInfo(font).pixelSize() / _BODY, 1.0), 1.5)
        font.setFamilies([*filter(QFontDatabase.hasFamily, _FAMILIES), font.family()])
        app.setFont(font)
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._dress()

    def set_mode(self, mode: Mode) -> None:
        """Follows the system, or keeps to one theme."""
        if mode not in get_args(Mode):
            raise ValueError(mode)
        if mode == self.mode:
            return
        self.mode = mode
        if self._app is not None:
            hints = self._app.styleHints()
            scheme = Qt.ColorScheme
            forced = {"light": scheme.Light, "dark": scheme.Dark}.get(mode, scheme.Unknown)
            if hasattr(hints, "setColorScheme"):  # since Qt 6.8; window frames then match
                hints.setColorScheme(forced)
            self._dress()

    def set_scale(self, scale: float) -> None:
        """The size of text and all that surrounds it, kept within SCALES."""
        scale = round(min(max(scale, SCALES[0]), SCALES[1]), 2)
        if scale != self.scale:
            self.scale = scale
            self._dress()

    def set_animations(self, on: bool) -> None:
        if on != self.animations:
            self.animations = on
            self.changed.emit(self.current)

    def px(self, pixels: float) -> int:
        """``pixels`` at text size 100 %, in pixels now."""
        return round(pixels * self.scale * self._system)

    def _follow(self) -> None:
        if self.mode == "system":
            self._dress()

    def _is_dark(self) -> bool:
        if self.mode != "system" or self._app is None:
            return self.mode == "dark"
        return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def _dress(self) -> None:
        self.current = DARK if self._is_dark() else LIGHT
        app = self._app
        if app is not None:
            # Qt sets a style sheet where there is none far more quickly than it replaces one: a
            # window with every workspace in it is dressed in half a second and not in two to five.
            app.setStyleSheet("")
            font = QFont(app.font())
            font.setPixelSize(self.px(_BODY))
            app.setFont(font)
            app.setPalette(style.palette(self.current))
            app.setStyleSheet(style.stylesheet(self.current, self.scale * self._system))
        self.changed.emit(self.current)


@cache
def themes() -> Themes:
    """The application's themes."""
    return Themes()


def px(pixels: float) -> int:
    """``pixels`` at text size 100 %, in pixels now."""
    return themes().px(pixels)


def space(n: float) -> int:
    """``n`` steps of 4 pixels at text size 100 %, in pixels now."""
    return themes().px(4 * n)
