"""Numbers, typed or stepped by arrow keys."""

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget


class NumberField(QSpinBox):
    """A whole number, without little buttons, so that a few fit beside one another."""

    def __init__(
        self, label: str, low: int, high: int, value: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setValue(value)
        self.setAccessibleName(label)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setMinimumWidth(1)


class DecimalField(QDoubleSpinBox):
    """A number with a fraction; an arrow key changes it by a tenth of its size."""

    def __init__(
        self, label: str, low: float, high: float, value: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setDecimals(6)
        self.setRange(low, high)
        self.setValue(value)
        self.setAccessibleName(label)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setMinimumWidth(1)

    def textFromValue(self, value: float) -> str:
        """As short as it can be read back."""
        return f"{value:.6f}".rstrip("0").rstrip(".")
