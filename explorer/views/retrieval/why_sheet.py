"""Why this hit: the passage, its words shaded by what they add to the score, and the sums."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import px, space
from explorer.views.retrieval.why_text import WhyText
from explorer.widgets import Button, ElidedLabel, Label, Segmented
from explorer.widgets.overlay import Overlay
from models.events import Work
from models.project import Project, text_of
from models.retrieval.searcher import Searcher
from models.retrieval.why import DenseWhy, LexicalWhy, Part, why_dense, why_lexical

_SIDES = (("dense", "By its vector"), ("bm25", "By its words"))
_LONGEST = 20_000  # characters of a passage that are shown
_BEST = 5  # sentences that are listed
_SHORT = 160  # characters of a sentence in the table


class WhySheet(Overlay):
    """Takes one hit apart, by both methods; the one it was found by comes first."""

    def __init__(
        self, window: QWidget, context: AppContext, row: int, question: str, side: str
    ) -> None:
        super().__init__(window, 900, "Why this hit")
        project, searcher = context.session.project, context.session.searcher
        assert project is not None and searcher is not None
        passage = project.passages[row]
        self._question = question
        self._text = passage.text[:_LONGEST]
        self._cut = len(passage.text) > _LONGEST
        self.dense: DenseWhy | None = None
        self.lexical: LexicalWhy | None = None
        self.side = Segmented(_SIDES, "Score", "bm25" if side == "bm25" else "dense")
        self.sum = Label("Taking the score apart …", "body", wrap=True)
        self.text = WhyText()
        self.point = ElidedLabel("", "muted")
        self.table = QTableWidget(0, 0)
        self.note = Label("", "muted", wrap=True)
        self.close_button = Button("Close", "quiet")
        self._build(passage.title or passage.id)
        self.close_button.clicked.connect(self.dismiss)
        self.side.changed.connect(lambda _: self._show())
        self.text.pointed.connect(self._point)
        self.working = Latest(context.jobs, "Taking a score apart", self)
        self.working.arrived.connect(self._arrived)
        self.working.failed.connect(context.notices.report)
        self.closed.connect(self._leave)
        self.working.ask(lambda: _both(project, searcher, question, row), row)

    def begin(self) -> None:
        """Opens the sheet; what it shows follows."""
        self.text.show_parts(self._text, ())
        self.open(self.close_button)

    def _build(self, title: str) -> None:
        inner = QVBoxLayout()
        inner.setContentsMargins(space(6), space(5), space(6), space(5))
        inner.setSpacing(space(3))
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(f"Why “{title}”", "title"), 1)
        head.addWidget(self.side)
        inner.addLayout(head)
        inner.addWidget(ElidedLabel(f"for the question “{self._question}”", "muted"))
        inner.addWidget(self.sum)
        self.text.setMinimumHeight(px(70))
        inner.addWidget(self.text, 3)
        inner.addWidget(self.point)
        self.table.setAccessibleName("What adds to the score")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setMinimumHeight(px(130))
        inner.addWidget(self.table, 2)
        inner.addWidget(self.note)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        inner.addLayout(foot)
        self.column.addLayout(inner)

    def sheet_height(self, room: int) -> int:
        return min(px(620), room)

    def _arrived(self, found: tuple[DenseWhy, LexicalWhy]) -> None:
        self.dense, self.lexical = found
        self._show()

    def _show(self) -> None:
        if self.dense is None or self.lexical is None:
            return
        self.point.setText("Point at a shaded word to see what it adds.")
        if self.side.value == "dense":
            self._show_dense(self.dense)
        else:
            self._show_lexical(self.lexical)

    def _show_dense(self, why: DenseWhy) -> None:
        self.text.show_parts(self._text, _within(why.words, len(self._text)))
        inside = sum(part.weight for part in why.words)
        if why.method == "sum":
            self.sum.setText(
                f"Score {why.score:.3f} = {inside:.3f} from the words below {_signed(why.rest)} "
                "from the title and the tokens that frame the text."
            )
            how = (
                "Exact: this encoder's vector is the mean of its tokens' states, so that the "
                "similarity is a sum over tokens. Each state has seen the whole passage, so a word "
                "stands for what the encoder understood at its place."
            )
        else:
            self.sum.setText(f"Score {why.score:.3f}. Each word is left out in turn.")
            how = (
                "This encoder's vector is no sum over tokens: what a word adds is what the score "
                "loses when the passage is read without it. Such losses do not add up to the score."
            )
        best = sorted(why.sentences, key=lambda part: -part.weight)[:_BEST]
        rows = [(_one_line(self._text[slice(*p.span)]), f"{p.weight:+.3f}") for p in best]
        self._fill(("The sentences that carry the score", "adds"), rows)
        unread = "" if why.read >= len(self._text.rstrip()) else self._unread(why.read)
        self.note.setText(f"{how}{unread}")

    def _show_lexical(self, why: LexicalWhy) -> None:
        parts = [Part(span, term.weight) for term in why.terms for span in term.spans]
        self.text.show_parts(self._text, _within(sorted(parts, key=_start), len(self._text)))
        count = len(why.terms)
        self.sum.setText(
            f"BM25 {why.score:.3f} is the sum over {count} matched "
            f"{'word' if count == 1 else 'words'}."
            if count
            else "BM25 0: the passage holds none of the question's words."
        )
        rows = [
            (
                term.word,
                f"{term.idf:.2f}",
                f"{len(term.spans)}" if term.spans else "in its title",
                f"{term.weight:+.3f}",
            )
            for term in why.terms
        ]
        rows += [
            (word, "–" if idf is None else f"{idf:.2f}", "no", "0") for word, idf in why.missing
        ]
        self._fill(("Word of the question", "idf", "in the passage", "adds"), rows)
        self.note.setText(
            "idf is the word's rarity in this corpus, “–” where no passage holds it. Words so "
            "common that BM25 leaves them out are not listed."
        )

    def _fill(self, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        self.table.setColumnCount(len(columns))
        self.table.setHorizontalHeaderLabels(columns)
        self.table.setRowCount(len(rows))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(len(columns)):
            self.table.horizontalHeaderItem(column).setTextAlignment(_alignment(column))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_alignment(column))
                self.table.setItem(at, column, item)

    def _point(self, part: Part | None) -> None:
        if part is None:
            self.point.setText("Point at a shaded word to see what it adds.")
        else:
            self.point.setText(f"“{self._text[slice(*part.span)]}” adds {part.weight:+.4f}")

    def _unread(self, read: int) -> str:
        shown = f" Only the first {read:,} characters are read by this encoder."
        return shown + (" The passage is shown in part." if self._cut else "")

    def _leave(self) -> None:
        self.working.forget()
        self.deleteLater()


def _both(
    project: Project, searcher: Searcher, question: str, row: int
) -> Work[tuple[DenseWhy, LexicalWhy]]:
    passage = project.passages[row]
    given = text_of(passage.title, passage.text, project.manifest.titles)
    worded = why_lexical(searcher.lexical, question, row, passage.text)
    dense = yield from why_dense(searcher.encoder, question, given)
    return dense, worded


def _within(parts: tuple[Part, ...] | list[Part], length: int) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.span[1] <= length)


def _start(part: Part) -> int:
    return part.span[0]


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'} {abs(value):.3f}"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]} …"


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
