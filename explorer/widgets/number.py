"""A whole number, typed or stepped by arrow keys."""

from PySide6.QtWidgets import QSpinBox, QWidget


class NumberField(QSpinBox):
    """QSpinBox without its little buttons, so that a few fit beside one another."""

    def __init__(
        self, label: str, low: int, high: int, value: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setValue(value)
        self.setAccessibleName(label)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setMinimumWidth(1)
