"""What Retrieval shows before a question: where to begin."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.theme import px, space, themes
from explorer.widgets import Card, EmptyState, Label
from explorer.widgets.rows import RowButton
from models.project import Project

_SHOWN = 6


class StartPanel(QStackedWidget):
    """Without a corpus, ways to open one; with one, a few questions that it can answer."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        commands = context.commands
        nothing = EmptyState(
            "folder-open",
            "Open a corpus",
            "A folder of documents, a table, or a question-answering data set. Drop it anywhere in "
            "this window, or begin with a sample.",
            (
                ("Open files …", lambda: commands.run("corpus.open")),
                ("Bundled sample", lambda: commands.run("corpus.sample.bundled")),
            ),
        )
        self._questions = QWidget()
        self._column = QVBoxLayout(self._questions)
        self._card = Card(padding=6)
        self._card.column.addWidget(Label("Ask in your own words", "title"))
        self._card.column.addWidget(
            Label(
                "Dense search compares meanings, BM25 compares words. The hits change as you type.",
                "muted",
                wrap=True,
            )
        )
        self._buttons = QVBoxLayout()
        self._card.column.addLayout(self._buttons)
        center = QHBoxLayout()
        center.addStretch(1)
        center.addWidget(self._card)
        center.addStretch(1)
        self._column.addStretch(1)
        self._column.addLayout(center)
        self._column.addStretch(2)
        self.addWidget(nothing)
        self.addWidget(self._questions)
        themes().changed.connect(self._fit)
        self._fit()

    def show_project(self, project: Project | None) -> None:
        """Suits the panel to the open project."""
        self.setCurrentIndex(0 if project is None else 1)
        while (item := self._buttons.takeAt(0)) is not None:
            item.widget().deleteLater()
        for question in _examples(project):
            button = RowButton()
            button.show_row(0, question, "↵")
            button.clicked.connect(lambda _=False, text=question: self._context.session.ask(text))
            self._buttons.addWidget(button)

    def _fit(self, _theme: object = None) -> None:
        self._card.setFixedWidth(px(640))
        self._buttons.setSpacing(space(1))


def _examples(project: Project | None) -> list[str]:
    """Questions of the bundled sample, evenly from its topics; for other corpora, titles."""
    if project is None:
        return []
    if project.manifest.recipe.sources == ("bundled",):
        from models.data.questions import read_questions
        from models.samples import bundled_questions

        questions = read_questions(bundled_questions())
        step = max(1, len(questions) // _SHOWN)
        return [question.text for question in questions[::step][:_SHOWN]]
    step = max(1, len(project.passages) // _SHOWN)
    titles = (project.passages[row].title for row in range(0, len(project.passages), step))
    return list(dict.fromkeys(title for title in titles if title))[:_SHOWN]
