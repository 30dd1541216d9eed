"""A typeset formula in the colour of the theme's text, sharp at every size."""

import logging
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.jobs import Jobs
from explorer.theme import px, themes
from explorer.tokens import Theme
from models.events import Progress, Work

_EM = 100.0  # units of the picture in one em
_INK = "black"  # what formulas are typeset in, to be replaced by the theme's colour

log = logging.getLogger("explorer")


@dataclass(frozen=True)
class Typeset(Progress):
    """One formula is ready, as a picture in SVG."""

    latex: str = ""
    svg: str = ""


class Typesetter(QObject):
    """Sets formulas in the background, each once; loading what sets them takes a while too."""

    ready = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._jobs = Jobs(self)
        self._pictures: dict[str, str] = {}
        self._asked: set[str] = set()
        self._waiting: list[str] = []
        self._busy = False

    def picture(self, latex: str) -> str | None:
        """The SVG of ``latex``; None until ``ready`` says that it is there."""
        if latex not in self._asked:
            self._asked.add(latex)
            self._waiting.append(latex)
            if len(self._waiting) == 1:  # all formulas of a view are asked for in one turn
                QTimer.singleShot(0, self, self._start)
        return self._pictures.get(latex)

    def _start(self) -> None:
        if self._busy or not self._waiting:  # one at a time: the library's settings are global
            return
        self._busy = True
        waiting, self._waiting = tuple(self._waiting), []
        job = self._jobs.start("Setting formulas", _setting(waiting), failed=self._failed)
        job.event.connect(self._keep)
        job.ended.connect(self._ended)

    def _ended(self) -> None:
        self._busy = False
        self._start()

    def _keep(self, event: object) -> None:
        if isinstance(event, Typeset):
            self._pictures[event.latex] = event.svg
            self.ready.emit(event.latex)

    def _failed(self, error: BaseException) -> None:
        log.error("a formula could not be set", exc_info=error)  # its words go on being shown


@cache
def typesetter() -> Typesetter:
    """The application's typesetter."""
    return Typesetter()


class Formula(QWidget):
    """A formula in LaTeX; until it is set, and for those who listen, it is ``alt`` in words.

    ``size`` is that of its letters in pixels at text size 100 %. Where room is short it shrinks.
    """

    def __init__(
        self, latex: str, alt: str, size: float = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._latex, self._alt, self._size = latex, alt, size
        self._renderer: QSvgRenderer | None = None
        self.setAccessibleName(alt)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        typesetter().ready.connect(self._set)
        themes().changed.connect(self._dress)
        self._dress(themes().current)

    @property
    def is_set(self) -> bool:
        """Whether the formula itself is shown, and not its words."""
        return self._renderer is not None

    def sizeHint(self) -> QSize:
        if self._renderer is None:
            return QSize(px(240), self.heightForWidth(px(240)))
        natural = self._natural()
        return QSize(round(natural.width()) + 1, round(natural.height()) + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(40), self.fontMetrics().height())

    def heightForWidth(self, width: int) -> int:
        if self._renderer is None:
            room = QRectF(0, 0, width, 1e4).toRect()
            flags = Qt.TextFlag.TextWordWrap
            return self.fontMetrics().boundingRect(room, flags, self._alt).height()
        natural = self._natural()
        return round(natural.height() * min(1.0, width / natural.width())) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._renderer is None:
            painter.setPen(themes().current.muted)
            painter.drawText(self.rect(), Qt.TextFlag.TextWordWrap, self._alt)
            return
        natural = self._natural()
        room = self.rect()
        scale = min(1.0, room.width() / natural.width(), room.height() / natural.height())
        width, height = natural.width() * scale, natural.height() * scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(0, (room.height() - height) / 2, width, height))

    def _natural(self) -> QRectF:
        """The picture at its full size, in pixels now."""
        assert self._renderer is not None
        box = self._renderer.viewBoxF()
        scale = px(self._size) / _EM
        return QRectF(0, 0, box.width() * scale, box.height() * scale)

    def _set(self, latex: str) -> None:
        if latex == self._latex:
            self._dress(themes().current)

    def _dress(self, theme: Theme) -> None:
        picture = typesetter().picture(self._latex)
        if picture is not None:
            inked = picture.replace(f'"{_INK}"', f'"{theme.text}"')
            self._renderer = QSvgRenderer(QByteArray(inked.encode()))
        self.updateGeometry()
        self.update()


def _setting(formulas: tuple[str, ...]) -> Work[None]:
    import ziamath

    # Letters as paths: Qt draws only a part of SVG 2, by which letters would be drawn once and
    # used many times.
    ziamath.config.svg2 = False
    ziamath.config.precision = 2
    for at, latex in enumerate(formulas):
        svg = ziamath.Latex(latex, size=_EM, color=_INK).svg()
        yield Typeset("Setting formulas", at + 1, len(formulas), "formulas", latex, svg)
