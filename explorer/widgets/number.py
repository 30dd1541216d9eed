"""Numbers, typed or stepped by arrow keys.

The style sheet takes the little buttons away: without room for them a few fields fit beside one
another. (Qt's own NoButtons leaves a field with padding no room for its text.)
"""

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget


class NumberField(QSpinBox):
    """A whole number."""

    def __init__(
        self, label: str, low: int, high: int, value: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setValue(value)
        self.setAccessibleName(label)
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
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setMinimumWidth(1)

    def textFromValue(self, value: float) -> str:
        """As short as it can be read back."""
        return f"{value:.6f}".rstrip("0").rstrip(".")
