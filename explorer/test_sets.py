"""Where the user keeps what encoders of text are measured on; every view asks here."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.settings import SettingsStore
from models.data.nli import BUNDLED

#: The settings that hold it.
SETTINGS = "scores"
_TRIPLETS = "Triplets (*.jsonl *.json *.csv *.tsv *.txt)"


def senteval_folder(settings: SettingsStore) -> Path | None:
    """The SentEval folder that was chosen last, whether or not it is still there."""
    return _path(settings.view(SETTINGS).get("folder"))


def triplets_source(settings: SettingsStore) -> str | Path:
    """A file of triplets, or "bundled"."""
    return _path(settings.view(SETTINGS).get("triplets")) or BUNDLED


def ask_senteval(parent: QWidget, settings: SettingsStore) -> bool:
    """Asks for the SentEval folder; whether one was chosen."""
    old = senteval_folder(settings)
    name = QFileDialog.getExistingDirectory(
        parent, "A folder laid out as SentEval's", "" if old is None else str(old)
    )
    if name:
        settings.update_view(SETTINGS, folder=name)
    return bool(name)


def ask_triplets(parent: QWidget, settings: SettingsStore) -> bool:
    """Asks for a file of triplets; whether one was chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, "Triplets", "", _TRIPLETS)
    if name:
        settings.update_view(SETTINGS, triplets=name)
    return bool(name)


def _path(value: object) -> Path | None:
    return Path(value) if isinstance(value, str) and value and value != BUNDLED else None
