"""The loss less log M against its limit, as negatives are added."""

import math

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.views.geometry.cards import ChartCard
from explorer.views.geometry.charts import LimitChart
from explorer.views.geometry.formulas import CONTRASTIVE, LIMIT
from explorer.views.geometry.measuring import Measurement
from explorer.widgets import LabelledSlider
from models.geometry import Limit
from models.limit import approach, slope

_TYPICAL = 0.5  # SimCLR's temperature on small images


class LimitCard(ChartCard):
    """A chart that is computed anew when the vectors or the temperature change."""

    def __init__(self, context: AppContext) -> None:
        note = (
            "Wang & Isola 2020, equation 1 and theorem 1: more negatives make the loss care for "
            "alignment and uniformity alone. Dashed: the limit. Negatives are drawn with "
            "replacement from both sides of all pairs."
        )
        super().__init__(LimitChart(), note, (CONTRASTIVE, LIMIT))
        self._found: Measurement | None = None
        self._limit: Limit | None = None
        self.slider = LabelledSlider(
            "Temperature", -2.0, 1.0, math.log10(_TYPICAL), 0.02, lambda v: f"τ = {10**v:.3g}"
        )
        self.column.insertWidget(1, self.slider)
        self._latest = Latest(context.jobs, "Adding negatives", self)
        self._latest.arrived.connect(self._show)
        self._latest.failed.connect(context.notices.report)
        self.slider.settled.connect(lambda _: self._compute())

    @property
    def limit(self) -> Limit | None:
        """What is shown."""
        return self._limit

    def show_pairs(self, found: Measurement | None) -> None:
        """Computes for positive pairs, at their own temperature if they have one; None: nothing."""
        self._found, self._limit = found, None
        self.chart.show_value(None)
        if found is not None and found.what.temperature is not None:
            self.slider.set_value(math.log10(found.what.temperature))
        self._compute()

    def _compute(self) -> None:
        found = self._found
        if found is None or found.drawn.positives is None:
            self._latest.forget()
            self.say("")
            return
        x, y = found.drawn.vectors, found.drawn.positives
        temperature = 10**self.slider.value
        self.say(f"Adding negatives at τ = {temperature:.3g} …")
        self._latest.ask(lambda: approach(x, y, temperature), (found, temperature))

    def _show(self, limit: Limit) -> None:
        self._limit = limit
        self.chart.show_value(limit)
        rate = slope(limit)
        fell = (
            "there is no deviation left to measure"
            if rate is None
            else f"measured from M = 10 on, the deviation falls like M to the power {rate:.2f}"
        )
        sampled = "" if limit.pairs == limit.of else f", of {limit.of:,}, drawn with seed 0"
        self.say(
            f"The limit is {limit.limit:.3f} = {limit.alignment:.3f} from alignment "
            f"{limit.uniformity:+.3f} from uniformity, on {limit.pairs:,} pairs{sampled}. The "
            f"theorem only says that the deviation is O(M^−½), an upper bound; {fell}."
        )
