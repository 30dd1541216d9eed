"""What stands beside the table: the selected triplet on the sphere, or the groups of all."""

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.triplets.globe import TripletGlobe
from explorer.views.triplets.groups import GroupList
from explorer.views.triplets.sentences import Sentences, Sides
from explorer.widgets import Card, Label, ScrollPage, Segmented
from models.triangle import Triangle
from models.triplet_table import Seen, TripletTable

_EXACT = (
    "Three directions span three dimensions at most, whatever the encoder has: turned into these, "
    "every angle here is the true one. The premise stays in place; drag to turn the globe."
)

_PLACES = ("The triplet", "Groups of triplets")


class Panel(QWidget):
    """Two pages. Which triangle is drawn solid is chosen here: A's, B's, or B's over A's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = Card(self, padding=3)
        self._places = [ScrollPage(name, parent=self._card) for name in _PLACES]
        self.row = -1
        self._table: TripletTable | None = None
        self.page = Segmented((("triplet", "Triplet"), ("groups", "Groups")), "Beside the table")
        self.encoder = Segmented((("A", "A"), ("both", "A → B"), ("B", "B")), "Encoder", "both")
        self.globe = TripletGlobe()
        self.sides, self.sentences, self.groups = Sides(), Sentences(), GroupList()
        self.chart_room = QVBoxLayout()
        self._build()
        self.page.changed.connect(self._turn)
        self.encoder.changed.connect(lambda _: self._draw())
        themes().changed.connect(self._fit)
        self._fit()

    def show_triplet(self, table: TripletTable | None, row: int) -> None:
        """Shows triplet ``row`` of ``table``; −1 is none."""
        self._table, self.row = table, row
        there = table is not None and row >= 0
        triplet = table.what.triplets[row] if there and table is not None else None
        self.sentences.show_triplet(triplet)
        for part in (self.sides, self.sentences):
            part.setVisible(there)
        self._draw()

    @property
    def triangles(self) -> tuple[Triangle | None, Triangle | None]:
        """Of the selected triplet, under A and B."""
        if self._table is None or self.row < 0:
            return None, None
        return _triangle(self._table.first, self.row), _triangle(self._table.second, self.row)

    def _turn(self, page: str) -> None:
        self._pages.setCurrentIndex(0 if page == "triplet" else 1)
        self._draw()

    def _draw(self) -> None:
        first, second = self.triangles
        compared = second is not None
        self.encoder.setVisible(compared and self.page.value == "triplet")
        self.sides.show_triangles(first, second)
        name = self.encoder.value if compared else "A"
        shown = first if name == "A" else second
        self.globe.show_triangle(shown, first if name == "both" else None)

    def _build(self) -> None:
        self._triplet, self._groups = (QVBoxLayout(place.body) for place in self._places)
        self.note = Label(_EXACT, "caption", wrap=True)
        self._triplet.addWidget(self.globe)
        for part in (self.sides, self.sentences, self.note):
            self._triplet.addWidget(part)
        self._triplet.addStretch(1)
        self.chart_room.setContentsMargins(0, 0, 0, 0)
        self._groups.addLayout(self.chart_room)
        self._groups.addWidget(self.groups)
        self._groups.addStretch(1)
        self._switches = QHBoxLayout()
        self._switches.addWidget(self.page)
        self._switches.addStretch(1)
        self._switches.addWidget(self.encoder)
        self._card.column.addLayout(self._switches)
        self._pages = QStackedLayout()
        for place in self._places:
            self._pages.addWidget(place)
        self._card.column.addLayout(self._pages, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._card)

    def _fit(self, _theme: object = None) -> None:
        for column in (self._triplet, self._groups):
            column.setContentsMargins(0, 0, space(1), 0)
            column.setSpacing(space(3))


def _triangle(seen: Seen | None, row: int) -> Triangle | None:
    if seen is None:
        return None
    score = seen.score
    return Triangle.of(
        float(score.entailed[row]), float(score.contradicted[row]), float(score.opposed[row])
    )
