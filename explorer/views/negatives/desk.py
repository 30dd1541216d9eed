"""All of one question beside the sphere: its loss, the kinds, the list, and one passage whole."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.negatives.detail import PassageCard
from explorer.views.negatives.legend import KindLegend
from explorer.views.negatives.loss_row import LossRow
from explorer.views.negatives.sphere import NegativeSphere
from explorer.views.negatives.table import CandidateTable
from explorer.views.negatives.work import Seen
from explorer.widgets import ScrollPage
from models.negative_study.pick import Kind
from models.negative_study.study import Candidate, Study, Weighed, weigh


class Desk(ScrollPage):
    """Keeps the list and ``sphere`` on the same passage, kinds and weights.

    In a low window it scrolls, so that the list and the passage take turns.
    """

    def __init__(self, sphere: NegativeSphere, parent: QWidget | None = None) -> None:
        super().__init__("Passages of the question", parent=parent)
        self.seen: Seen | None = None
        self.study: Study | None = None
        self.weighed: tuple[Weighed, Weighed] | None = None
        self.row = -1
        self.sphere, self.loss, self.legend = sphere, LossRow(), KindLegend()
        self.table, self.card = CandidateTable(), PassageCard()
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.loss, self.legend, self.table, self.card):
            self._column.addWidget(part, 1 if part is self.table else 0)
        self.loss.changed.connect(self._weigh)
        self.legend.changed.connect(self._hide)
        self.table.picked.connect(self.choose)
        self.sphere.picked.connect(self.choose)
        self.card.closed.connect(lambda: self.choose(-1))
        themes().changed.connect(self._fit)
        self._fit()
        self.show_study(None, None)

    def show_study(self, seen: Seen | None, study: Study | None) -> None:
        """Shows another question, or none; a passage that is there again stays chosen."""
        before, self.seen, self.study = self.row, seen, study
        self.legend.show_study(study)
        self.table.rows.show_study(study, None if seen is None else seen.gathered.passages)
        self.sphere.show_study(seen, study)
        self._weigh()
        rows = [] if study is None else [each.row for each in study.candidates]
        self.choose(before if before in rows else next(iter(rows), -1))

    def choose(self, row: int) -> None:
        """Marks a passage in the list and on the sphere, and shows it whole; −1 marks none."""
        self.row = row if self.study is not None else -1
        self.table.select(self.row)
        self.sphere.select(self.row)
        self.card.setVisible(self.row >= 0)
        if self.row < 0 or self.study is None or self.seen is None:
            return
        passage = self.seen.gathered.passages[self.row]
        self.card.show_passage(passage, self.study, self._candidate)
        self._show_figures()

    def _weigh(self) -> None:
        """Weights in the loss at the temperature of the slider."""
        study, temperature = self.study, self.loss.temperature
        self.weighed = None
        if study is not None:
            self.weighed = weigh(study, 0, temperature), weigh(study, 1, temperature)
        self.loss.show_loss(study, self.weighed)
        if self.weighed is not None:
            self.table.rows.show_weights(self.weighed)
            self.sphere.show_weights(self.weighed)
            self._show_figures()

    @property
    def _candidate(self) -> Candidate | None:
        """What is chosen; None where that is a passage of the corpus beside the candidates."""
        rows = () if self.study is None else self.study.candidates
        return next((each for each in rows if each.row == self.row), None)

    def _show_figures(self) -> None:
        candidate = self._candidate
        if self.study is not None and candidate is not None and self.weighed is not None:
            self.card.show_figures(self.study, candidate, self.weighed)

    def _hide(self, hidden: frozenset[Kind]) -> None:
        self.table.rows.hide_kinds(hidden)
        self.sphere.hide_kinds(hidden)
        self.table.select(self.row)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        self.table.setMinimumHeight(px(150))
