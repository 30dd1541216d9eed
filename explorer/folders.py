"""Where the application keeps its own files."""

import os
from pathlib import Path

import platformdirs

_NAME = "contrastive-explorer"


def _home() -> Path | None:
    """The one folder for everything, where CONTRASTIVE_EXPLORER_HOME names it."""
    chosen = os.environ.get("CONTRASTIVE_EXPLORER_HOME")
    return Path(chosen).expanduser() if chosen else None


def settings_folder() -> Path:
    return _home() or platformdirs.user_config_path(_NAME, appauthor=False)


def data_folder() -> Path:
    """Where projects live unless the user says otherwise."""
    return _home() or platformdirs.user_data_path(_NAME, appauthor=False)


def runs_folder() -> Path:
    """Where training runs live."""
    return data_folder() / "runs"


def log_folder() -> Path:
    home = _home()
    return home / "log" if home else platformdirs.user_log_path(_NAME, appauthor=False)
