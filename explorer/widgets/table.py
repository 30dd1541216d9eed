"""A table that lists: whole rows, no grid, one selected, quick with any number of rows."""

from PySide6.QtCore import QAbstractTableModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView


class ListTable(QTableView):
    """What the tables of all workspaces have in common; each adds what it shows and tells.

    Args:
        rows: the model, kept as ``rows``.
        name: for those who hear it.
        wrap: whether long text goes on in a second line.
    """

    def __init__(self, rows: QAbstractTableModel, name: str, *, wrap: bool = False) -> None:
        super().__init__()
        self.rows = rows
        self.setModel(rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(wrap)
        self.verticalHeader().hide()
        # Fixed, for nothing must look at every row of hundreds of thousands.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
