"""The charts of a run: what they draw, when they draw it, and that long runs stay quick."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.theme import themes
from explorer.views.training.charts import RunCharts
from explorer.views.training.plots import running_mean, thinned
from models.geometry import optimal_uniformity
from models.training.events import Measured
from models.training.look import look

LOSSES = np.linspace(5, 1, 60)
MEASURED = [
    Measured(step=step, steps=60, alignment=1 - step / 100, uniformity=-step / 20, knn=40 + step)
    for step in (0, 30, 60)
]


def vectors(m=32, dimensions=8, seed=0):
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(m, dimensions))
    both = np.concatenate([first, first + 0.3 * rng.normal(size=first.shape)])
    return (both / np.linalg.norm(both, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def charts(qtbot):
    """A column so tall that every chart is in sight."""
    column = RunCharts()
    qtbot.addWidget(column)
    column.resize(330, 2400)
    column.show()
    qtbot.waitExposed(column)
    return column


def drawn(exhibit):
    """x and y of every curve."""
    return [(item.xData, item.yData) for item in exhibit.chart.getPlotItem().listDataItems()]


def now(exhibit):
    return exhibit.chart._made["now"].value()


def test_curves_are_those_of_the_run(charts):
    charts.show_run(LOSSES, MEASURED, 8, 30)
    (steps, losses), _ = drawn(charts.loss)
    assert steps.tolist() == list(range(1, 61)) and losses.tolist() == LOSSES.tolist()
    for chart, name in (
        (charts.alignment, "alignment"),
        (charts.uniformity, "uniformity"),
        (charts.knn, "knn"),
    ):
        ((steps, values),) = drawn(chart)
        assert list(steps) == [0, 30, 60]
        assert list(values) == [getattr(measured, name) for measured in MEASURED]
    assert {now(chart) for chart in (charts.loss, charts.alignment, charts.knn)} == {30}


def test_the_optimum_is_drawn_dashed_and_named(charts):
    charts.show_run(LOSSES, MEASURED, 8, 30)
    line = charts.uniformity.chart._made["line"]
    best = optimal_uniformity(8)
    assert line.value() == pytest.approx(best) and line.pen.style() == Qt.PenStyle.DashLine
    assert line.label.toPlainText() == f"uniform distribution −{-best:.3f}"
    low, high = charts.uniformity.chart.viewRange()[1]
    assert low < best < high


def test_where_the_replay_stands_moves_without_drawing_anew(charts, monkeypatch):
    charts.show_run(LOSSES, MEASURED, 8, 30)

    def fail(*_):
        raise AssertionError("drawn anew")

    for chart in (charts.loss, charts.alignment, charts.uniformity, charts.knn):
        monkeypatch.setattr(chart.chart, "draw_curve", fail)
    charts.show_run(LOSSES.copy(), list(MEASURED), 8, 12)
    assert {now(chart) for chart in (charts.loss, charts.uniformity, charts.knn)} == {12}
    with pytest.raises(AssertionError, match="anew"):
        charts.show_run(LOSSES[:-1], MEASURED, 8, 12)


def test_a_look_is_shown_with_what_it_was_measured_on(charts):
    found = look(vectors())
    charts.show_look(found)
    (_, others), (_, positives), (_, uniform) = drawn(charts.cosines)
    assert others.tolist() == found.other_cosines.tolist()
    assert positives.tolist() == found.positive_cosines.tolist()
    assert uniform.tolist() == found.uniform_cosines.tolist()
    ((_, counts),) = drawn(charts.distances)
    assert counts.sum() == 32
    rank = charts.spectrum.chart._made["line"]
    assert rank.value() == pytest.approx(found.effective_rank)
    notes = {each.name.text(): each.note.text() for each in charts.exhibits}
    assert notes["Alignment"] == "Mean over 32 positive pairs at length 1."
    assert "1,984 pairs of different images" in notes["Cosines of pairs"]
    assert "32 vectors a view" in notes["Uniformity"]
    charts.show_look(look(vectors(20, 2)))
    assert "20 positive pairs" in charts.distances.note.text()
    ((_, values),) = drawn(charts.spectrum)
    assert len(values) == 2


def test_only_what_is_in_sight_is_drawn(charts, qtbot):
    charts.resize(330, 260)
    qtbot.waitUntil(lambda: charts.area.verticalScrollBar().maximum() > 500)
    charts.show_run(LOSSES, MEASURED, 8, 30)
    charts.show_look(look(vectors()))
    assert drawn(charts.loss) and not drawn(charts.spectrum) and not drawn(charts.uniformity)
    bar = charts.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert drawn(charts.spectrum)
    QApplication.processEvents()


def test_nothing_is_shown_of_no_run(charts):
    charts.show_run(LOSSES, MEASURED, 8, 30)
    charts.show_look(look(vectors()))
    charts.show_run(np.empty(0), [], 0, 0)
    charts.show_look(None)
    assert not any(drawn(exhibit) for exhibit in charts.exhibits)
    assert "1,984" not in charts.cosines.note.text()
    charts.show_run(LOSSES[:1], MEASURED[:1], 3, 0)
    assert drawn(charts.loss)
    charts.clear()
    assert not any(drawn(exhibit) for exhibit in charts.exhibits)


def test_labels_that_are_missing_leave_knn_empty(charts):
    plain = [Measured(step=s, steps=60, alignment=0.5, uniformity=-1.0) for s in (0, 60)]
    charts.show_run(LOSSES, plain, 8, 0)
    assert not drawn(charts.knn) and drawn(charts.alignment)


def test_charts_follow_theme_and_text_size(charts):
    charts.show_run(LOSSES, MEASURED, 8, 30)
    charts.show_look(look(vectors()))
    themes().set_mode("light")
    height = charts.loss.chart.height()
    for mode in ("dark", "light"):
        themes().set_mode(mode)
        pen = charts.alignment.chart._made["trace"].opts["pen"]
        assert pen.color().name() == themes().current.accent
        assert len(drawn(charts.cosines)) == 3
    themes().set_scale(2.0)
    assert charts.loss.chart.height() == 2 * height


def test_many_losses_are_thinned_to_what_can_be_seen():
    losses = np.random.default_rng(0).normal(size=100_123)
    losses[[70_001, 100_122]] = 9, -9
    steps, kept = thinned(losses)
    assert len(steps) == len(kept) < 1000
    assert kept.max() == 9 and kept.min() == -9
    assert steps[0] == 1 and steps[-1] == 100_123 and (np.diff(steps) > 0).all()
    few, same = thinned(losses[:900])
    assert few.tolist() == list(range(1, 901)) and same is not losses
    np.testing.assert_array_equal(same, losses[:900])


@pytest.mark.parametrize("count", [1, 39, 80, 5003])
def test_the_running_mean_is_a_mean(count):
    losses = np.random.default_rng(1).normal(size=count)
    steps, means = running_mean(losses)
    width = max(1, count // 40)
    assert steps[-1] == count and len(steps) < 1300
    for step, mean in zip(steps.astype(int), means, strict=True):
        assert mean == pytest.approx(losses[step - width : step].mean(), abs=1e-9)


def test_scores_have_a_chart_where_there_are_any_and_the_best_a_ring(charts):
    charts.show_run(LOSSES, MEASURED, 8, 30)
    assert not charts.score.isVisible() and charts.knn.isVisible()
    scores = ((0, 73.5), (20, 78.25), (40, 79.0), (60, 78.5))
    plain = [Measured(step=s, steps=60, alignment=0.5, uniformity=-1.0) for s in (0, 60)]
    charts.show_run(LOSSES, plain, 8, 30, scores)
    assert charts.score.isVisible() and not charts.knn.isVisible()
    (steps, values), (at, best) = drawn(charts.score)
    assert steps.tolist() == [0, 20, 40, 60] and values.tolist() == [73.5, 78.25, 79.0, 78.5]
    assert (at.tolist(), best.tolist()) == ([40], [79.0])
    note = charts.score.note.text()
    assert note == "Of pairs never trained on. The weights of step 40 serve, with 79.00."
    charts.show_run(LOSSES, plain, 8, 0, scores[:1])
    ring = drawn(charts.score)[1][0]
    assert ring is None or len(ring) == 0
    assert "serve" not in charts.score.note.text()
    charts.clear()
    assert not charts.score.isVisible() and charts.knn.isVisible()
