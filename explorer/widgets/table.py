"""A table that lists: no grid, one row or cell selected, quick with any number of rows."""

from PySide6.QtCore import QAbstractTableModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView


class ListTable(QTableView):
    """What the tables of all workspaces have in common; each adds what it shows and tells.

    Args:
        rows: the model, kept as ``rows``.
        name: for those who hear it.
        wrap: whether long text goes on in a second line.
        cells: whether one cell is gone to, and not a whole row.
    """

    def __init__(
        self, rows: QAbstractTableModel, name: str, *, wrap: bool = False, cells: bool = False
    ) -> None:
        super().__init__()
        self.rows = rows
        self.setModel(rows)
        self.setAccessibleName(name)
        behavior = QAbstractItemView.SelectionBehavior
        self.setSelectionBehavior(behavior.SelectItems if cells else behavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(wrap)
        self.verticalHeader().hide()
        # Fixed, for nothing must look at every row of hundreds of thousands.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
