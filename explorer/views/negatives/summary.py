"""All questions together: the margin over the hardest negative of each kind, before and after."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.charts import Chart, stroke
from explorer.theme import Theme, px, space, themes
from explorer.views.negatives.looks import encoder_colors, name_of
from explorer.widgets import Card, Label, ScrollPage
from explorer.widgets.figures import FigureGrid, FigureLine
from models.negative_study.gathered import Gathered
from models.negative_study.margins import Margins

_APART = 0.17  # of B's bar below A's
_LISTED = 20  # questions left out that are named


class MarginChart(Chart):
    """Of each kind and encoder: a thick bar over the middle half of the questions, a thin line
    over nine tenths, and the median."""

    def __init__(self) -> None:
        super().__init__(
            "Margins by kind", "score of the right passage − hardest negative", "", 230
        )

    def draw(self, value: tuple[Margins, tuple[bool, ...]], theme: Theme) -> None:
        found, sides = value
        self.addItem(pg.InfiniteLine(0, pen=stroke(theme.text, 1)))
        for side, color in enumerate(encoder_colors()):
            if sides[side]:
                self._draw_side(found, side, color, theme)
        ticks = [(-at, name_of(kind)) for at, kind in enumerate(found.kinds)]
        self.getAxis("left").setTicks([ticks])
        self.setYRange(-len(found.kinds) + 0.4, 0.6, padding=0)

    def _draw_side(self, found: Margins, side: int, color: str, theme: Theme) -> None:
        """All bars of one encoder as one broken line, and all lines as another: items are dear."""
        spread = np.stack([found.spread(kind, side) for kind in found.kinds])  # (K, 5)
        y = -np.arange(len(found.kinds)) + _APART * (1 - 2 * side)
        for ends, width in (((0, 4), 2), ((1, 3), 8)):
            pen = stroke(color, width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.plot(spread[:, ends].ravel(), np.repeat(y, 2), pen=pen, connect="pairs")
        self.plot(
            spread[:, 2],
            y,
            pen=None,
            symbol="o",
            symbolSize=px(7),
            symbolBrush=theme.surface,
            symbolPen=stroke(theme.text, 1.5),
        )

    def _dress(self, theme: Theme) -> None:
        self.getAxis("left").setWidth(px(92))
        super()._dress(theme)


class Summary(ScrollPage):
    """The share of questions whose passage comes first, the chart, and a row a kind."""

    def __init__(self) -> None:
        super().__init__("All questions")
        self.heading = Label("", "heading", wrap=True)
        self.chart = MarginChart()
        self.key = Label("", "caption", wrap=True)
        self.table = FigureGrid()
        self.left_out = Label("", "caption", wrap=True)
        self._found: Margins | None = None
        self._cosine, self._stale = (True, True), True
        self.card = Card(padding=3)
        for part in (self.heading, self.chart, self.key, self.table):
            self.card.column.addWidget(part)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.addWidget(self.card)
        self._column.addWidget(self.left_out)
        self._column.addStretch(1)
        self.setWidget(body)
        themes().changed.connect(self._fit)
        self._fit()

    def show_set(self, gathered: Gathered | None) -> None:
        """Which questions are left out, and why."""
        items = () if gathered is None else gathered.left_out
        lines = [f"{item.where}: {item.why}" for item in items[:_LISTED]]
        if len(items) > _LISTED:
            lines.append(f"… and {len(items) - _LISTED:,} more")
        words = "\n".join(lines)
        self.left_out.setText(f"Left out:\n{words}" if words else "")
        self.left_out.setVisible(bool(words))

    def show_margins(self, found: Margins | None, cosine: tuple[bool, bool]) -> None:
        """Shows what was measured of all questions; None: it is being measured."""
        self._found, self._cosine, self._stale = found, cosine, True
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        if not self._stale:
            return
        found, cosine, self._stale = self._found, self._cosine, False
        self.table.show_lines(() if found is None else _lines(found))
        self.chart.setVisible(found is not None and bool(found.kinds))
        self.key.setVisible(found is not None)
        if found is None:
            self.heading.setText("All questions are measured once both encoders have read them.")
            self.chart.show_value(None)
            return
        a, b = found.outranking
        count = found.worst.shape[1]
        self.heading.setText(
            f"The right passage outscores every negative for {a:.1f} % of {count:,} questions "
            f"under A, and {b:.1f} % under B"
        )
        same = cosine[0] == cosine[1]
        # Cosines and dot products share no axis: then the encoder after training has it alone.
        self.chart.show_value((found, (same, True)))
        unit = "cosine" if cosine[1] else "dot product"
        other = "cosines" if cosine[0] else "dot products"
        key = f"In {unit}s: A above, B below."
        if not same:
            key = f"B alone, in {unit}s: A's scores are {other}, on another scale."
        excluded = int(found.false.sum())
        self.key.setText(
            f"{key} Bars hold the middle half of the questions, lines nine tenths of them, dots "
            f"are medians; left of 0 a negative wins. {excluded:,} false negatives were excluded."
        )

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(2), 0)
        self._column.setSpacing(space(3))


def _lines(found: Margins) -> list[FigureLine]:
    """How often the right passage comes first, by kind under A and B."""
    lines = [FigureLine("Right passage first, in %", ("A", "B"), role="caption")]
    for kind in found.kinds:
        shares = found.won(kind)
        best = [side for side, share in enumerate(shares) if share == max(shares)]
        figures = tuple(f"{share:.1f}" for share in shares)
        lines.append(FigureLine(f"against {name_of(kind)}", figures, kind, best=best))
    return lines
