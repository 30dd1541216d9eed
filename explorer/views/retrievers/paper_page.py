"""What DPR's paper prints, beside what is measured here."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.widgets import Label
from models.evaluation.published_retrieval import DATASETS, PAPER, RETRIEVERS

_ABOUT = (
    f"Published, not measured here: {PAPER}, table 2, retrievers trained on one data set each. "
    "They searched 21 million passages of Wikipedia and counted answer matches, so the figures of "
    "a small corpus beside them are higher and cannot be compared one to one; how the rows differ "
    "can. On SQuAD, whose questions were written with the passage in sight, words win."
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PaperPage(QWidget):
    """A fixed table: data sets by retrievers, top-20 and top-100."""

    def __init__(self) -> None:
        super().__init__()
        self.title = Label("Published: top-20 / top-100 accuracy, %", "heading", wrap=True)
        self._grid = QGridLayout()
        for column, row in enumerate(RETRIEVERS, 1):
            self._put(0, column, row.name, "caption")
        for at, dataset in enumerate(DATASETS, 1):
            self._grid.addWidget(Label(dataset), at, 0)
            for column, row in enumerate(RETRIEVERS, 1):
                cell = self._put(
                    at, column, f"{row.top20[dataset]} / {row.top100[dataset]}", "caption"
                )
                font = cell.font()
                font.setItalic(True)
                cell.setFont(font)
        self._grid.setColumnStretch(0, 1)
        self.about = Label(_ABOUT, "caption", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.title)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.about)
        self._column.addStretch(1)
        themes().changed.connect(self._fit)
        self._fit()

    def _put(self, row: int, column: int, text: str, role: str) -> Label:
        label = Label(text, role)
        label.setAlignment(_RIGHT)
        self._grid.addWidget(label, row, column)
        return label

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))
        self._grid.setHorizontalSpacing(space(2))
        self._grid.setVerticalSpacing(space(2))
