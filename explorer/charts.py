"""The look of every chart: the theme's colours, axes without clutter, nothing that moves."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QFont, QPen

from explorer.theme import Theme, px, themes

# Curves ask this and not the widget that they are drawn in. A smooth one costs a millisecond.
pg.setConfigOptions(antialias=True)


def stroke(color: Any, width: float = 1, **look: Any) -> QPen:
    """A pen whose ``width``, in pixels at text size 100 %, grows with the text."""
    return pg.mkPen(color, width=width * px(100) / 100, **look)


class _Axis(pg.AxisItem):
    """An axis whose numbers have a true minus."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        texts = super().tickStrings(values, scale, spacing)
        return [text.replace("-", "−") for text in texts]


class Chart(pg.PlotWidget):
    """A picture of one immutable value, drawn anew when the value or the theme changes.

    A subclass says in ``draw`` what it looks like.

    Attributes:
        on_page: it stands on the page itself, not on a card.
    """

    on_page = False

    def __init__(self, name: str, bottom: str, left: str, height: int = 200) -> None:
        """``height`` in pixels at text size 100 %."""
        axes = {side: _Axis(side) for side in ("bottom", "left")}
        super().__init__(enableMenu=False, axisItems=axes)
        # pyqtgraph makes its menu all the same, as a window of its own that nothing deletes.
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self)
        menu.hide()
        self.setAccessibleName(name)
        self.setAntialiasing(True)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.small = QFont(self.font())
        self._names = {"bottom": bottom, "left": left}
        self._height = height
        self._value: Any = None
        themes().changed.connect(self._dress)
        self._dress(themes().current)

    def show_value(self, value: Any) -> None:
        """Draws ``value``; None leaves the axes alone."""
        self._value = value
        self.clear()
        if value is not None:
            self.draw(value, themes().current)

    def draw(self, value: Any, theme: Theme) -> None:
        """Draws ``value`` on empty axes."""
        raise NotImplementedError

    def _dress(self, theme: Theme) -> None:
        self.setBackground(theme.window if self.on_page else theme.surface)
        self.setFixedHeight(px(self._height))
        self.small.setPixelSize(px(12))
        size = {"color": theme.muted, "font-size": f"{px(12)}px"}
        for side, name in self._names.items():
            axis = self.getAxis(side)
            # No ranges: these numbers have no units, and must not be shown in thousandths.
            axis.setLabel(name, siPrefixEnableRanges=(), **size)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
            axis.setTickFont(self.small)
        # By itself the axis gives large text less room than it takes, and name and numbers touch.
        self.getAxis("bottom").setHeight(px(40 if self._names["bottom"] else 22))
        self.show_value(self._value)


class RoomyChart(Chart):
    """A chart whose topmost number is not cut by its edge."""

    def _dress(self, theme: Theme) -> None:
        self.getPlotItem().layout.setContentsMargins(1, px(7), 1, 1)
        super()._dress(theme)
