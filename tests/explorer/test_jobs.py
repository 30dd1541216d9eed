"""The protocol of a job: events in order, then exactly one outcome, whatever the work does."""

import threading

import pytest

from explorer.jobs import Jobs
from models.events import Progress, Skipped

pytestmark = pytest.mark.gui


@pytest.fixture
def jobs(qtbot):
    owner = Jobs()
    yield owner
    owner.shutdown()
    qtbot.waitUntil(lambda: not owner._running)
    owner.deleteLater()


def outcomes(job):
    seen = []
    job.succeeded.connect(lambda value: seen.append(("succeeded", value)))
    job.failed.connect(lambda error: seen.append(("failed", error)))
    job.cancelled.connect(lambda: seen.append(("cancelled", None)))
    return seen


def counting(n):
    for i in range(n):
        yield Progress("Counting", i, n)
    return n


def test_events_come_in_order_and_before_the_one_outcome(qtbot, jobs):
    order = []
    gate = threading.Event()

    def work():
        gate.wait(10)
        yield Progress("One")
        yield Skipped("file", "why")
        return 7

    job = jobs.start("t", work())
    seen = outcomes(job)
    job.event.connect(order.append)
    job.ended.connect(lambda: order.append("ended"))
    with qtbot.waitSignal(job.ended):
        gate.set()
    assert order == [Progress("One"), Skipped("file", "why"), "ended"]
    assert seen == [("succeeded", 7)]


@pytest.mark.parametrize(
    "error", [RuntimeError("CUDA out of memory"), StopAsyncIteration(), KeyError(1)]
)
def test_whatever_is_raised_is_the_one_outcome(qtbot, jobs, error):
    def work():
        yield Progress("Begin")
        raise error

    job = jobs.start("t", work())
    seen = outcomes(job)
    with qtbot.waitSignal(job.ended):
        pass
    assert seen == [("failed", error)]


def test_a_generator_that_raises_stop_iteration_fails_and_does_not_hang(qtbot, jobs):
    def work():
        yield Progress("Begin")
        raise StopIteration(3)  # Python turns it into RuntimeError, torch's class too

    job = jobs.start("t", work())
    seen = outcomes(job)
    with qtbot.waitSignal(job.ended):
        pass
    assert [kind for kind, _ in seen] == ["failed"]


def test_cancelling_closes_the_generator_and_runs_its_finally(qtbot, jobs):
    closed = threading.Event()
    started = threading.Event()

    def work():
        try:
            while True:
                started.set()
                yield Progress("Forever")
        finally:
            closed.set()

    job = jobs.start("t", work())
    seen = outcomes(job)
    assert started.wait(10)
    with qtbot.waitSignal(job.ended):
        job.cancel()
    assert closed.is_set()
    assert seen == [("cancelled", None)]


def test_many_events_are_thinned_but_the_last_of_a_stage_arrives(qtbot, jobs):
    job = jobs.start("t", (yield_all(20_000)))
    events = []
    job.event.connect(events.append)
    with qtbot.waitSignal(job.ended, timeout=20_000):
        pass
    assert len(events) < 2_000
    assert events[-1].done == 20_000


def yield_all(n):
    for i in range(n + 1):
        yield Progress("Counting", i, n)


def test_running_lists_the_job_until_it_ends(qtbot, jobs):
    gate = threading.Event()

    def work():
        gate.wait(10)
        yield Progress("x")

    job = jobs.start("shown", work())
    hidden = jobs.start("hidden", work(), quiet=True)
    assert [j.title for j in jobs.running] == ["shown"]
    with qtbot.waitSignals([job.ended, hidden.ended]):
        gate.set()
    assert jobs.running == ()


def test_remaining_time_follows_the_rate_of_the_stage(qtbot, jobs, monkeypatch):
    from explorer import jobs as module

    clock = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    pace = module._Pace()
    pace.see(Progress("Embedding", 10, 110))
    assert pace.remaining(Progress("Embedding", 10, 110)) is None
    clock[0] += 5.0
    assert pace.remaining(Progress("Embedding", 60, 110)) == pytest.approx(5.0)
