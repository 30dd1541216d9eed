"""One choice among many, folded away."""

from PySide6.QtWidgets import QComboBox, QWidget


class Choice(QComboBox):
    """QComboBox that takes the room it is given instead of that of its longest entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
