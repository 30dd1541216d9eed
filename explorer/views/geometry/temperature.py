"""Temperature, by hand: the softmax over one anchor's similarities to all others."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import Theme, px, themes
from explorer.views.geometry.cards import ChartCard
from explorer.views.geometry.charts import Shares, SoftmaxChart
from explorer.views.geometry.formulas import SOFTMAX
from explorer.views.geometry.measuring import Measurement
from explorer.widgets import Label, LabelledSlider, NumberField, Segmented
from models.anchor import Anchored, among, anchored, pull
from models.events import Progress, Work
from models.portrait import attention
from models.project import Project
from models.retrieval.searcher import Answer

_FIRST = np.log10(0.05)  # SimCSE's temperature


@dataclass(frozen=True, eq=False)
class Asked:
    """What is measured and the anchor in it: the place of a vector, or the question."""

    found: Measurement
    anchor: int | Answer

    def is_same(self, other: "Asked | None") -> bool:
        """Whether there is nothing new to compare."""
        if other is None or self.found is not other.found:
            return False
        if isinstance(self.anchor, int) and isinstance(other.anchor, int):
            return self.anchor == other.anchor
        return self.anchor is other.anchor


class TemperatureCard(ChartCard):
    """A slider for τ, the shares as bars, and in words which negatives carry the gradient.

    The anchor is the question that was asked, where the corpus is measured, or any vector.
    """

    def __init__(self, context: AppContext) -> None:
        note = (
            "The bars are the largest shares; a positive is amber, with a plus. The gradient is "
            "Wang & Liu 2021, equations 3 and 4."
        )
        super().__init__(SoftmaxChart(), note, (SOFTMAX,))
        self._context = context
        self._found: Measurement | None = None
        self._anchored: Anchored | None = None
        self._asked: Asked | None = None
        self._shown: Asked | None = None
        self._path: Path | None = None
        self.heading.setText("Temperature: which negatives carry the gradient")
        self.slider = LabelledSlider(
            "Temperature", -2.0, 1.0, _FIRST, 0.02, lambda v: f"τ = {10**v:.3g}"
        )
        self.kind = Segmented((("question", "The question"), ("row", "A vector")), "Anchor")
        self.row = NumberField("Anchor: number of the vector", 1, 1, 1)
        self.of = Label("", "muted")
        self._build()
        self._latest = Latest(context.jobs, "Comparing with all others", self)
        self._latest.arrived.connect(self._compared)
        self._latest.failed.connect(context.notices.report)
        self.slider.changed.connect(lambda _: self._draw())
        self.kind.changed.connect(lambda _: self._compare())
        self.row.valueChanged.connect(lambda _: self._compare())
        context.session.answer_changed.connect(lambda _: self._answered())
        themes().changed.connect(self._fit_row)
        self._fit_row(themes().current)
        self._draw()

    def _build(self) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (Label("Anchor"), self.kind, self.row, self.of):
            row.addWidget(part)
        row.addStretch(1)
        self.column.insertWidget(1, self.slider)
        self.column.insertWidget(2, line)

    def show_vectors(self, found: Measurement | None) -> None:
        """Lets the anchor be any of the vectors that were measured."""
        self._found = found
        self._anchored = None
        if found is not None:
            count = len(found.drawn.rows)
            self.row.blockSignals(True)
            self.row.setRange(1, count)
            if found.what.path != self._path:  # a number means nothing in other vectors
                self._path = found.what.path
                self.row.setValue(1)
            self.row.blockSignals(False)
            self.of.setText(f"of {count:,}")
            if found.what.temperature is not None:
                self.slider.set_value(float(np.log10(found.what.temperature)))
        self._answered()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._answered()

    @property
    def _question(self) -> Answer | None:
        """The question as anchor: only the corpus that it was asked of has one."""
        project, answer = self._context.session.project, self._context.session.answer
        if project is None or self._found is None or self._found.what.path != project.folder:
            return None
        return answer if answer is not None and answer.vector.any() else None

    def _answered(self) -> None:
        self.kind.setVisible(self._question is not None)
        self._compare()

    def _compare(self) -> None:
        """Compares the anchor with all others, off the event loop, where anybody looks."""
        by_row = self._question is None or self.kind.value == "row"
        self.row.setVisible(by_row)
        self.of.setVisible(by_row)
        found, project, answer = self._found, self._context.session.project, self._question
        if found is None:
            self._asked, self._shown, self._anchored = None, None, None
            self._latest.forget()
            self._draw()
            return
        if by_row or answer is None or project is None:
            row = self.row.value() - 1
            asked, work = Asked(found, row), lambda: _to_others(found, row)
        else:
            asked, work = Asked(found, answer), lambda: _to_passages(project, answer)
        if self.isVisible() and not asked.is_same(self._asked):
            self._asked = asked
            self._latest.ask(work, asked)

    def _compared(self, anchored: Anchored) -> None:
        self._anchored, self._shown = anchored, self._asked
        self._draw()

    def _draw(self) -> None:
        anchored, shown = self._anchored, self._shown
        if anchored is None or shown is None or not len(anchored.similarities):
            self.chart.show_value(None)
            self.say("")
            return
        temperature = 10**self.slider.value
        found = attention(anchored.similarities, temperature)
        self.chart.show_value(Shares(found, anchored.paired))
        count = len(anchored.similarities)
        others = "passages" if isinstance(shown.anchor, Answer) else "others"
        words = (
            f"{self._name(shown)}: about {found.effective:,.1f} of {count:,} {others} share the "
            f"weight (entropy {found.entropy:.2f} of at most {np.log(count):.2f} nats)."
        )
        if count > anchored.paired:
            forces = pull(found, anchored.paired, temperature)
            words += (
                f" Half of the push lies on {forces.half:,} of {forces.negatives:,} negatives; "
                f"the hardest is pushed with {forces.hardest:.3g}"
            )
            if forces.positive is not None:
                words += f", the positive pulled with {-forces.positive:.3g}"
            words += "."
        self.say(words)

    def _name(self, shown: Asked) -> str:
        """The anchor, in words."""
        found, anchor = shown.found, shown.anchor
        if isinstance(anchor, Answer):
            return f"“{anchor.question}”"
        row = int(found.drawn.rows[anchor])
        name = f"Vector {anchor + 1:,}"
        if len(found.drawn.rows) < found.drawn.of:
            name += f", row {row:,} counted from 0"
        project = self._context.session.project
        if project is not None and found.what.path == project.folder:
            name += f", “{project.passages[row].title}”" if project.passages[row].title else ""
        return name

    def _fit_row(self, _theme: Theme) -> None:
        self.row.setFixedWidth(px(80))


def _to_others(found: Measurement, row: int) -> Work[Anchored]:
    yield Progress("Comparing")
    return anchored(found.drawn.vectors, found.drawn.positives, row)


def _to_passages(project: Project, answer: Answer) -> Work[Anchored]:
    return (yield from among(project.vectors.array, answer.vector))
