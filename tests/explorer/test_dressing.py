"""What it takes to put a workspace together, counted and not timed."""

from running import python

#: Each widget is dressed when it gets its parent, its names and its role, and when it is shown.
MOST = 6

SCRIPT = """
import os
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from explorer.app import Explorer
from explorer.workspace_list import WORKSPACES

class Counter(QObject):
    def eventFilter(self, watched, event):
        self.seen += event.type() == QEvent.Type.StyleChange
        return False

app = QApplication([])
window = Explorer(app).window
window.show()
counter = Counter()
app.installEventFilter(counter)
for workspace in WORKSPACES:
    counter.seen = 0
    window.show_workspace(workspace.id)
    parts = window.view(workspace.id).findChildren(QWidget)
    print(workspace.id, counter.seen / len(parts), flush=True)
os._exit(0)  # with all that the workspaces have begun
"""


def test_no_part_of_a_workspace_is_dressed_anew_at_every_level(home):
    """A part that gets its parent late is dressed again with all that is in it; so a workspace
    is built from the outside in."""
    run = python(code=SCRIPT, QT_QPA_PLATFORM="offscreen")
    times = {name: float(n) for name, n in map(str.split, run.stdout.splitlines())}
    assert len(times) == 9, run.stderr
    assert {name: n for name, n in times.items() if n > MOST} == {}
