"""The sentence, the legend of the marks, and a card for every augmentation."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.augmentation.text_card import MethodCard
from explorer.views.augmentation.text_methods import METHODS
from explorer.views.augmentation.text_runs import NAMES, Laid, Run, lay_out
from explorer.views.augmentation.text_views import ViewRow
from explorer.widgets import Label

_LONG = 160  # letters from which a sentence is written small
_TWO = 880  # width from which the cards stand in two columns


class TextStage(QWidget):
    """Cards in one column, or in two where there is room.

    Views are shown one card after the other, so that a long sentence does not hold the window up.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = Label("", "title", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.legend = Legend()
        self.cards = {name: MethodCard(name) for name in METHODS}
        self._columns = (QVBoxLayout(), QVBoxLayout())
        self._side_by_side = QHBoxLayout()
        for column in self._columns:
            column.addStretch(1)
            self._side_by_side.addLayout(column, 1)
        self._all = QVBoxLayout(self)
        self._all.addWidget(self.sentence)
        self._all.addWidget(self.legend)
        self._all.addLayout(self._side_by_side)
        self._all.addStretch(1)
        self._count = 0
        self._waiting: dict[str, tuple[Sequence[ViewRow], str]] = {}
        self._stepper = QTimer(self, singleShot=True, interval=0)
        self._stepper.timeout.connect(self._step)
        themes().changed.connect(self._arrange)
        self._arrange()

    def show_sentence(self, text: str) -> None:
        """The sentence as it is."""
        role = "body" if len(text) > _LONG else "title"
        if self.sentence.property("role") != role:
            self.sentence.setProperty("role", role)
            self.sentence.style().unpolish(self.sentence)
            self.sentence.style().polish(self.sentence)
        self.sentence.setText(text)

    def show_rows(self, name: str, rows: Sequence[ViewRow], note: str = "") -> None:
        """Other views by ``name``, soon; ``note`` is what there is to say of them."""
        self._waiting[name] = (rows, note)
        self._stepper.start()

    def show_trouble(self, name: str, text: str) -> None:
        """Says why there are no views by ``name``."""
        self._waiting.pop(name, None)
        self.cards[name].show_trouble(text)

    @property
    def busy(self) -> bool:
        """Whether there are views still to be shown."""
        return bool(self._waiting)

    def _step(self) -> None:
        if self._waiting:
            name = next(iter(self._waiting))
            self.cards[name].show_rows(*self._waiting.pop(name))
        if self._waiting:
            self._stepper.start()

    @property
    def columns(self) -> int:
        """How many columns there are now."""
        return self._count

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, _theme: object = None) -> None:
        self._all.setContentsMargins(0, 0, 0, space(3))
        self._all.setSpacing(space(3))
        self._side_by_side.setSpacing(space(3))
        for column in self._columns:
            column.setSpacing(space(3))
        count = 2 if self.width() >= px(_TWO) else 1
        if count == self._count:
            return
        self._count = count
        cards = list(self.cards.values())
        half = -(-len(cards) // count)
        for at, card in enumerate(cards):
            for column in self._columns:
                column.removeWidget(card)
            column = self._columns[at // half]
            column.insertWidget(column.count() - 1, card)
        self._side_by_side.setStretch(1, 1 if count == 2 else 0)
        self._side_by_side.setSpacing(space(3) if count == 2 else 0)


class Legend(QWidget):
    """What each mark means, written in that mark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Marks")
        self.setAccessibleDescription(", ".join(NAMES.values()))
        runs = []
        for kind, name in NAMES.items():
            # Spaces that do not break, so that a line ends only between two marks.
            runs += [Run("abc", kind), Run(f" {name}".replace(" ", "\u00a0")), Run("     ")]
        self._runs = tuple(runs)
        themes().changed.connect(self._fit)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._layout(width).height)

    def sizeHint(self) -> QSize:
        return QSize(px(300), self.heightForWidth(px(300)))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(themes().current.muted))
        self._layout(self.width()).paint(painter, QPointF(0, 0), themes().current)

    def _layout(self, width: int) -> Laid:
        return lay_out(self._runs, self.font(), width, themes().current)

    def _fit(self, _theme: object = None) -> None:
        self.updateGeometry()
        self.update()
