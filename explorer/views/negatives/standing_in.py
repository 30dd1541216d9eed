"""What the page says of itself: the line at its foot, and what stands in for a question."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.widgets import Button, EmptyState, Label

_KINDS = (
    "Load questions whose answers or passages are known: SQuAD's or DPR's JSON, or JSON lines "
    "with “question” and “answers” or “passage”."
)


class Foot(QWidget):
    """What is shown, or why nothing is yet; ``again`` is there where work can be gone on with."""

    def __init__(self) -> None:
        super().__init__()
        self.about = Label("", "muted", wrap=True)
        self.again = Button("Go on")
        self.again.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.about, 1)
        row.addWidget(self.again)

    def say(self, words: str, again: bool = False) -> None:
        """Says ``words``; ``again`` offers to go on."""
        self.about.setText(words)
        self.again.setVisible(again)


class NoQuestions(EmptyState):
    """Offers a file, and the sample's questions."""

    def __init__(self, ask: Callable[[], object], sample: Callable[[], object]) -> None:
        actions = (("Open questions …", ask), ("The sample's questions", sample))
        super().__init__("target", "", "", actions)

    def say(self, title: str, text: str = _KINDS) -> None:
        """Says why there is no question, and what would be one."""
        for label, words in ((self.title, title), (self.text, text)):
            label.setText(words)
            label.show()
