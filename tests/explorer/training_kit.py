"""What the tests of the Training workspace share."""

from running import PATIENCE, click, idle


def settled(qtbot, view, explorer):
    """Waits until no run and no job is under way."""
    qtbot.waitUntil(lambda: not view.runs.running and idle(explorer), timeout=PATIENCE)


def pick(box, key):
    """Chooses an entry as a click in the list does."""
    at = box.findData(key)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def trained(qtbot, view, explorer):
    """Trains what is set, to its end."""
    click(qtbot, view.panel.go)
    qtbot.waitUntil(lambda: view.runs.running, timeout=PATIENCE)
    settled(qtbot, view, explorer)


def rows_of(page):
    """The rows of the table of runs, as they are shown."""
    grid = page.table.layout()
    places = [
        [grid.itemAtPosition(row, column) for column in range(grid.columnCount())]
        for row in range(grid.rowCount())
    ]
    return [[item.widget().text() for item in row if item] for row in places if row[0]]


def enter(qtbot, explorer, kind):
    """The view on a new run of ``kind``."""
    explorer.window.show_workspace("training")
    view = explorer.window.view("training")
    click(qtbot, view.panel.new)
    click(qtbot, view.panel.kind.button(kind))
    settled(qtbot, view, explorer)
    return view


def leave(qtbot, explorer, view):
    """Leaves the view as it was found: on images, with no run."""
    view.runs.stop()
    settled(qtbot, view, explorer)
    view.stage.replay.setChecked(False)
    click(qtbot, view.page.button("learning"))
    click(qtbot, view.panel.kind.button("image"))
    view.runs.folder = None
    explorer.session.open_run(None)
    view.panel.select(None)
    view.panel.show_runs(())
    settled(qtbot, view, explorer)
