"""What DPR's paper prints, beside what is measured here."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.widgets import Label
from explorer.widgets.figures import FigureGrid, FigureLine
from models.evaluation.published_retrieval import DATASETS, PAPER, RETRIEVERS

_ABOUT = (
    f"Published, not measured here: {PAPER}, table 2, retrievers trained on one data set each. "
    "They searched 21 million passages of Wikipedia and counted answer matches, so the figures of "
    "a small corpus beside them are higher and cannot be compared one to one; how the rows differ "
    "can. On SQuAD, whose questions were written with the passage in sight, words win."
)


class PaperPage(QWidget):
    """A fixed table: data sets by retrievers, top-20 and top-100."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label("Published: top-20 / top-100 accuracy, %", "heading", wrap=True)
        self.table = FigureGrid()
        self.table.show_lines(_lines())
        self.about = Label(_ABOUT, "caption", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.title)
        self._column.addWidget(self.table)
        self._column.addWidget(self.about)
        self._column.addStretch(1)
        themes().changed.connect(self._fit)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))


def _lines() -> list[FigureLine]:
    head = FigureLine("", tuple(row.name for row in RETRIEVERS), role="caption")
    lines = [head]
    for dataset in DATASETS:
        figures = tuple(f"{row.top20[dataset]} / {row.top100[dataset]}" for row in RETRIEVERS)
        lines.append(FigureLine(dataset, figures, dataset, role="caption", published=True))
    return lines
