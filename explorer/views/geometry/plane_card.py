"""The plane of all runs, with what is measured among them."""

from collections.abc import Sequence

from explorer.plane import Place, Plane, PlaneChart, trail
from explorer.views.geometry.cards import ChartCard
from explorer.views.geometry.measuring import Measurement
from models.printed import number
from models.training.shelf import RunCard


class PlaneCard(ChartCard):
    """Every run as a trail; a file with pairs as a place."""

    def __init__(self) -> None:
        note = (
            "A trail leads from the ring, before training, to the disc, coloured by linear "
            "accuracy where the run was evaluated and by kNN accuracy otherwise; grey is not "
            "known. Dashed: the optimum of uniformity. Low and left is best."
        )
        super().__init__(PlaneChart(), note)
        self.heading.setText("Alignment and uniformity of all runs")
        self._cards: tuple[RunCard, ...] = ()
        self._found: Measurement | None = None
        self._draw()

    def show_runs(self, cards: Sequence[RunCard]) -> None:
        """Draws these runs."""
        self._cards = tuple(cards)
        self._draw()

    def show_measured(self, found: Measurement | None) -> None:
        """Marks what was measured, and its optimum."""
        self._found = found
        self._draw()

    def _draw(self) -> None:
        found = self._found
        trails = tuple(
            trail(card, found is not None and card.folder == found.what.path)
            for card in self._cards
            if card.trail
        )
        places = () if found is None else _places(found)
        optimum = None if found is None else found.portrait.optimum
        self.chart.show_value(Plane(trails, places, optimum, None))
        self.chart.setVisible(bool(trails or places))
        if not trails and not places:
            self.say("There is no run yet. Train one in Training, and its trail appears here.")
        elif found is not None:
            dimensions = found.portrait.dimensions
            self.say(
                f"A uniform distribution in {dimensions} dimensions has a uniformity of "
                f"{number(optimum)}; a finite sample may fall below."
            )
        else:
            self.say("")


def _places(found: Measurement) -> tuple[Place, ...]:
    portrait = found.portrait
    if portrait.alignment is None or found.what.step is not None:
        return ()
    return (Place(found.what.name, portrait.alignment, portrait.uniformity, None),)
