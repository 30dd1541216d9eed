"""The Triplets workspace: premise, entailment and contradiction under one encoder or two."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.commands import Command
from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.triplets.exporting import ask_path, exported
from explorer.views.triplets.filters import Filters
from explorer.views.triplets.measuring import Measuring
from explorer.views.triplets.panel import Panel
from explorer.views.triplets.progress import ProgressRow
from explorer.views.triplets.source_bar import SUFFIXES, SourceBar
from explorer.views.triplets.summary import Summary
from explorer.views.triplets.table import TripletTableView
from explorer.widgets import EmptyState
from models.data.nli import BUNDLED
from models.encoders.base import Encoder
from models.events import Work
from models.triplet_export import write_csv
from models.triplet_set import TripletSet, load_triplets
from models.triplet_table import Digest, Group, TripletTable, Wanted, arrange, digest

#: Pixels at text size 100 % below which the chart stands among the groups, of the height of all
#: and of the width beside the panel.
_LOW, _NARROW = 560, 660


class TripletsView(QWidget):
    """Reads, measures and arranges in the background, each when the view is looked at."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.shown: TripletTable | None = None
        self._begun = False
        self.bar = SourceBar(context)
        self.summary, self.filters = Summary(), Filters()
        self.progress = ProgressRow()
        self.table, self.panel = TripletTableView(), Panel(self)
        self.measuring = Measuring(context, self)
        self._reading = Latest(context.jobs, "Reading triplets", self, quiet=False)
        self._arranging = Latest(context.jobs, "Arranging triplets", self)
        self._counting = Latest(context.jobs, "Counting triplets", self)
        self._build()
        self._connect()
        self._fit()

    # What is asked for

    def take_files(self, paths: Sequence[Path]) -> bool:
        """Opens a dropped file if it may hold triplets; whether it was taken."""
        if len(paths) != 1 or paths[0].suffix.lower() not in SUFFIXES:
            return False
        self.bar.open(paths[0])
        return True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.bar.ask()

    def _read(self, source: str, most: int | None) -> None:
        self._reading.ask(lambda: load_triplets(source, most), (source, most))

    def _refused(self, error: BaseException) -> None:
        self.bar.refuse(BUNDLED if self.shown is None else self.shown.what.source)
        self.context.notices.report(error)

    def _show_set(self, what: TripletSet) -> None:
        self.measuring.set_triplets(what)
        self.bar.accept(what.source, what.of)
        self.filters.set_kinds(what.kinds)
        self.panel.row = -1
        self.shown = TripletTable(what)
        self._update()

    # What encoders make of it

    def _compare(self, on: bool) -> None:
        self.filters.set_compared(on)
        if on:
            self.bar.second.want(self.context.session.run)
        self._update()

    @property
    def busy(self) -> bool:
        """Whether something is still to come that will change what is shown."""
        latest = (self._reading, self._arranging, self._counting)
        return self.measuring.busy or any(one.busy for one in latest)

    @property
    def _encoders(self) -> tuple[Encoder | None, Encoder | None]:
        second = self.bar.second.encoder if self.bar.beside.isChecked() else None
        return self.bar.first.encoder, second

    def _update(self) -> None:
        """Shows what is known of the set by now, and begins with what is not."""
        if self.shown is None:
            return
        first, second = (self.measuring.known(encoder) for encoder in self._encoders)
        self.shown = replace(self.shown, first=first, second=second)
        compared = self.bar.beside.isChecked()
        self.summary.show_table(self.shown, compared)
        table = self.shown
        self._counting.ask(lambda: digest(table), table)
        self._arrange()
        self._measure()

    def _measure(self) -> None:
        missing = [
            encoder
            for encoder in self._encoders
            if encoder is not None and self.measuring.known(encoder) is None
        ]
        if missing:
            self.progress.begin()
            self.measuring.measure(missing[0])
        else:
            self.measuring.cancel()
            self.progress.hide()

    # What is shown of it

    def _arrange(self) -> None:
        table, wanted = self.shown, self.filters.wanted
        if table is not None:
            self._arranging.ask(lambda: _arranging(table, wanted), (table, wanted))

    def _sort(self, column: str, descending: bool) -> None:
        """Whoever sorts wants to see what comes first."""
        self.panel.row = -1
        self.filters.order(column, descending)

    def _show_rows(self, found: tuple[TripletTable, NDArray[np.int64]]) -> None:
        table, rows = found
        self.table.show_rows(table, rows, self.bar.beside.isChecked(), self.panel.row)
        self.filters.show_count(len(rows), table)
        self._stack.setCurrentIndex(0 if len(rows) else 1)
        if not len(rows):
            self.panel.show_triplet(table, -1)

    def _show_digest(self, found: Digest) -> None:
        self.summary.chart.show_value(found)
        self.panel.groups.show_groups(found.groups)

    def _show_group(self, group: Group) -> None:
        self.filters.choose(kind=group.wanted.kind, only=group.wanted.only, words="")

    def _clear_filters(self) -> None:
        self.filters.choose(kind="", only="all", words="")

    def _export(self) -> None:
        table, rows = self.table.rows.table, self.table.rows.rows
        path = None if table is None else ask_path(self, table.what.name)
        if table is not None and path is not None:
            self.context.jobs.start(
                f"Writing {path.name}",
                write_csv(path, table, rows),
                done=lambda count: self.context.notices.tell(exported(count, path), "success"),
                failed=self.context.notices.report,
            )

    # How it is put together

    def _build(self) -> None:
        nothing = EmptyState(
            "filter",
            "No such triplet",
            "None fits the words and the filters above.",
            (("Show all", self._clear_filters),),
        )
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(nothing)
        self._left = QVBoxLayout()
        for part in (self.progress, self.summary, self.filters):
            self._left.addWidget(part)
        self._left.addLayout(self._stack, 1)
        self._body = QHBoxLayout()
        self._body.addLayout(self._left, 1)
        self._body.addWidget(self.panel)
        self._all = QVBoxLayout(self)
        self._all.addWidget(self.bar)
        self._all.addLayout(self._body, 1)

    def _connect(self) -> None:
        context, bar = self.context, self.bar
        bar.wanted.connect(self._read)
        bar.compared.connect(self._compare)
        for choice in (bar.first, bar.second):
            choice.loaded.connect(lambda _: self._update())
        self._reading.arrived.connect(self._show_set)
        self._reading.failed.connect(self._refused)
        self._arranging.arrived.connect(self._show_rows)
        self._counting.arrived.connect(self._show_digest)
        for latest in (self._arranging, self._counting):
            latest.failed.connect(context.notices.report)
        self.measuring.arrived.connect(self._update)
        self.measuring.progressed.connect(self.progress.show_progress)
        self.measuring.stopped.connect(self.progress.stop)
        self.progress.cancel.clicked.connect(self.measuring.cancel)
        self.progress.go_on.clicked.connect(self._measure)
        self.filters.changed.connect(self._arrange)
        self.filters.export.clicked.connect(self._export)
        self.table.sorted_by.connect(self._sort)
        self.table.picked.connect(lambda row: self.panel.show_triplet(self.table.rows.table, row))
        self.panel.groups.picked.connect(self._show_group)
        themes().changed.connect(self._fit)
        context.commands.add(
            Command(
                "triplets.open", "Open triplets …", bar.file.click, "Triplets", enabled=self._on
            ),
            Command(
                "triplets.export",
                "Save triplets as CSV …",
                self._export,
                "Triplets",
                enabled=self._on,
            ),
        )

    def _on(self) -> bool:
        return self.isVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        side = space(5)
        self._all.setContentsMargins(side, space(4), side, space(4))
        self._all.setSpacing(space(3))
        self._left.setSpacing(space(3))
        self._body.setSpacing(space(3))
        wide = min(max(round(self.width() * 0.27), px(360)), px(470), round(self.width() * 0.42))
        self.panel.setFixedWidth(wide)
        self.panel.globe.set_tall(min(max(round(self.height() * 0.36), px(180)), wide))
        small = self.height() < px(_LOW) or self.width() - wide < px(_NARROW)
        self.summary.lend_chart(self.panel.chart_room if small else None)


def _arranging(table: TripletTable, wanted: Wanted) -> Work[tuple[TripletTable, NDArray[np.int64]]]:
    rows = yield from arrange(table, wanted)
    return table, rows
