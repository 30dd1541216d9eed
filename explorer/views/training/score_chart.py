"""How a run's scores by judged pairs went, and which of them is the best."""

from dataclasses import dataclass

from explorer.charts import stroke
from explorer.theme import Theme, px
from explorer.views.training.plots import StepChart
from models.training.best import Score, best_score


@dataclass(frozen=True)
class Scores:
    """Step and score of each time that the model was scored."""

    scores: tuple[Score, ...]
    now: int

    def goes_with(self, other: "Scores") -> bool:
        """Whether only ``now`` differs."""
        return self.scores == other.scores


class ScoreChart(StepChart):
    """Spearman's ρ on judged pairs over the run; the best, whose weights serve, has a ring."""

    title = "Spearman on judged pairs"

    def __init__(self) -> None:
        super().__init__("ρ × 100")

    def draw_curve(self, value: Scores, theme: Theme) -> None:
        found = [score for _, score in value.scores]
        self.trace([step for step, _ in value.scores], found, theme)
        best = best_score(value.scores)
        step, score = ([best[0]], [best[1]]) if best else ([], [])
        look = {"symbol": "o", "symbolSize": px(9), "symbolBrush": None, "pen": None}
        self.curve("best", step, score, symbolPen=stroke(theme.text, 1.5), **look)
        low, high = min(found), max(found)
        room = max(high - low, 0.5)
        self.setYRange(low - 0.15 * room, high + 0.15 * room, padding=0)
