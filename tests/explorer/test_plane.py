"""The plane of runs: trails from ring to disc, colours by score, a card under the cursor."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from running import PATIENCE

from explorer.palettes import sequential, to_oklab
from explorer.plane import Place, Plane, PlaneChart, Trail, trail
from explorer.theme import themes
from models.training.events import Measured
from models.training.shelf import RunCard

ONE = Trail("one", (0, 10, 20), (1.2, 0.8, 0.4), (-0.5, -1.5, -3.0), 90.0, True)
TWO = Trail("two", (0, 10), (1.0, 0.3), (-0.4, -1.0), 52.0, False)
UNKNOWN = Place("other", 0.6, -2.2, None)
PLANE = Plane((ONE, TWO), (UNKNOWN,), -3.9, None)


@pytest.fixture
def chart(qtbot):
    window = QWidget()  # a chart that is closed itself could not be dressed any more
    qtbot.addWidget(window)
    chart = PlaneChart()
    QVBoxLayout(window).addWidget(chart)
    window.resize(600, 300)
    chart.show_value(PLANE)
    with qtbot.waitExposed(window):
        window.show()
    window.grab()  # the axes take their room when they are first painted
    yield chart
    chart._moves.stop()


def scatters(chart):
    """What is drawn of all runs, and the mark of a replay."""
    return [i for i in chart.getPlotItem().items if isinstance(i, pg.ScatterPlotItem)]


def spots(chart):
    return scatters(chart)[0].points()


def spot(chart, uniformity, alignment):
    return [s for s in spots(chart) if (s.pos().x(), s.pos().y()) == (uniformity, alignment)]


def test_the_ends_are_coloured_by_score(chart):
    assert chart.domain == (50.0, 90.0)
    (best,), (worst,), (unknown,) = (
        spot(chart, -3.0, 0.4),
        spot(chart, -1.0, 0.3),
        spot(chart, -2.2, 0.6),
    )
    colors = [one.brush().color().name() for one in (best, worst, unknown)]
    ramp = [QColor(*row.tolist()).name() for row in sequential([1.0, 0.05, np.nan])]
    assert colors == ramp and len(set(colors)) == 3
    low, high = to_oklab(sequential([0.05, 1.0]))
    assert high[0] - low[0] > 0.2  # the better is lighter: the order shows without hues
    assert chart.ramp.words == "50 % … 90 % accuracy"
    assert "90 %" in chart.ramp.accessibleName()


def test_a_trail_leads_from_a_ring_to_a_disc(chart):
    theme = themes().current
    (first,), (middle,), (last,) = (
        spot(chart, *place) for place in zip(ONE.uniformity, ONE.alignment, strict=True)
    )
    assert first.brush().color().name() == theme.surface
    assert middle.size() < first.size() < last.size()
    curves = [i for i in chart.getPlotItem().items if isinstance(i, pg.PlotCurveItem)]
    assert [len(curve.xData) for curve in curves] == [2, 3]
    assert curves[-1].opts["pen"].color().name() == theme.accent  # the current run lies on top


def test_trails_are_not_joined_with_one_another(chart):
    chart.show_value(Plane((TWO, ONE, TWO), (), None, None))
    others, _ = [i for i in chart.getPlotItem().items if isinstance(i, pg.PlotCurveItem)]
    assert others.opts["connect"].tolist() == [1, 0, 1, 0]


def test_a_replay_is_marked_at_the_last_measurement_so_far(chart):
    def marks():
        return [(p.pos().x(), p.pos().y()) for p in scatters(chart)[1].points()]

    assert marks() == []
    chart.show_value(Plane((ONE, TWO), (), None, 15))
    assert marks() == [(-1.5, 0.8)]
    drawn = scatters(chart)
    chart.show_value(Plane((ONE, TWO), (), None, 20))  # the next frame moves the mark alone
    assert marks() == [(-3.0, 0.4)] and scatters(chart) == drawn
    themes().set_mode("dark")
    assert marks() == [(-3.0, 0.4)] and scatters(chart) != drawn
    assert scatters(chart)[1].points()[0].pen().color().name() == themes().current.text
    chart.show_value(Plane((TWO,), (), None, 15))  # a run that is not looked at has no replay
    assert marks() == [] and len(spots(chart)) == 2


def test_all_lies_within_the_axes(chart):
    (left, right), (bottom, top) = chart.getViewBox().viewRange()
    assert left < -3.9 and right > -0.4 and bottom <= 0 and top > 1.2
    lines = [i for i in chart.getPlotItem().items if isinstance(i, pg.InfiniteLine)]
    assert [line.value() for line in lines] == [-3.9]


def test_hovering_tells_name_and_figures(qtbot, chart):
    view = chart.viewport()

    def hover(x, y):
        # Sent to the chart itself: the cursor may be over another window on the same screen.
        at, none = QPointF(x, y), Qt.MouseButton.NoButton
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), none, none, keys)
        QApplication.sendEvent(view, event)

    def seen():
        hover(*chart.spots()[2])  # the end of the first trail
        return chart.card.isVisible()

    hover(5, 5)
    qtbot.waitUntil(seen, timeout=PATIENCE)
    x, y = chart.spots()[2]
    assert chart.card.title.text() == "one"
    assert chart.card.text.text() == (
        "Step 20\nalignment 0.400\nuniformity -3.000\naccuracy 90.0 %"
    )
    assert chart.rect().contains(chart.card.geometry())
    hover(*chart.spots()[5])
    qtbot.waitUntil(lambda: chart.card.title.text() == "other", timeout=PATIENCE)
    assert "accuracy" not in chart.card.text.text()
    hover(x - 60, y - 60)
    qtbot.waitUntil(lambda: not chart.card.isVisible(), timeout=PATIENCE)


def test_it_follows_theme_and_size_and_bears_having_nothing(chart):
    themes().set_mode("light")
    first = spot(chart, -0.5, 1.2)[0].brush().color().name()
    themes().set_mode("dark")
    themes().set_scale(2.0)
    assert spot(chart, -0.5, 1.2)[0].brush().color().name() != first
    assert chart.ramp.width() == chart.width() and chart.ramp.height() == 68
    chart.show_value(Plane((), (), None, None))
    assert len(spots(chart)) == 0 and chart.domain == (0.0, 100.0) and chart.ramp.words == ""
    chart.show_value(None)


def test_who_listens_hears_where_every_encoder_is(chart):
    words = chart.accessibleDescription()
    assert "one: alignment 0.400, uniformity -3.000, accuracy 90.0 %" in words
    assert "other: alignment 0.600" in words


def test_linear_accuracy_comes_before_that_of_neighbours(tmp_path):
    measured = tuple(
        Measured(step=step, steps=9, alignment=0.5, uniformity=-1.0, knn=knn)
        for step, knn in ((0, 20.0), (9, 40.0))
    )
    card = RunCard(tmp_path, "simclr", "shapes", "conv", 3, 0.5, 9, 9, measured, {})
    assert trail(card).score == 40.0 and trail(card).steps == (0, 9)
    assert not trail(card).current and trail(card, True).current
    evaluated = RunCard(tmp_path, "simclr", "shapes", "conv", 3, 0.5, 9, 9, (), {"linear": 61.0})
    assert trail(evaluated).score == 61.0
