"""Where the table is to be saved, and what is said once it is."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from explorer.saving import ask_place


def ask_path(parent: QWidget, name: str) -> Path | None:
    """Asks for a file; one without an ending becomes CSV."""
    proposed = f"{Path(name).stem.lower().replace(' ', '-')}-cosines.csv"
    return ask_place(parent, "Save triplets with their figures", proposed, "CSV (*.csv)")


def exported(count: int, path: Path) -> str:
    """The sentence for a file that is written."""
    what = "One triplet is" if count == 1 else f"{count:,} triplets are"
    return f"{what} saved in {path}."
