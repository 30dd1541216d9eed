"""One STS task under one encoder: the scatter of its pairs, and the worst of them."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.encoders.scores_pairs import PairList
from explorer.views.encoders.scores_scatter import Marked, PairScatter
from explorer.widgets import Label, Segmented
from models.evaluation.disagreement import Disagreement
from models.printed import number

_LISTED = 50
_SIDES = (("close", "Closer than judged"), ("far", "Farther than judged"))
_NOTE = "Amber: the pairs of the list. Point at a dot to read its pair, click to keep it."


class StsDetail(QWidget):
    """What is chosen in the list is ringed in the scatter, and the other way round."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Disagreement | None = None
        self.scatter = PairScatter()
        self.note = Label(_NOTE, "caption", wrap=True)
        self.side = Segmented(_SIDES, "Worst pairs")
        self.list = PairList()
        self.first = Label("", wrap=True)
        self.second = Label("", wrap=True)
        self.figures = Label("", "caption", wrap=True)
        self.current: int | None = None
        self._build()
        self.side.changed.connect(lambda _: self._list())
        self.list.chosen.connect(self._look)
        self.scatter.chosen.connect(self._choose)
        themes().changed.connect(self._fit)
        self._fit()

    def _build(self) -> None:
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self._left.addWidget(self.scatter, 1)
        self._left.addWidget(self.note)
        for part in (self.side, self.first, self.second, self.figures):
            self._right.addWidget(part)
        self._right.addWidget(self.list, 1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 5)
        self._row.addLayout(self._right, 6)

    def show_pairs(self, found: Disagreement | None) -> None:
        """Shows other pairs, and the worst of them."""
        self.found, self.current = found, None
        self.scatter.show_value(None if found is None else Marked(found))
        self._list()

    def _list(self) -> None:
        places: tuple[int, ...] = ()
        if self.found is not None:
            close = self.side.value == "close"
            places = (self.found.too_close if close else self.found.too_far)(_LISTED)
        self.list.show_pairs(self.found, places)
        self._look(places[0] if places else None)
        if places:
            self.list.look_at(places[0])

    def _choose(self, place: int) -> None:
        """A pair that was clicked in the scatter; it need not be listed."""
        self.list.look_at(place)
        self._look(place)

    def _look(self, place: int | None) -> None:
        self.current = place
        self.scatter.show_marks(self.list.pairs.places, place)
        found = self.found
        if found is None or place is None:
            for label in (self.first, self.second, self.figures):
                label.setText("")
            return
        pair = found.pairs[place]
        self.first.setText(pair.first)
        self.second.setText(pair.second)
        self.figures.setText(_figures(found, place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        high = self.width() < px(900) and self.height() > px(560)
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if high else direction.LeftToRight)
        self._row.setSpacing(space(3 if high else 5))
        self._left.setSpacing(space(1))
        self._right.setSpacing(space(2))
        self.list.setMinimumHeight(px(90))


def _figures(found: Disagreement, place: int) -> str:
    """What both sides say of a pair, and how far apart they put it."""
    pair, gap = found.pairs[place], found.gaps[place]
    cosine = number(found.cosines[place])
    off = f"{abs(gap):.0%}".replace("%", " %")
    way = "more" if gap > 0 else "less"
    alike = f"{off} of all pairs {way} alike than people have it" if gap else "as people have it"
    return f"Judged {pair.gold:.3g}, cosine {cosine}: by rank {alike}. From {pair.subset}."
