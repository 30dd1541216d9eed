"""The controls of a comparison: which encoders, which points, and how they are drawn."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import AFTER, BEFORE
from explorer.encoder_pair import EncoderPair
from explorer.theme import px, space, themes
from explorer.views.encoders.compare_source import PointsChoice
from explorer.views.encoders.compare_work import PROJECTIONS, Wanted
from explorer.widgets import Button, Choice, Label, NumberField, Segmented

_SURFACES = (("globe", "Globe"), ("flat", "Flat"))
_SETTINGS = "compare"
_MOST, _NEIGHBOURS = 1000, 10


class CompareBar(QWidget):
    """``changed`` tells that something else is wanted; ``recolor`` that only colours are."""

    changed = Signal()
    recolor = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._settings = context.settings
        saved = self._saved = context.settings.view(_SETTINGS)
        self.encoders = EncoderPair(context, (BEFORE, AFTER), self)
        self.points = PointsChoice(context, self)
        self.most = NumberField("Points, at most", 3, 5000, _whole(saved.get("most"), _MOST))
        self.k = NumberField("Neighbours", 1, 50, _whole(saved.get("k"), _NEIGHBOURS))
        self.projection = Choice()
        self.projection.setAccessibleName("Projection")
        for key, title in PROJECTIONS:
            self.projection.addItem(title, key)
        at = self.projection.findData(saved.get("projection"))
        self.projection.setCurrentIndex(max(0, at))
        surface = "flat" if saved.get("surface") == "flat" else "globe"
        self.surface = Segmented(_SURFACES, "Surface", surface)
        self.about = Label("", "muted", wrap=True)
        self.again = Button("Compare", "primary")
        self.again.hide()
        #: How the maps are drawn, to be placed above them.
        self.looks = QWidget()
        self.color = Choice()
        self.color.setAccessibleName("Colour by")
        self._build()
        self._connect()
        themes().changed.connect(self._fit)
        self._fit()

    def _build(self) -> None:
        self._lower = QHBoxLayout()
        for part, share in (
            (Label("Points", "muted"), 0),
            (self.points.choice, 5),
            (Label("at most", "muted"), 0),
            (self.most, 0),
            (Label("Neighbours", "muted"), 0),
            (self.k, 0),
            (self.about, 6),
            (self.again, 0),
        ):
            self._lower.addWidget(part, share)
        self._looking = QHBoxLayout(self.looks)
        self._looking.setContentsMargins(0, 0, 0, 0)
        for part, share in (
            (self.projection, 4),
            (self.surface, 0),
            (Label("Colour", "muted"), 0),
            (self.color, 3),
        ):
            self._looking.addWidget(part, share)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.encoders)
        self._column.addLayout(self._lower)

    def _connect(self) -> None:
        self.encoders.changed.connect(self.changed)
        self.points.changed.connect(lambda _: self.changed.emit())
        self.most.editingFinished.connect(self._numbers)
        self.k.editingFinished.connect(self._numbers)
        self.projection.activated.connect(lambda _: self._looks())
        self.surface.changed.connect(lambda _: self._looks())
        self.color.activated.connect(lambda _: self.recolor.emit())

    @property
    def wanted(self) -> Wanted | None:
        """What is chosen; None until both encoders are loaded."""
        both, source = self.encoders.encoders, self.points.current
        if both is None or source is None:
            return None
        return Wanted(
            source=source,
            most=self.most.value(),
            first=both[0],
            second=both[1],
            k=self.k.value(),
            projection=str(self.projection.currentData()),
            surface="flat" if self.surface.value == "flat" else "globe",
        )

    def offer_colors(self, offered: list[tuple[str, str]]) -> str:
        """Lists what points may be coloured by, keeps to what is chosen, and returns that."""
        chosen = self.color.currentData()
        self.color.clear()
        for key, title in offered:
            self.color.addItem(title, key)
        self.color.setCurrentIndex(max(0, self.color.findData(chosen)))
        return str(self.color.currentData())

    def say(self, text: str, again: bool = False) -> None:
        """What is shown, or why nothing is; ``again`` offers to compare."""
        self.about.setText(text)
        self.again.setVisible(again)

    def _numbers(self) -> None:
        known = self._settings.view(_SETTINGS)
        new = {"most": self.most.value(), "k": self.k.value()}
        if any(known.get(name) != value for name, value in new.items()):
            self._settings.update_view(_SETTINGS, **new)
            self.changed.emit()

    def _looks(self) -> None:
        self._settings.update_view(
            _SETTINGS, projection=self.projection.currentData(), surface=self.surface.value
        )
        self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        for row in (self._lower, self._looking):
            row.setSpacing(space(2))
        self._column.setSpacing(space(2))
        self.most.setFixedWidth(px(64))
        self.k.setFixedWidth(px(48))


def _whole(value: object, usual: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else usual
