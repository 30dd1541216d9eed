"""A field for what lies on disk: some known choices, and a button that looks for another."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.views.training.fields import FieldColumn, choice
from explorer.widgets import Choice, IconButton, Label


class Place(FieldColumn):
    """A folded choice under its name, with a button beside it; ``changed`` follows every change.

    Args:
        title: its name.
        options: what can be chosen from the first; "" stands for nothing.
        what: is looked for, as the dialog and the button say.
        file: whether that is a file and not a folder.
    """

    def __init__(
        self,
        title: str,
        options: tuple[tuple[str, str], ...],
        what: str,
        file: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._what, self._file = what, file
        self.box = choice(title, options)
        self.browse = IconButton("file" if file else "folder", f"{what} …", size=16)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.box, 1)
        row.addWidget(self.browse)
        self.column.addWidget(Label(title, "caption"))
        self.column.addLayout(row)
        self.browse.clicked.connect(self._look)
        self.listen(self.box)

    @property
    def value(self) -> str:
        """The path or the name that is chosen."""
        return str(self.box.currentData())

    def choose(self, path: str) -> None:
        """Offers ``path``, and chooses it."""
        offer(self.box, path)
        self.changed.emit()

    def _look(self) -> None:
        if self._file:
            name, _ = QFileDialog.getOpenFileName(self, self._what)
        else:
            name = QFileDialog.getExistingDirectory(self, self._what)
        if name:
            self.choose(name)


def offer(box: Choice, path: str) -> None:
    """Chooses ``path`` in ``box``, where it is added if it is not known yet."""
    if box.findData(path) < 0:
        box.addItem(Path(path).name or path, path)
    box.setCurrentIndex(box.findData(path))
