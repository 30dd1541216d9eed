"""The views of one kind, one under the other, each with its cosine as a bar and a number."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.theme import Theme, px, space, themes
from explorer.views.augmentation.text_masks import masks_height, paint_masks
from explorer.views.augmentation.text_runs import Laid, Run, lay_out, spoken
from models.augment.text_passes import Bits
from models.printed import number

_BAR = 92
_NARROW = 340  # below this the numbers stand alone


@dataclass(frozen=True, eq=False)
class ViewRow:
    """One view: its text in pieces, or (M, H) what was left out in each of M passes."""

    runs: tuple[Run, ...] = ()
    masks: Bits | None = None

    @property
    def differs(self) -> bool:
        """Whether anything was changed."""
        return self.masks is not None or any(run.kind != "kept" for run in self.runs)

    @property
    def told(self) -> str:
        """What sets it apart, in words."""
        if self.masks is None:
            return spoken(self.runs) or "nothing changed"
        shares = [f"{part.mean():.1%}" for part in self.masks if part.size]
        return f"{' and '.join(shares)} of the dimensions left out" if shares else ""


class ViewList(QWidget):
    """Painted as a whole, for a dozen of these change at every key."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.rows: tuple[ViewRow, ...] = ()
        self.cosines: tuple[float, ...] = ()
        self.low, self.other = 0.0, float("nan")
        self._stale = False
        self._laid: dict[int, list[Laid | None]] = {}  # by width
        themes().changed.connect(self._fit)

    def show_rows(self, rows: Sequence[ViewRow]) -> None:
        """Shows other views; the cosines stay until their own are there."""
        self.rows = tuple(rows)
        self._fit()

    def show_cosines(self, cosines: Sequence[float], low: float, other: float) -> None:
        """Bars run from ``low`` to 1; ``other`` is where another sentence would lie, or NaN."""
        self.cosines = tuple(cosines)
        self.low, self.other, self._stale = low, other, False
        self._tell()
        self.update()

    def fade(self, on: bool = True) -> None:
        """Says that newer cosines are on their way."""
        self._stale = on
        self.update()

    @property
    def faded(self) -> bool:
        """Whether newer cosines are on their way."""
        return self._stale

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(sum(self._heights(self._layouts(width)))) if self.rows else 0

    def sizeHint(self) -> QSize:
        return QSize(px(300), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), self.heightForWidth(self.width()))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, top = themes().current, 0.0
        layouts = self._layouts(self.width())
        for at, (row, layout, height) in enumerate(
            zip(self.rows, layouts, self._heights(layouts), strict=True)
        ):
            body = QRectF(0, top + space(1), self._text_width(self.width()), height - space(2))
            if layout is not None:
                painter.setPen(QColor(theme.text))
                layout.paint(painter, body.topLeft(), theme)
            elif row.masks is not None:
                paint_masks(painter, body, row.masks, theme)
            if at < len(self.cosines):
                self._figure(painter, top, height, self.cosines[at], theme)
            top += height

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if at < 0 else self.rows[at].told, self)
            return True
        return super().event(event)

    def row_at(self, y: float) -> int:
        """The view at height ``y``, or −1."""
        top = 0.0
        for at, height in enumerate(self._heights(self._layouts(self.width()))):
            if top <= y < top + height:
                return at
            top += height
        return -1

    def _figure(
        self, painter: QPainter, top: float, height: float, cosine: float, theme: Theme
    ) -> None:
        painter.setOpacity(0.4 if self._stale else 1.0)
        font = self.font()
        metrics = QFontMetricsF(font)
        wide = metrics.horizontalAdvance("−0.000")
        box = QRectF(self.width() - wide, top, wide, height)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, right, number(cosine))
        if self._has_bars(self.width()):
            self._bar(painter, box.left() - space(2), top + height / 2, cosine, theme)
        painter.setOpacity(1.0)

    def _bar(
        self, painter: QPainter, right: float, middle: float, cosine: float, theme: Theme
    ) -> None:
        thick, length = px(6), px(_BAR)
        track = QRectF(right - length, middle - thick / 2, length, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(track, thick / 2, thick / 2)
        filled = QRectF(track.topLeft(), track.size())
        filled.setWidth(max(thick, length * self._share(cosine)))
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(filled, thick / 2, thick / 2)
        if self.other >= self.low:  # and a number at all
            x = track.left() + length * self._share(self.other)
            painter.setBrush(QColor(theme.warning))
            painter.drawRect(QRectF(x - px(1), middle - px(6), px(2), px(12)))

    def _share(self, cosine: float) -> float:
        return min(max((cosine - self.low) / (1 - self.low), 0.0), 1.0)

    def _has_bars(self, width: int) -> bool:
        return width >= px(_NARROW)

    def _text_width(self, width: int) -> float:
        number = QFontMetricsF(self.font()).horizontalAdvance("−0.000")
        bar = px(_BAR) + space(2) if self._has_bars(width) else 0
        return max(width - number - bar - space(4), px(60))

    def _layouts(self, width: int) -> list[Laid | None]:
        if width not in self._laid:
            if len(self._laid) > 1:  # the width now, and the one that is tried
                self._laid.pop(next(iter(self._laid)))
            room, font, theme = self._text_width(width), QFont(self.font()), themes().current
            self._laid[width] = [
                lay_out(row.runs, font, room, theme) if row.masks is None else None
                for row in self.rows
            ]
        return self._laid[width]

    def _heights(self, layouts: Sequence[Laid | None]) -> list[float]:
        line = QFontMetricsF(self.font()).height()
        return [
            space(2) + (max(layout.height, line) if layout else self._strips(row))
            for row, layout in zip(self.rows, layouts, strict=True)
        ]

    def _strips(self, row: ViewRow) -> float:
        return masks_height(0 if row.masks is None else len(row.masks))

    def _tell(self) -> None:
        """What a screen reader says."""
        lines = []
        for at, row in enumerate(self.rows):
            cosine = f", cosine {number(self.cosines[at])}" if at < len(self.cosines) else ""
            lines.append(f"View {at + 1}: {row.told}{cosine}.")
        self.setAccessibleDescription(" ".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._laid = {}
        self._tell()
        self.updateGeometry()
        self.update()
