"""Everything that can be done, by name: the one list behind shortcuts, palette and help sheet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Command:
    """Something the user can do.

    ``shortcut`` is written as Qt's portable text; alternatives follow after "; " and only the
    first is shown ("Ctrl++; Ctrl+="). ``enabled`` is asked each time anew.
    """

    id: str
    title: str
    run: Callable[[], object]
    group: str
    shortcut: str = ""
    enabled: Callable[[], bool] = _always
    keywords: tuple[str, ...] = ()

    @property
    def keys(self) -> list[QKeySequence]:
        # Of empty text Qt makes one empty sequence.
        return QKeySequence.listFromString(self.shortcut) if self.shortcut else []

    @property
    def shortcut_text(self) -> str:
        """The first shortcut as this system writes it."""
        keys = self.keys
        return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


class Commands(QObject):
    """The registry. Commands that come after ``install`` get their shortcuts too."""

    changed = Signal()
    ran = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._recent: list[str] = []
        self._window: QWidget | None = None

    def add(self, *commands: Command) -> None:
        """Registers ``commands``.

        Raises:
            ValueError: an id or a shortcut is taken.
        """
        for command in commands:
            if command.id in self._commands:
                raise ValueError(f"there already is a command {command.id}")
            taken = {key: other.id for other in self for key in other.keys}
            for key in command.keys:
                if key in taken:
                    raise ValueError(f"{key.toString()} already runs {taken[key]}")
            self._commands[command.id] = command
            self._bind(command)
        self.changed.emit()

    def remove(self, *ids: str) -> None:
        for name in ids:
            del self._commands[name]
            action = self._actions.pop(name, None)
            if action is not None and self._window is not None:
                self._window.removeAction(action)
                action.deleteLater()
        self._recent = [name for name in self._recent if name in self._commands]
        self.changed.emit()

    def install(self, window: QWidget) -> None:
        """Makes the shortcuts work in ``window``."""
        self._window = window
        for command in self:
            self._bind(command)

    def run(self, name: str) -> bool:
        """Runs the command called ``name`` unless it is disabled now; True if it ran."""
        command = self._commands[name]
        if not command.enabled():
            return False
        self._recent = [name, *(other for other in self._recent if other != name)]
        self.ran.emit(name)
        command.run()
        return True

    def __iter__(self) -> Iterator[Command]:
        return iter(tuple(self._commands.values()))

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    def __contains__(self, name: str) -> bool:
        return name in self._commands

    def groups(self) -> dict[str, list[Command]]:
        """All commands by group, both in the order of registration."""
        result: dict[str, list[Command]] = {}
        for command in self:
            result.setdefault(command.group, []).append(command)
        return result

    def matching(self, query: str) -> list[Command]:
        """The commands enabled now that match ``query``, best first; recent ones lead a tie."""
        age = {name: at for at, name in enumerate(self._recent)}
        scored = [
            (score, age.get(command.id, len(age)), command)
            for command in self
            if command.enabled() and (score := _score(query, command)) is not None
        ]
        scored.sort(key=lambda entry: (-entry[0], entry[1]))
        return [command for _, _, command in scored]

    def _bind(self, command: Command) -> None:
        if self._window is None or not command.keys:
            return
        action = QAction(command.title, self._window)
        action.setShortcuts(command.keys)
        action.triggered.connect(lambda: self.run(command.id))
        self._window.addAction(action)
        self._actions[command.id] = action


def _score(query: str, command: Command) -> float | None:
    """The best match among the command's texts; its title counts most."""
    texts = [(command.title, 0.0), (f"{command.group} {command.title}", -2.0)]
    texts += [(word, -1.0) for word in command.keywords]
    scores = [score + bonus for text, bonus in texts if (score := match(query, text)) is not None]
    return max(scores, default=None)


def match(query: str, text: str) -> float | None:
    """How well the letters of ``query`` occur in ``text``, in order; None where they do not.

    Letters at the start of a word and runs of neighbours weigh more, gaps and long texts less.
    Spaces in ``query`` are ignored.
    """
    if not query.strip():
        return 0.0
    wanted = [letter for letter in query.casefold() if not letter.isspace()]
    letters = text.casefold()
    # best[i] = (score, matched-at-i) of the best way to place the letters so far, last one at i.
    best: dict[int, float] = {-1: 0.0}
    for letter in wanted:
        following: dict[int, float] = {}
        for at, found in enumerate(letters):
            if found != letter:
                continue
            starts_word = at == 0 or not letters[at - 1].isalnum()
            ways = [score + _step(before, at) for before, score in best.items() if before < at]
            if ways:
                following[at] = max(ways) + (3.0 if starts_word else 0.0)
        if not following:
            return None
        best = following
    return max(best.values()) - 0.02 * len(letters)


def _step(before: int, at: int) -> float:
    if before < 0:
        return 1.0 - 0.05 * at
    return 3.0 if at == before + 1 else 1.0 - 0.1 * min(at - before, 5)
