"""The main window: rail, header, workspaces, status bar."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from explorer.commands import Command, Commands
from explorer.drop import DropTarget
from explorer.header import Header
from explorer.notices import Notices
from explorer.palette_dialog import CommandPalette
from explorer.rail import Rail
from explorer.settings import SettingsStore
from explorer.shortcuts_dialog import ShortcutsSheet
from explorer.statusbar import Jobs, StatusBar
from explorer.theme import themes
from explorer.widgets import EmptyState
from explorer.widgets.toasts import ToastStack
from explorer.workspaces import Workspace

MINIMUM = (1024, 640)
_FIRST = (1280, 800)
_ZOOM = 0.1


class MainWindow(QMainWindow):
    """Shows one workspace at a time; each is made when it is first shown.

    ``context`` is handed to every workspace's ``create`` and is of no concern to the window.
    """

    files_dropped = Signal(list)
    workspace_changed = Signal(str)

    def __init__(
        self,
        workspaces: Sequence[Workspace],
        jobs: Jobs,
        settings: SettingsStore,
        commands: Commands,
        notices: Notices,
        context: Any,
    ) -> None:
        super().__init__()
        self._workspaces = {workspace.id: workspace for workspace in workspaces}
        self._settings, self._commands, self._notices = settings, commands, notices
        self._context = context
        self._views: dict[str, QWidget] = {}
        self._current = ""
        self.setWindowTitle("Contrastive Explorer")
        self.setMinimumSize(*MINIMUM)
        self.rail = Rail(workspaces)
        self.header = Header()
        self.stack = QStackedWidget()
        self.status = StatusBar(jobs)
        self._lay_out()
        self.toasts = ToastStack(self)
        self.palette_sheet = CommandPalette(commands, self, hidden=("palette",))
        self.shortcuts_sheet = ShortcutsSheet(commands, self)
        self._drop = DropTarget(self)
        self._drop.dropped.connect(self.files_dropped)
        self.rail.chosen.connect(self.show_workspace)
        self.rail.help.clicked.connect(lambda: commands.run("shortcuts"))
        self.header.palette_wanted.connect(lambda: commands.run("palette"))
        self.header.theme_wanted.connect(lambda: commands.run("theme.toggle"))
        self._add_commands()
        commands.install(self)
        themes().changed.connect(self._adapt)
        notices.show_with(self.toasts.add)
        self._restore()

    @property
    def workspace(self) -> str:
        """The id of the workspace now shown."""
        return self._current

    def view(self, name: str) -> QWidget | None:
        """The view of workspace ``name``, if it was shown before."""
        return self._views.get(name)

    def set_header(self, widget: QWidget) -> None:
        """Puts ``widget`` in the header: the project's name, its encoder."""
        self.header.set_content(widget)

    def show_workspace(self, name: str) -> None:
        """Shows the workspace called ``name``, or where it cannot open a page that says so."""
        if name not in self._views:
            try:
                self._put(name, self._workspaces[name].create(self._context, self.stack))
            except Exception as error:
                self._clear_away()
                title = self._workspaces[name].title
                self._notices.report(error, f"opening {title}")
                self._show_page(self._failure(name, title))
                self._enter(name)
                return
        self._show_page(self._views[name])
        self._enter(name)

    def _put(self, name: str, view: QWidget) -> None:
        self._views[name] = view
        self.stack.addWidget(view)

    def _clear_away(self) -> None:
        """Deletes what is left of a page that could not be made."""
        only_direct = Qt.FindChildOption.FindDirectChildrenOnly
        for page in self.stack.findChildren(QWidget, options=only_direct):
            if self.stack.indexOf(page) < 0:
                page.deleteLater()

    def _enter(self, name: str) -> None:
        self.rail.set_current(name)
        if name != self._current:
            self._current = name
            self._settings.update(workspace=name)
            self.workspace_changed.emit(name)

    def _show_page(self, page: QWidget) -> None:
        before = self.stack.currentWidget()
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        if before is not None and before is not page and before not in self._views.values():
            self.stack.removeWidget(before)
            before.deleteLater()

    def _failure(self, name: str, title: str) -> EmptyState:
        again = ("Try again", lambda: self.show_workspace(name))
        return EmptyState("warning", f"{title} could not be opened", "", [again])

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.header)
        right.addWidget(self.stack, 1)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.rail)
        top.addLayout(right, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)

    def _add_commands(self) -> None:
        for place, workspace in enumerate(self._workspaces.values(), start=1):
            keys = workspace.shortcut or (f"Ctrl+{place}" if place < 10 else "")
            self._commands.add(
                Command(
                    f"show.{workspace.id}",
                    f"Show {workspace.title}",
                    lambda name=workspace.id: self.show_workspace(name),
                    "Go to",
                    keys,
                )
            )
        self._commands.add(
            Command("palette", "All commands", self.palette_sheet.show_commands, "Help", "Ctrl+K"),
            Command(
                "shortcuts", "Keyboard shortcuts", self.shortcuts_sheet.show_shortcuts, "Help", "F1"
            ),
            Command(
                "theme.toggle",
                "Switch between light and dark",
                self._toggle_theme,
                "Window",
                "Ctrl+Shift+L",
                keywords=("theme", "night", "colours"),
            ),
            Command(
                "theme.system",
                "Follow the system's theme",
                lambda: self._set_theme("system"),
                "Window",
                keywords=("light", "dark", "colours"),
            ),
            Command(
                "zoom.in",
                "Larger text",
                lambda: self._zoom(_ZOOM),
                "Window",
                "Ctrl++; Ctrl+=",
                keywords=("zoom in", "scale"),
            ),
            Command(
                "zoom.out",
                "Smaller text",
                lambda: self._zoom(-_ZOOM),
                "Window",
                "Ctrl+-",
                keywords=("zoom out", "scale"),
            ),
            Command(
                "zoom.reset",
                "Normal text size",
                lambda: self._zoom(None),
                "Window",
                "Ctrl+0",
                keywords=("reset zoom", "scale"),
            ),
            Command("fullscreen", "Full screen", self._toggle_full_screen, "Window", "F11"),
            Command(
                "animations",
                "Switch animations on or off",
                self._toggle_animations,
                "Window",
                keywords=("motion",),
            ),
            Command("quit", "Quit", self.close, "Window", "Ctrl+Q"),
        )

    def _toggle_theme(self) -> None:
        self._set_theme("light" if themes().current.name == "dark" else "dark")

    def _set_theme(self, mode: str) -> None:
        themes().set_mode(mode)
        self._settings.update(theme=mode)

    def _zoom(self, step: float | None) -> None:
        themes().set_scale(1.0 if step is None else themes().scale + step)
        self._settings.update(scale=themes().scale)

    def _toggle_animations(self) -> None:
        themes().set_animations(not themes().animations)
        self._settings.update(animations=themes().animations)
        self._notices.tell(f"Animations are {'on' if themes().animations else 'off'}.")

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _restore(self) -> None:
        settings = self._settings.current
        geometry = QByteArray.fromBase64(settings.window_geometry.encode("ascii", "replace"))
        if not self.restoreGeometry(geometry):
            room = QGuiApplication.primaryScreen().availableSize()
            self.resize(min(_FIRST[0], room.width()), min(_FIRST[1], room.height()))
        first = next(iter(self._workspaces), "")
        start = settings.workspace if settings.workspace in self._workspaces else first
        if start:
            self.show_workspace(start)
        # Otherwise Qt would put the keyboard, and its ring, on the first button of the rail.
        self.stack.setFocus()

    def _adapt(self) -> None:
        self.rail.adapt(self.size())
        self.header.adapt(self.width())
        self.toasts.set_bottom(self.status.height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._drop.listen()
        self._adapt()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._adapt()

    def closeEvent(self, event: QCloseEvent) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._settings.update(window_geometry=geometry)
        self._settings.flush()
        super().closeEvent(event)
