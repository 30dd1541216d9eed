"""The Retrievers workspace: which of several finds the right passage, and on which questions."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.commands import Command
from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.retrievers.bench import Bench
from explorer.views.retrievers.board import Board
from explorer.views.retrievers.exporting import export_menu
from explorer.views.retrievers.panel import Panel
from explorer.views.retrievers.source_bar import SourceBar
from explorer.views.retrievers.wants import of_file
from explorer.widgets import EmptyState, ScrollPage
from models.evaluation.duels import Duel, duel
from models.evaluation.negatives_table import NegativesRun, negatives_runs

_RANKINGS = (".trec", ".run", ".res")
_QUESTIONS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".tab")
_REST, _TALLEST = 300, 460  # pixels of all but chart and table, and of the chart at most
_ANY = 16_777_215  # Qt's own largest width
_BESIDE = 1060  # pixels at text size 100 % from which on the panel stands beside the table


class RetrieversView(QWidget):
    """Follows the open project while it is looked at; all work is in the background."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.bench = Bench(context, self)
        self.bar = SourceBar(context)
        self._both_page = QWidget(self)
        self._page = ScrollPage("Retrievers and their figures", keys=False, parent=self._both_page)
        self.board, self.panel = Board(self.bench, self._page.body), Panel(self._both_page)
        self._runs: tuple[NegativesRun, ...] = ()
        self.duelling = Latest(context.jobs, "Comparing questions", self)
        self.listing = Latest(context.jobs, "Looking for runs", self)
        self.empty = EmptyState(
            "question",
            "Questions about this corpus",
            " ",
            (
                ("Open questions …", self.bar.ask_questions),
                ("Open a corpus …", lambda: context.commands.run("corpus.open")),
            ),
        )
        self._build()
        self._connect()
        self._fit()

    @property
    def busy(self) -> bool:
        """Whether something is still to come that will change what is shown."""
        return self.bench.busy or self.duelling.busy or self.listing.busy

    def take_files(self, paths: Sequence[Path]) -> bool:
        """Rankings and questions that were dropped; whether they were taken."""
        if not paths or self.bench.project is None:
            return False
        if all(path.suffix.lower() in _RANKINGS for path in paths):
            for path in paths:
                self.bench.add(of_file(path))
            return True
        if len(paths) == 1 and paths[0].suffix.lower() in _QUESTIONS:
            self.bar.open(paths[0])
            return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        self._follow()
        self._refresh()
        self._show()

    # What is open

    def _follow(self) -> None:
        """Takes up the project that is open by now."""
        if not self.isVisible():
            return
        session = self.context.session
        encoder = None if session.searcher is None else session.searcher.encoder
        same = session.project is self.bench.project
        source = self.bench.source if same else self.bar.follow(session.project)
        self.bench.open(session.project, encoder, source)

    def _ask(self, source: str) -> None:
        session = self.context.session
        encoder = None if session.searcher is None else session.searcher.encoder
        self.bench.open(session.project, encoder, source, bool(self.bench.trouble))

    def _refresh(self) -> None:
        if self.isVisible():
            root, opened = runs_folder(), self.context.session.run
            self.listing.ask(lambda: negatives_runs(root, opened), root)

    # What is shown

    def _show(self) -> None:
        bench, session = self.bench, self.context.session
        trouble = self._trouble()
        self._stack.setCurrentIndex(1 if trouble else 0)
        if trouble:
            self.empty.title.setText(trouble[0])
            self.empty.text.setText(trouble[1])
            self.empty.text.setHidden(not trouble[1])
            self.empty.buttons[0].setVisible(session.project is not None)
            self.empty.buttons[1].setVisible(session.project is None)
        self.bar.setVisible(session.project is not None)
        self.board.show_trouble(session.trouble)
        self.panel.duels.offer(bench.entries)
        self.panel.hybrid.show_entries(bench.entries, bench.judged, bench.by)
        self._raise_chart()
        self._show_runs()
        self._duel()

    def _trouble(self) -> tuple[str, str] | None:
        """What to say in place of figures."""
        bench, session = self.bench, self.context.session
        if session.project is None:
            return "No corpus is open", "Retrievers are compared over the corpus that is open."
        if bench.trouble:
            return "These questions do not fit", bench.trouble
        if not bench.source:
            return (
                "Questions about this corpus",
                "Retrievers are compared by questions whose right passages, or answers, are known: "
                "SQuAD JSON, DPR's files, BEIR's folder, JSON Lines, or a table with a question "
                "and a passage in each row.",
            )
        return None

    def _show_runs(self) -> None:
        bench = self.bench
        known = {one.source: one.id for one in bench.wanted if one.kind == "dense" and one.source}
        entries = {
            source: entry
            for source, name in known.items()
            if not name.removeprefix(source) and (entry := bench.entry(name)) is not None
        }
        waiting = [one.source for one in bench.unmeasured if one.source]
        self.panel.negatives.show_runs(self._runs, entries, bench.by, waiting[0] if waiting else "")

    def _duel(self) -> None:
        bench = self.bench
        first, second = (bench.entry(name) for name in self.panel.duels.pair)
        judged, spec, by = bench.judged, self.panel.duels.spec, bench.by
        if first is None or second is None or judged is None or first is second:
            self.duelling.forget()
            self.panel.duels.show_duel(None)
            return
        one, other = first.outcome, second.outcome
        self.duelling.ask(
            lambda: duel(one, other, judged, spec, by), (first, second, judged.key, spec, by)
        )

    def _dueled(self, found: Duel) -> None:
        self.panel.duels.show_duel(found)

    def _listed(self, runs: tuple[NegativesRun, ...]) -> None:
        self._runs = runs
        self._show_runs()

    def _question(self, text: str) -> None:
        self.context.session.ask(text)
        self.context.commands.run("show.retrieval")

    def _without(self) -> None:
        """Lists the questions that no passage of this corpus answers."""
        side = self.panel.duels.side
        self.panel.turn("questions")
        side.setCurrentIndex(side.findData("without"))
        side.activated.emit(side.currentIndex())

    def _export(self) -> None:
        export_menu(self.board.export, self.context, self.bench, self.board.table.current)

    # How it is put together

    def _build(self) -> None:
        self._body = QVBoxLayout(self._page.body)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.addWidget(self.board)
        self._both = QHBoxLayout(self._both_page)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.addWidget(self._page, 1)
        self._both.addWidget(self.panel)
        self._beside = True
        self._stack = QStackedLayout()
        self._stack.addWidget(self._both_page)
        self._stack.addWidget(self.empty)
        self._all = QVBoxLayout(self)
        self._all.addWidget(self.bar)
        self._all.addLayout(self._stack, 1)

    def _connect(self) -> None:
        context, bench, session = self.context, self.bench, self.context.session
        self.bar.wanted.connect(self._ask)
        self.bar.added.connect(bench.add)
        bench.changed.connect(self._show)
        self.board.export_wanted.connect(self._export)
        self.board.missing_wanted.connect(self._without)
        self.panel.duels.changed.connect(self._duel)
        self.panel.duels.opened.connect(self._question)
        self.panel.hybrid.weighed.connect(bench.weigh)
        self.panel.negatives.wanted.connect(self.bar.add_run)
        self.duelling.arrived.connect(self._dueled)
        self.listing.arrived.connect(self._listed)
        for latest in (self.duelling, self.listing):
            latest.failed.connect(context.notices.report)
        session.project_changed.connect(lambda _: self._follow())
        session.searcher_changed.connect(lambda _: self._follow())
        session.runs_changed.connect(self._refresh)
        themes().changed.connect(self._fit)
        context.commands.add(
            Command(
                "retrievers.questions",
                "Open questions for comparison …",
                self.bar.file.click,
                "Retrievers",
                enabled=self.isVisible,
            ),
            Command(
                "retrievers.import",
                "Import a ranking …",
                self.bar.run.click,
                "Retrievers",
                enabled=self.isVisible,
                keywords=("trec", "pyserini", "run"),
            ),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _fit(self, _theme: object = None) -> None:
        side = space(5)
        self._all.setContentsMargins(side, space(4), side, space(4))
        self._all.setSpacing(space(3))
        self._body.setSpacing(space(3))
        self._both.setSpacing(space(3))
        if self.isVisible():
            self._arrange()

    def _arrange(self) -> None:
        """Puts the panel where there is room for it."""
        beside = self.width() >= px(_BESIDE)
        if beside != self._beside:  # where there is no room beside the table it goes below
            self._beside = beside
            (self._both if beside else self._body).addWidget(self.panel)
        if beside:
            self.panel.setFixedWidth(min(max(round(self.width() * 0.29), px(370)), px(480)))
            self.panel.setMinimumHeight(0)
        else:
            self.panel.setMinimumWidth(0)
            self.panel.setMaximumWidth(_ANY)
            self.panel.setMinimumHeight(px(480))
        self._raise_chart()

    def _raise_chart(self) -> None:
        """The chart has the height that the table leaves."""
        room = self.height() - px(_REST) - self.board.table.height()
        self.board.chart.set_tall(min(max(room, 0), px(_TALLEST)))
