"""The files and folders of a corpus, and of a table its columns with a preview."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.jobs import Job, Jobs
from explorer.notices import Notices
from explorer.theme import px, space, themes
from explorer.widgets import Button, Choice, Label
from models.data.read import Reading
from models.data.tables import TABLE_SUFFIXES, Preview, preview
from models.events import Progress, Work

_SHOWN = 5
_WIDEST = 240  # pixels of a column in the preview


class PathList(QListWidget):
    """The chosen files and folders, or how to choose them."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(themes().current.faint))
            hint = "Drop files or folders anywhere in this window"
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, hint)


class SourcesForm(QWidget):
    """A list of paths; the first table among them is previewed and its columns offered."""

    changed = Signal()

    def __init__(self, jobs: Jobs, notices: Notices) -> None:
        super().__init__()
        self._jobs, self._notices = jobs, notices
        self._job: Job | None = None
        self.paths: list[Path] = []
        self.list = PathList()
        self.list.setAccessibleName("Files and folders")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.add_files = Button("Add files …", icon="file")
        self.add_folder = Button("Add a folder …", icon="folder")
        self.remove = Button("Remove", "quiet", "trash")
        self.remove.setEnabled(False)
        self.text_column, self.title_column = Choice(), Choice()
        self.text_column.setAccessibleName("Text column")
        self.title_column.setAccessibleName("Title column")
        self.table = QTableWidget()
        self.table.setAccessibleName("Preview of the table")
        rows = self.table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(False)
        self.columns = QWidget()
        self._build()
        self.add_files.clicked.connect(self._choose_files)
        self.add_folder.clicked.connect(self._choose_folder)
        self.remove.clicked.connect(self._remove)
        self.list.itemSelectionChanged.connect(
            lambda: self.remove.setEnabled(bool(self.list.selectedItems()))
        )
        themes().changed.connect(self._fit)
        self._fit()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.add_files, self.add_folder, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        chosen = QHBoxLayout()
        chosen.addWidget(Label("Text column", "muted"))
        chosen.addWidget(self.text_column, 1)
        chosen.addSpacing(space(3))
        chosen.addWidget(Label("Title column", "muted"))
        chosen.addWidget(self.title_column, 1)
        inner = QVBoxLayout(self.columns)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(chosen)
        inner.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space(2))
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addWidget(self.columns)
        self.columns.hide()

    def reading(self) -> Reading:
        """The columns as chosen; None where there is no table to choose from."""
        if self.columns.isHidden():
            return Reading()
        return Reading(self.text_column.currentData(), self.title_column.currentData())

    def add(self, paths: list[Path]) -> None:
        """Adds paths that are not there yet."""
        for path in paths:
            if path not in self.paths:
                self.paths.append(path)
                self.list.addItem(str(path))
        self._look()

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self.paths.remove(Path(item.text()))
            self.list.takeItem(self.list.row(item))
        self._look()

    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Add files")
        self.add([Path(name) for name in names])

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Add a folder")
        self.add([Path(name)] if name else [])

    def stop(self) -> None:
        """Gives up the preview under way, if any."""
        if self._job is not None:
            self._job.cancel()
        self._job = None

    def _look(self) -> None:
        """Previews the first table, off the event loop."""
        self.stop()
        self.columns.hide()
        tables = [path for path in self.paths if path.suffix.lower() in TABLE_SUFFIXES]
        if tables:
            job = self._jobs.start(
                "Previewing",
                _previewing(tables[0]),
                done=lambda found: self._show(found) if job is self._job else None,
                failed=self._notices.report,
                quiet=True,
            )
            self._job = job
        self.changed.emit()

    def _show(self, found: Preview) -> None:
        for box, guess in (
            (self.text_column, found.text_column),
            (self.title_column, found.title_column),
        ):
            box.clear()
            if box is self.title_column:
                box.addItem("(none)", "")
            for name in found.columns:
                box.addItem(name, name)
            box.setCurrentIndex(max(0, box.findData(guess)))
        rows = found.rows[:_SHOWN]
        self.table.setColumnCount(len(found.columns))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(found.columns)
        for y, row in enumerate(rows):
            for x, text in enumerate(row):
                item = QTableWidgetItem(" ".join(text.split())[:200])
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.table.setItem(y, x, item)
        self._fit()
        self.columns.show()
        self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        self.list.setFixedHeight(px(84))
        self.table.setFixedHeight(px(150))
        self.table.resizeColumnsToContents()
        for column in range(self.table.columnCount()):
            width = min(self.table.columnWidth(column), px(_WIDEST))
            self.table.setColumnWidth(column, width)


def _previewing(path: Path) -> Work[Preview]:
    yield Progress("Previewing")
    return preview(path, _SHOWN)
