"""Scores: encoders by tasks, with what papers print."""

from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from explorer.context import AppContext
from models.data.sts import STS_TASKS
from models.evaluation import published


class ScoresPage(QWidget):
    """The table."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        rows = published.STS
        self.table = QTableWidget(len(rows), 2 + len(STS_TASKS))
        self.table.setHorizontalHeaderLabels(["Published", *STS_TASKS, "Average"])
        for at, row in enumerate(rows):
            figures = [*(row.scores.get(task) for task in STS_TASKS), row.average]
            texts = ["–" if figure is None else f"{figure:.2f}" for figure in figures]
            for column, text in enumerate([f"{row.name}, {row.paper}", *texts]):
                self.table.setItem(at, column, QTableWidgetItem(text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
