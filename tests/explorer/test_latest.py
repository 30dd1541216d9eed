"""The newest request wins, and what is stale is not shown."""

import threading

import pytest

from explorer.jobs import Jobs
from explorer.latest import Latest
from models.events import Progress


class Served:
    """Requests that wait until they are let go, and what came of them."""

    def __init__(self, jobs):
        self.latest = Latest(jobs, "Serving", jobs)
        self.gates, self.begun, self.arrived, self.failed = {}, [], [], []
        self.latest.arrived.connect(self.arrived.append)
        self.latest.failed.connect(self.failed.append)

    def ask(self, name, topic=None, error=None):
        gate = self.gates[name] = threading.Event()

        def work():
            self.begun.append(name)
            yield Progress("Serving")
            gate.wait(10)
            if error:
                raise error
            return name

        self.latest.ask(work, topic)

    def let_go(self, *names):
        for name in names:
            self.gates[name].set()


@pytest.fixture
def served(qtbot):
    jobs = Jobs()
    served = Served(jobs)
    yield served
    served.let_go(*served.gates)
    qtbot.waitUntil(lambda: not served.latest.busy)
    jobs.shutdown()
    qtbot.waitUntil(lambda: not jobs._running)


def test_of_what_waits_only_the_newest_is_served(qtbot, served):
    for name in ("one", "two", "three"):
        served.ask(name)
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("one", "three")
    assert served.begun == ["one", "three"] and served.arrived == ["one", "three"]


def test_an_answer_about_something_else_is_dropped(qtbot, served):
    served.ask("cat", topic="cat")
    qtbot.waitUntil(lambda: served.begun == ["cat"])
    served.ask("dog", topic="dog")
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("cat", "dog")
    assert served.begun == ["cat", "dog"] and served.arrived == ["dog"]


def test_what_is_forgotten_never_arrives(qtbot, served):
    served.ask("one")
    qtbot.waitUntil(lambda: served.begun == ["one"])
    served.ask("two")
    served.latest.forget()
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("one")
    assert served.arrived == [] and served.begun == ["one"]
    served.ask("three")
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("three")
    assert served.arrived == ["three"]


def test_after_a_failure_the_next_is_served(qtbot, served):
    served.ask("one", error=RuntimeError("out of memory"))
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("one")
    served.ask("two")
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("two")
    assert [str(error) for error in served.failed] == ["out of memory"]
    assert served.arrived == ["two"]


def test_a_stale_failure_is_no_concern(qtbot, served):
    served.ask("one", topic=1, error=RuntimeError("out of memory"))
    qtbot.waitUntil(lambda: served.begun == ["one"])
    served.ask("two", topic=2)
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("one", "two")
    assert served.failed == [] and served.arrived == ["two"]


def test_nothing_begins_while_the_application_closes(qtbot, served):
    served.ask("one")
    qtbot.waitUntil(lambda: served.begun == ["one"])
    served.ask("two")
    served.latest._jobs.closing = True
    with qtbot.waitSignal(served.latest.settled):
        served.let_go("one")
    assert served.begun == ["one"]
