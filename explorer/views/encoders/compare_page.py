"""Compare: two encoders on the same points, and all encoders on one plane."""

import numpy as np
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.encoders.compare_bar import CompareBar
from explorer.views.encoders.compare_colors import offered, paint
from explorer.views.encoders.compare_export import pop_up
from explorer.views.encoders.compare_maps import MapPair
from explorer.views.encoders.compare_panel import ComparePanel
from explorer.views.encoders.compare_work import Compared, Wanted, comparing
from models.comparison.points import Points
from models.errors import InputError


class ComparePage(QWidget):
    """Compares when it is looked at, and again whenever something else is chosen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.compared: Compared | None = None
        self._asked: Wanted | None = None
        self._stale = False
        self.bar = CompareBar(context)
        self.maps = MapPair()
        self.panel = ComparePanel()
        self.work = Latest(context.jobs, "Comparing encoders", self, quiet=False)
        self._build()
        self._connect()
        self._fit()
        self._show(None)
        self.bar.say("Loading the encoders …")

    def _build(self) -> None:
        self._left = QVBoxLayout()
        self._left.addWidget(self.bar.looks)
        self._left.addWidget(self.maps, 1)
        self._row = QHBoxLayout()
        self._row.addLayout(self._left, 1)
        self._row.addWidget(self.panel)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.bar)
        self._column.addLayout(self._row, 1)

    def _connect(self) -> None:
        session = self.context.session
        self.bar.changed.connect(self._want)
        self.bar.recolor.connect(self._recolor)
        self.bar.again.clicked.connect(self._compare)
        self.maps.chosen.connect(self.choose)
        self.maps.save.clicked.connect(self._save)
        self.panel.chosen.connect(self.choose)
        self.work.arrived.connect(self._show)
        self.work.failed.connect(self._fail)
        self.work.settled.connect(self._settle)
        session.selection_changed.connect(self._selected)
        themes().changed.connect(self._fit)

    # What is compared

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._compare()

    def _want(self) -> None:
        self._stale = True
        if self.isVisible():
            self._compare()

    def _compare(self) -> None:
        wanted, before = self.bar.wanted, self.compared
        if wanted is None:
            return
        self._stale, self._asked = False, wanted
        self.bar.say("Comparing …")
        self.work.ask(lambda: comparing(wanted, before), wanted)

    def _fail(self, error: BaseException) -> None:
        self._asked = None
        if isinstance(error, InputError):
            self.bar.say(str(error), again=True)
        else:
            self.bar.say("This could not be compared.", again=True)
            self.context.notices.report(error)

    def _settle(self) -> None:
        """Nothing runs any more; what was cancelled can be asked for again."""
        if self._asked is not None:
            self._asked = None
            self.bar.say("The comparison was cancelled.", again=True)

    # What is shown

    def _show(self, compared: Compared | None) -> None:
        self.compared, self._asked = compared, None
        self.maps.show_compared(compared)
        self.panel.show_compared(compared)
        self._recolor()
        if compared is not None:
            self.bar.say(f"{compared.points.sentence}; all vectors at length 1.")
            self._selected(self.context.session.selection)

    def _recolor(self) -> None:
        key = self.bar.offer_colors(offered(self.compared))
        if self.compared is not None:
            self.maps.show_paint(paint(self.compared, key))

    def choose(self, row: int) -> None:
        """Shows a point and its neighbours under both encoders; −1 shows none.

        A passage of the open corpus is selected in every other view too.
        """
        self.maps.select(row)
        self.panel.select(row)
        points = self._own_points()
        if points is not None:
            self.context.session.select(() if row < 0 else (int(points.rows[row]),))

    def _save(self) -> None:
        if self.compared is not None:
            at = self.maps.save.mapToGlobal(self.maps.save.rect().topLeft())
            pop_up(self, at, self.context, self.compared, self.maps.canvases)

    def _selected(self, selection: tuple[int, ...]) -> None:
        """A passage was selected elsewhere; it may not be among the points."""
        points = self._own_points()
        if points is None:
            return
        at = np.flatnonzero(points.rows == selection[0]) if selection else ()
        row = int(at[0]) if len(at) else -1
        if row != self.maps.selected:
            self.maps.select(row)
            self.panel.select(row)

    def _own_points(self) -> Points | None:
        """What is shown, if it is of the corpus that is open."""
        project, compared = self.context.session.project, self.compared
        shown = None if compared is None else compared.points.project
        if project is None or compared is None or shown is None:
            return None
        same = (shown.folder, shown.vectors_key) == (project.folder, project.vectors_key)
        return compared.points if same else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        self._row.setSpacing(space(4))
        self._left.setSpacing(space(2))
        self.panel.setFixedWidth(min(max(px(270), round(0.33 * self.width())), px(460)))
