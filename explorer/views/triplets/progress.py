"""A line above the table while triplets are embedded."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from explorer.theme import space, themes
from explorer.widgets import Button, Label
from models.events import Progress


class ProgressRow(QWidget):
    """How far it is, to be cancelled and gone on with; hidden while there is nothing to do."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Triplets embedded")
        self.cancel, self.go_on = Button("Cancel", "quiet"), Button("Go on")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.words)
        self._row.addWidget(self.bar, 1)
        self._row.addStretch(0)  # the room of the bar while there is none
        self._row.addWidget(self.cancel)
        self._row.addWidget(self.go_on)
        themes().changed.connect(self._fit)
        self._fit()
        self.hide()

    def begin(self) -> None:
        """Something is embedded from now on."""
        self.words.setText("Embedding …")
        self.bar.setRange(0, 0)
        self._show(True)

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        if progress.total:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            self.words.setText(f"Embedding: {progress.done:,} of {progress.total:,} triplets")

    def stop(self) -> None:
        """It was cancelled, or failed."""
        self.words.setText("Not all triplets are embedded; what was done is kept.")
        self._show(False)

    def _show(self, running: bool) -> None:
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.go_on.setVisible(not running)
        self.show()

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(3))
