"""Temperature, by hand: the softmax over the present question's similarities to all passages."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QShowEvent

from explorer.context import AppContext
from explorer.views.geometry.charts import SoftmaxChart
from explorer.widgets import Card, Label, LabelledSlider
from models.events import Progress, Work
from models.portrait import attention
from models.project import Project
from models.projection.cache import unit
from models.retrieval.searcher import Answer

_FIRST = np.log10(0.05)  # SimCSE's temperature


class TemperatureCard(Card):
    """A slider for τ, the shares as bars, and in words how many passages carry the weight."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(padding=4)
        self._context = context
        self._similarities: NDArray[np.float32] | None = None
        self._question = ""
        self._asked: Answer | None = None
        self.slider = LabelledSlider(
            "Temperature", -2.0, 1.0, _FIRST, 0.02, lambda v: f"τ = {10**v:.3g}"
        )
        self.words = Label("", "muted", wrap=True)
        self.formula = Label(
            "Share of passage i = exp(qᵀpᵢ / τ) / Σⱼ exp(qᵀpⱼ / τ). The contrastive loss pushes a "
            "negative away with 1/τ times its share.",
            "caption",
            wrap=True,
        )
        self.chart = SoftmaxChart()
        self.column.addWidget(Label("Temperature: which passages carry the gradient", "heading"))
        self.column.addWidget(self.slider)
        self.column.addWidget(self.chart)
        self.column.addWidget(self.words)
        self.column.addWidget(self.formula)
        self.slider.changed.connect(lambda _: self._draw())
        context.session.answer_changed.connect(self._answer)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._answer(self._context.session.answer)

    def _answer(self, answer: Answer | None) -> None:
        """Compares the question with all passages, off the event loop, where anybody looks."""
        project = self._context.session.project
        if answer is None or project is None or not answer.vector.any():
            self._asked, self._similarities = None, None
            self._draw()
        elif self.isVisible() and answer is not self._asked:
            self._asked = answer
            self._context.jobs.start(
                "Comparing with all passages",
                _comparing(project, answer),
                done=lambda found: self._compared(answer, found),
                failed=self._context.notices.report,
                quiet=True,
            )

    def _compared(self, answer: Answer, similarities: NDArray[np.float32]) -> None:
        if answer is self._asked:
            self._question, self._similarities = answer.question, similarities
            self._draw()

    def _draw(self) -> None:
        self.chart.setVisible(self._similarities is not None)
        if self._similarities is None:
            self.words.setText("Ask a question, in Retrieval or on the sphere, to see it at work.")
            return
        found = attention(self._similarities, 10**self.slider.value)
        self.chart.show_value(found)
        count = len(self._similarities)
        self.words.setText(
            f"“{self._question}”: about {found.effective:,.1f} of {count:,} passages share the "
            f"weight (entropy {found.entropy:.2f} of at most {np.log(count):.2f} nats); the "
            f"first takes {found.shares.max():.1%}."
        )


def _comparing(project: Project, answer: Answer) -> Work[NDArray[np.float32]]:
    yield Progress("Comparing")
    similarities: NDArray[np.float32] = unit(project.vectors.array) @ unit(answer.vector)
    return similarities
