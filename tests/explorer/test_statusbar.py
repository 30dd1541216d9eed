import pytest
from PySide6.QtCore import QObject, Qt, Signal

from explorer.statusbar import JobRow, StatusBar, count_text, remaining_text
from models.events import Progress


class Job:
    def __init__(self, title, progress=None, remaining=None):
        self.title, self.progress, self.remaining = title, progress, remaining
        self.cancelled = 0

    def cancel(self):
        self.cancelled += 1


class Jobs(QObject):
    changed = Signal()

    def __init__(self):
        super().__init__()
        self.running = ()

    def run(self, *running):
        self.running = running
        self.changed.emit()


@pytest.fixture
def jobs(qapp):
    return Jobs()


@pytest.fixture
def bar(qtbot, jobs):
    bar = StatusBar(jobs)
    qtbot.addWidget(bar)
    bar.resize(1200, bar.height())
    bar.show()
    yield bar
    jobs.run()


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress("Embedding", 12, 340, "passages"), "12 of 340 passages"),
        (Progress("Embedding", 1234, 21015), "1,234 of 21,015"),
        (Progress("Reading", 3, None, "files"), "3 files"),
        (Progress("Reading"), ""),
        (Progress("Reading", 0, 0), "0 of 0"),
    ],
)
def test_how_far(progress, text):
    assert count_text(progress) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "a few seconds left"),
        (12, "about 10 seconds left"),
        (48, "about 50 seconds left"),
        (55, "about a minute left"),
        (89, "about a minute left"),
        (130, "about 2 minutes left"),
        (3595, "about an hour left"),
        (7300, "about 2 hours left"),
    ],
)
def test_how_long(seconds, text):
    assert remaining_text(seconds) == text


def test_a_job_shows_after_a_moment_and_follows_its_progress(qtbot, bar, jobs):
    job = Job("Indexing", Progress("Embedding", 85, 340, "passages"), 130.0)
    jobs.run(job)
    assert bar.row is None
    qtbot.waitUntil(lambda: bar.row is not None)
    assert bar.row.title.text() == "Indexing · Embedding"
    assert bar.row.count.text() == "85 of 340 passages"
    assert bar.row.time.text() == "about 2 minutes left"
    assert bar.row.bar.value() == 250 and not bar.row.spinner.isVisible()
    job.progress, job.remaining = Progress("Indexing", 340, 340), 0.0
    qtbot.waitUntil(lambda: bar.row.bar.value() == 1000)
    jobs.run()
    assert bar.row is None


def test_short_work_never_shows(qtbot, bar, jobs):
    jobs.run(Job("Short"))
    jobs.run()
    assert bar.row is None and not bar._timer.isActive()


def test_work_of_unknown_length_has_a_spinner_and_no_time(qtbot):
    row = JobRow(Job("Projecting", Progress("UMAP"), 5.0))
    qtbot.addWidget(row)
    row.show()
    assert row.spinner.isVisible() and not row.bar.isVisible() and row.time.text() == ""


def test_a_job_without_any_progress_shows_its_title(qtbot):
    row = JobRow(Job("Opening"))
    qtbot.addWidget(row)
    assert row.title.text() == "Opening"


def test_cancelling_asks_once_and_says_so(qtbot, bar, jobs):
    job = Job("Indexing", Progress("Embedding", 1, 3), 4.0)
    jobs.run(job)
    qtbot.waitUntil(lambda: bar.row is not None)
    assert bar.row.cancel.accessibleName() == "Cancel: Indexing"
    for _ in range(2):
        qtbot.mouseClick(bar.row.cancel, Qt.MouseButton.LeftButton)
    assert job.cancelled == 1
    assert bar.row.title.text() == "Indexing · cancelling…"


def test_several_jobs_are_in_a_list_each_with_its_own_button(qtbot, bar, jobs):
    one, two, three = (Job(name, Progress("Stage", 1, 2)) for name in ("One", "Two", "Three"))
    jobs.run(one, two, three)
    qtbot.waitUntil(lambda: bar.more.isVisible())
    assert bar.more.text() == "and 2 more"
    qtbot.mouseClick(bar.more, Qt.MouseButton.LeftButton)
    assert bar.list.isVisible()
    assert [row.job for row in bar.list.rows] == [one, two, three]
    qtbot.mouseClick(bar.list.rows[1].cancel, Qt.MouseButton.LeftButton)
    assert (one.cancelled, two.cancelled) == (0, 1)
    jobs.run(two, three)
    assert [row.job for row in bar.list.rows] == [two, three]
    assert bar.list.rows[0].title.text() == "Two · cancelling…"
    assert bar.row.job is two
    jobs.run(three)
    assert not bar.more.isVisible()
    jobs.run()
    assert not bar.list.isVisible()


def test_the_fact_makes_room_for_the_job(qtbot, bar, jobs):
    bar.set_fact("A fact about what is shown. " * 10)
    jobs.run(Job("Indexing a corpus", Progress("Embedding", 1234, 21015, "passages"), 130.0))
    qtbot.waitUntil(lambda: bar.row is not None)
    qtbot.waitUntil(lambda: bar.row.title.width() >= bar.row.title.sizeHint().width())
    assert bar.fact.toolTip() != ""


def test_titles_are_plain_text(qtbot):
    row = JobRow(Job("<img src='x'> & more"))
    qtbot.addWidget(row)
    assert row.title.textFormat() == Qt.TextFormat.PlainText
    assert row.title.text() == "<img src='x'> & more"
