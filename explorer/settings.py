"""What the application remembers from one start to the next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.folders import settings_folder
from explorer.theme import SCALES, Mode
from models.files import write_json

_SAVE_AFTER_MS = 400
_RECENT = 10


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Settings:
    """One state of all settings; ``unknown`` keeps what a newer version may have written."""

    theme: Mode = "system"
    scale: float = 1.0
    animations: bool = True
    last_project: str = ""
    recent_projects: tuple[str, ...] = ()
    window_geometry: str = ""  # base64 of QWidget.saveGeometry
    workspace: str = ""
    views: Mapping[str, Any] = field(default_factory=_empty)  # view id → its own JSON object
    unknown: Mapping[str, Any] = field(default_factory=_empty)

    def with_project(self, folder: Path) -> "Settings":
        """These settings after ``folder`` was opened."""
        path = str(folder)
        others = (known for known in self.recent_projects if known != path)
        return replace(self, last_project=path, recent_projects=(path, *others)[:_RECENT])


_VALID = {
    "theme": lambda value: value in get_args(Mode),
    "scale": lambda value: _is_number(value) and SCALES[0] <= value <= SCALES[1],
    "animations": lambda value: isinstance(value, bool),
    "last_project": lambda value: isinstance(value, str),
    "recent_projects": lambda value: (
        isinstance(value, list) and all(isinstance(path, str) for path in value)
    ),
    "window_geometry": lambda value: isinstance(value, str),
    "workspace": lambda value: isinstance(value, str),
    "views": lambda value: (
        isinstance(value, dict) and all(isinstance(view, dict) for view in value.values())
    ),
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def from_json(content: Mapping[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """The settings in ``content``, and the names of those that were wrong and fell back."""
    names = [item.name for item in fields(Settings) if item.name != "unknown"]
    wrong = tuple(name for name in names if name in content and not _VALID[name](content[name]))
    known = {name: content[name] for name in names if name in content and name not in wrong}
    known["recent_projects"] = tuple(known.get("recent_projects", ()))[:_RECENT]
    unknown = {name: value for name, value in content.items() if name not in names}
    return Settings(**known, unknown=unknown), wrong


def to_json(settings: Settings) -> dict[str, Any]:
    known = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    unknown = known.pop("unknown")
    return {**known, "views": dict(settings.views), **unknown}


def load(path: Path) -> tuple[Settings, str]:
    """The settings stored at ``path``, and a sentence for the user where they were damaged.

    A damaged file is first copied beside itself, so that nothing is lost; then whatever is sound
    in it is used, and the rest falls back to its default.
    """
    if not path.exists():
        return Settings(), ""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Settings(), f"The settings in {path} could not be read ({error.strerror})."
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        settings, wrong = from_json(content)
        if not wrong:
            return settings, ""
        what = f"The settings file was damaged ({', '.join(wrong)}), and these are reset"
    else:
        settings, what = Settings(), "The settings file was damaged, and all settings are reset"
    backup = path.with_name(f"{path.stem}.broken-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")
    try:
        backup.write_bytes(data)
    except OSError:
        return settings, f"{what}."
    return settings, f"{what}; a copy of what it held is {backup}."


class SettingsStore(QObject):
    """The settings in force. ``update`` takes effect at once and reaches the disk soon after."""

    changed = Signal(object)

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        self._path = path or settings_folder() / "settings.json"
        self.current, self.notice = load(self._path)
        self._unsaved = False
        self._timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._timer.timeout.connect(self.flush)

    def update(self, **changes: Any) -> None:
        self.replace(replace(self.current, **changes))

    def replace(self, settings: Settings) -> None:
        if settings != self.current:
            self.current = settings
            self._unsaved = True
            self._timer.start()
            self.changed.emit(settings)

    def view(self, name: str) -> Mapping[str, Any]:
        """What the view called ``name`` stored."""
        return self.current.views.get(name, _empty())

    def update_view(self, name: str, **values: Any) -> None:
        """Stores JSON ``values`` for the view called ``name``, beside those it already has."""
        self.update(views={**self.current.views, name: {**self.view(name), **values}})

    def flush(self) -> None:
        """Writes now what is not yet written.

        Raises:
            InputError: the disk is full or the folder cannot be written.
        """
        self._timer.stop()
        if self._unsaved:
            self._unsaved = False
            write_json(self._path, to_json(self.current))
