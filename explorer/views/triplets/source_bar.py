"""The choice of triplets and of the encoders that see them."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import AFTER, EncoderChoice
from explorer.theme import px, space, themes
from explorer.widgets import Button, Choice, Label
from models.data.nli import BUNDLED

#: What a file of triplets may be called.
SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt")
_FILES = f"Triplets ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;All files (*)"
_SETTINGS, _KNOWN, _LAST, _MOST = "triplets", "files", "source", 8
_SIZES = (("at most 1,000", 1000), ("at most 10,000", 10_000), ("all of them", 0))


class SourceBar(QWidget):
    """``wanted`` carries a source and how many of its triplets, None for all."""

    wanted = Signal(str, object)
    #: A second encoder is wanted, or not any more.
    compared = Signal(bool)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._settings = context.settings
        self.first = EncoderChoice(context, self)
        self.second = EncoderChoice(context, self, AFTER)
        for choice, name in ((self.first, "A"), (self.second, "B")):
            choice.choice.setAccessibleName(f"Encoder {name}")
            choice.pooling.setAccessibleName(f"Pooling of {name}")
        self.choice, self.size = Choice(), Choice()
        self.choice.setAccessibleName("Triplets")
        self.size.setAccessibleName("How many triplets")
        self.size.setToolTip("Where a file holds more, so many are drawn at random with seed 0")
        for title, count in _SIZES:
            self.size.addItem(title, count)
        self.size.setCurrentIndex(1)
        self.size.hide()
        self.file = Button("Open …", icon="file")
        self.file.setToolTip("SNLI or MNLI JSON Lines, nli_for_simcse.csv, or a table of SICK")
        self.beside = Button("Compare", icon="pairs")
        self.beside.setCheckable(True)
        self.beside.setToolTip("See the same triplets under a second encoder")
        self._files = [path for path in self._remembered() if Path(path).is_file()]
        self._build()
        self.choice.activated.connect(lambda _: self.ask())
        self.size.activated.connect(lambda _: self.ask())
        self.file.clicked.connect(self._open)
        self.beside.toggled.connect(self._compare)
        themes().changed.connect(self._fit)
        self._fit()
        last = context.settings.view(_SETTINGS).get(_LAST)
        self._offer(last if last in self._files else BUNDLED)
        self._compare(False)

    def ask(self) -> None:
        """Wants what is chosen."""
        self.wanted.emit(self.choice.currentData(), self.size.currentData() or None)

    def open(self, path: Path) -> None:
        """Wants the triplets of a file."""
        self._offer(str(path), [str(path)])
        self.ask()

    def accept(self, source: str, held: int) -> None:
        """``source``, a file with ``held`` triplets, is shown: it is remembered."""
        if source != BUNDLED:
            others = [path for path in self._files if path != source]
            self._files = [source, *others][:_MOST]
        self._settings.update_view(_SETTINGS, **{_LAST: source, _KNOWN: self._files})
        self._offer(source)
        self.size.setVisible(held > int(_SIZES[0][1]))

    def refuse(self, shown: str) -> None:
        """What was wanted cannot be had: ``shown`` stays."""
        self._offer(shown)

    def _remembered(self) -> list[str]:
        files = self._settings.view(_SETTINGS).get(_KNOWN, [])
        return [path for path in files if isinstance(path, str)] if isinstance(files, list) else []

    def _offer(self, chosen: str, more: list[str] | None = None) -> None:
        self.choice.clear()
        self.choice.addItem("Bundled triplets", BUNDLED)
        for path in dict.fromkeys([*(more or []), *self._files]):
            self.choice.addItem(Path(path).name, path)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Triplets", "", _FILES)
        if name:
            self.open(Path(name))

    def _compare(self, on: bool) -> None:
        self._name_a.setVisible(on)
        for part in (self._name_b, self.second.choice, self.second.pooling):
            part.setVisible(on)
        self.compared.emit(on)

    def _build(self) -> None:
        self._name_a, self._name_b = Label("A", "heading"), Label("B", "heading")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        rows = (
            (self.choice, self.size, self.file, self._name_a, self.first, self.beside),
            (None, None, None, self._name_b, self.second, None),
        )
        for row, parts in enumerate(rows):
            for column, part in enumerate(parts):
                at = column + (column > 4)  # an encoder takes two columns
                if isinstance(part, EncoderChoice):
                    self._grid.addWidget(part.choice, row, at)
                    self._grid.addWidget(part.pooling, row, at + 1)
                elif part is not None:
                    self._grid.addWidget(part, row, at)
        for column, share in ((0, 4), (4, 4), (5, 2)):
            self._grid.setColumnStretch(column, share)

    def _fit(self, _theme: object = None) -> None:
        self._grid.setSpacing(space(2))
        self.size.setFixedWidth(px(150))
        for part in (self.choice, self.first.choice, self.second.choice):
            part.setMinimumWidth(px(110))
