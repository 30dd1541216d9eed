"""A view as pieces of text, each with what became of it, and how such pieces look."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from explorer.theme import px
from explorer.tokens import Theme
from models.augment.edited import Edited, EditKind
from models.augment.words import Span

RunKind = EditKind | Literal["erased", "dimmed"]

#: What people call each kind, in the order of the legend.
NAMES: dict[RunKind, str] = {
    "deleted": "left out",
    "inserted": "put in",
    "replaced": "replaced",
    "moved": "moved",
    "erased": "token erased",
    "dimmed": "span erased",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; ``was`` is what stood in the place of one that is replaced."""

    text: str
    kind: RunKind = "kept"
    was: str = ""


def edited_runs(edited: Edited) -> tuple[Run, ...]:
    """The view with what was left out put back where it stood."""
    runs, place = [], 0
    for mark in edited.changes:
        start, end = mark.target
        runs.append(Run(edited.text[place:start]))
        was = edited.original[slice(*mark.source)]
        if mark.kind == "deleted":
            # The space that goes with it: the one before, or behind it at the very start.
            before, behind = mark.source[0] - 1, mark.source[1]
            if start and edited.original[max(before, 0) : before + 1].isspace():
                runs.append(Run(" "))
            runs.append(Run(was, "deleted"))
            if not start and edited.original[behind : behind + 1].isspace():
                runs.append(Run(" "))
        else:
            runs.append(Run(edited.text[start:end], mark.kind, was))
        place = end
    runs.append(Run(edited.text[place:]))
    return tuple(run for run in runs if run.text)


def erased_runs(text: str, spans: Iterable[Span], kind: RunKind) -> tuple[Run, ...]:
    """``text`` with the tokens at ``spans`` erased; neighbours become one piece."""
    joined: list[list[int]] = []
    for start, end in sorted(spans):
        if joined and kind == "dimmed" and not text[joined[-1][1] : start].strip():
            joined[-1][1] = end
        elif start < end:
            joined.append([start, end])
    runs, place = [], 0
    for start, end in joined:
        runs += [Run(text[place:start]), Run(text[start:end], kind)]
        place = end
    runs.append(Run(text[place:]))
    return tuple(run for run in runs if run.text)


def spoken(runs: Sequence[Run]) -> str:
    """What was changed, in words; empty where nothing was."""
    parts = []
    for run in runs:
        if run.kind == "replaced":
            parts.append(f"“{run.was}” became “{run.text}”")
        elif run.kind != "kept":
            parts.append(f"“{run.text}” {NAMES[run.kind]}")
    return ", ".join(parts)


@dataclass(frozen=True, eq=False)
class Laid:
    """Wrapped text, and the boxes of what is erased, to be filled under or over it."""

    layout: QTextLayout
    boxes: tuple[tuple[RunKind, QRectF], ...]

    @property
    def height(self) -> float:
        """Of all its lines."""
        return self.layout.boundingRect().height()

    def paint(self, painter: QPainter, at: QPointF, theme: Theme) -> None:
        """Draws it with its top left at ``at``, in the painter's pen where nothing is marked."""
        # Qt draws text in front of a background of its own twice; so boxes are filled by hand,
        # and a block then hides even an emoji, which takes no colour.
        self._fill(painter, at, "dimmed", theme.raised)
        self.layout.draw(painter, at)
        self._fill(painter, at, "erased", theme.muted)

    def _fill(self, painter: QPainter, at: QPointF, kind: RunKind, color: str) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        for own, box in self.boxes:
            if own == kind:
                painter.drawRoundedRect(box.translated(at), px(3), px(3))
        painter.restore()


def lay_out(runs: Sequence[Run], font: QFont, width: float, theme: Theme) -> Laid:
    """Wrapped text in the colours of ``theme``, each kind of change also in a form of its own."""
    text = "".join(run.text for run in runs)
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    if _from_right(text):
        option.setAlignment(Qt.AlignmentFlag.AlignRight)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    formats, marked, place = [], [], 0
    for run in runs:
        # Qt counts in units of UTF-16, of which an emoji takes two.
        length = len(run.text.encode("utf-16-le", "surrogatepass")) // 2
        if run.kind != "kept":
            piece = QTextLayout.FormatRange()
            piece.start, piece.length, piece.format = place, length, look(run.kind, theme)
            formats.append(piece)
            marked.append((run.kind, place, place + length))
        place += length
    layout.setFormats(formats)
    layout.beginLayout()
    height, boxes = 0.0, []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
        line.setPosition(QPointF(0.0, height))
        for kind, start, end in marked:
            if kind in ("erased", "dimmed"):
                boxes += [(kind, box) for box in _boxes(line, start, end, height)]
        height += line.height()
    layout.endLayout()
    return Laid(layout, tuple(boxes))


def _boxes(line: QTextLine, start: int, end: int, top: float) -> list[QRectF]:
    """Where the letters from ``start`` to ``end`` stand, as far as they do in ``line``.

    Letter by letter, for text that runs from the right may have other text in its midst.
    """
    edge, found = QTextLine.Edge, []
    first, last = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
    for at in range(first, last):
        a, b = (line.cursorToX(at, side)[0] for side in (edge.Leading, edge.Trailing))
        left, right = min(a, b), max(a, b)
        near = next((x for x in found if x[0] - 1 <= right and left <= x[1] + 1), None)
        if near is None:
            found.append([left, right])
        else:
            near[:] = [min(near[0], left), max(near[1], right)]
    tall = line.height() - px(2)
    return [QRectF(a, top + px(1), max(b - a, px(4)), tall) for a, b in found]


def _from_right(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def look(kind: RunKind, theme: Theme) -> QTextCharFormat:
    """How a piece of text is written."""
    form = QTextCharFormat()
    line = QTextCharFormat.UnderlineStyle
    if kind == "deleted":
        form.setForeground(QColor(theme.danger))
        form.setFontStrikeOut(True)
    elif kind == "inserted":
        form.setForeground(QColor(theme.ok))
        form.setFontWeight(QFont.Weight.Bold)
    elif kind == "replaced":
        form.setForeground(QColor(theme.accent))
        form.setUnderlineStyle(line.SingleUnderline)
    elif kind == "moved":
        form.setForeground(QColor(theme.warning))
        form.setUnderlineStyle(line.DashUnderline)
    elif kind == "dimmed":
        # No italics: many scripts have none, and fonts that stand in may lack them.
        form.setForeground(QColor(theme.faint))
        form.setUnderlineStyle(line.DotLine)
    return form
