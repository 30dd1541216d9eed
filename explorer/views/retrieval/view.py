"""The Retrieval workspace: hits change as you type, by three methods side by side or alone."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.commands import Command
from explorer.context import AppContext
from explorer.question_box import QuestionBox
from explorer.theme import space, themes
from explorer.views.retrieval.answer_part import AnswerPart
from explorer.views.retrieval.exporting import FORMATS, copy_text, save_hits
from explorer.views.retrieval.hit_list import HitList, popup
from explorer.views.retrieval.model import HitItem, items_of
from explorer.views.retrieval.starting import StartPanel
from explorer.widgets import Button, ElidedLabel, Menu, Segmented
from models.project import Project
from models.retrieval.marking import Marks
from models.retrieval.searcher import METHODS, Answer, Method, Searcher, found_only

_NAMES: dict[Method, str] = {"dense": "Dense", "bm25": "BM25", "hybrid": "Hybrid"}
_LAYOUTS = (("all", "Side by side"), *((method, name) for method, name in _NAMES.items()))


class RetrievalView(QWidget):
    """A question box over one to three lists of hits."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        session = context.session
        self.box = QuestionBox(session)
        shown = context.settings.view("retrieval").get("methods", "all")
        known = [name for name, _ in _LAYOUTS]
        self.methods = Segmented(_LAYOUTS, "Methods", shown if shown in known else "all")
        self.status = ElidedLabel(role="muted")
        self.export = Button("Export", "normal", "export")
        self.why = Button("Why", "quiet", "question")
        self.why.setToolTip("Why the selected hit was found: what its words add to its score")
        self.index = Button("Index", "quiet", "database")
        self.index.setToolTip("Compare FAISS indexes on these vectors, and choose one")
        self.lists = {method: HitList(name) for method, name in _NAMES.items()}
        self.start = StartPanel(context)
        self.answers = AnswerPart(context, self, self._mark_answer)
        self._build()

        self.methods.changed.connect(self._choose_methods)
        self.export.clicked.connect(self._export_menu)
        self.why.clicked.connect(self._why_selected)
        self.index.clicked.connect(self._compare_indexes)
        self.box.down.connect(self._enter_hits)
        for method, part in self.lists.items():
            part.chosen.connect(lambda row: session.select((row,)))
            part.menu_wanted.connect(lambda item, at, m=method: self._hit_menu(m, item, at))
        session.project_changed.connect(self._project)
        session.searcher_changed.connect(self._searcher)
        session.answer_changed.connect(self._answer)
        session.question_changed.connect(self._settle)
        session.selection_changed.connect(self._selection)
        context.asker.marked.connect(self._marks)
        self._add_commands()
        themes().changed.connect(self._fit)
        self._choose_methods(self.methods.value)
        self._project(session.project)
        self._answer(session.answer)
        self._fit()

    def _build(self) -> None:
        self._tools = QHBoxLayout()
        self._tools.addWidget(self.methods)
        self._tools.addWidget(self.status, 1)
        self._tools.addWidget(self.answers.button)
        self._tools.addWidget(self.why)
        self._tools.addWidget(self.index)
        self._tools.addWidget(self.export)
        hits = QWidget()
        self._hits = QVBoxLayout(hits)
        self._hits.setContentsMargins(0, 0, 0, 0)
        self._hits.addWidget(self.answers.strip)
        self._columns = QHBoxLayout()
        self._hits.addLayout(self._columns, 1)
        for part in self.lists.values():
            self._columns.addWidget(part, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start)
        self._stack.addWidget(hits)
        self._page = QVBoxLayout(self)
        self._page.addWidget(self.box)
        self._page.addLayout(self._tools)
        self._page.addWidget(self._stack, 1)

    def _fit(self, _theme: object = None) -> None:
        side = space(6)
        self._page.setContentsMargins(side, space(5), side, 0)
        self._page.setSpacing(space(3))
        self._columns.setSpacing(space(4))
        self._hits.setSpacing(space(3))
        self._tools.setSpacing(space(3))

    def _add_commands(self) -> None:
        commands = [
            Command("retrieval.ask", "Ask a question", self._focus_box, "Retrieval", "Ctrl+F"),
            Command(
                "retrieval.copy",
                "Copy hits as Markdown",
                lambda: self._copy("markdown"),
                "Retrieval",
                "Ctrl+Shift+C",
                enabled=self._has_hits,
            ),
            Command(
                "retrieval.why",
                "Why this hit",
                self._why_selected,
                "Retrieval",
                "Ctrl+Y",
                enabled=self._is_explicable,
                keywords=("explain", "contribution", "idf"),
            ),
            Command(
                "retrieval.reader",
                "Choose a reader of answers",
                self.answers.open_menu,
                "Retrieval",
                keywords=("answer", "span", "question answering"),
            ),
            Command(
                "retrieval.indexes",
                "Compare FAISS indexes",
                self._compare_indexes,
                "Retrieval",
                enabled=lambda: self.context.session.project is not None,
            ),
        ]
        for name, title in _LAYOUTS:
            words = ("bm25", "dense", "hybrid", "columns")
            show = Command(
                f"retrieval.show.{name}",
                f"Show hits: {title}",
                lambda n=name: self._set_methods(n),
                "Retrieval",
                keywords=words,
            )
            commands.append(show)
        for kind, title in FORMATS.items():
            commands.append(
                Command(
                    f"retrieval.export.{kind}",
                    f"Export hits as {title}",
                    lambda k=kind: self._save(k),
                    "Retrieval",
                    enabled=self._has_hits,
                )
            )
        self.context.commands.add(*commands)

    # What is shown

    def _project(self, project: Project | None) -> None:
        self.start.show_project(project)
        self.index.setEnabled(project is not None)
        self._settle()

    def _searcher(self, _searcher: Searcher | None) -> None:
        self._settle()

    def _settle(self) -> None:
        """What stands beside the method switch, and whether hits or the start panel show."""
        session = self.context.session
        asked = bool(session.question.strip())
        answer = session.answer
        self._stack.setCurrentIndex(1 if asked and answer is not None else 0)
        self.export.setEnabled(self._has_hits())
        project = session.project
        if project is None:
            self.status.setText("No corpus is open.")
        elif session.searcher is None and session.trouble:
            self.status.setText(f"Cannot be searched. {session.trouble}")
        elif session.searcher is None:
            self.status.setText("Loading the encoder; your question is answered when it is ready.")
        elif answer is not None and asked:
            count = len(project.passages)
            milliseconds = answer.seconds * 1000
            self.status.setText(f"{count:,} passages in {milliseconds:.0f} ms")
        else:
            self.status.setText(f"{len(project.passages):,} passages")

    def _answer(self, answer: Answer | None) -> None:
        project = self.context.session.project
        for method, part in self.lists.items():
            hits = answer.hits.get(method, ()) if answer is not None else ()
            only: frozenset[int] = frozenset()
            if answer is not None and method != "hybrid":
                only = frozenset(hit.row for hit in found_only(answer, method))
            label = f"only {_NAMES[method]}"
            passages = project.passages if project is not None else None
            items = items_of(passages, hits, only, label) if passages is not None else ()
            part.show_items(items)
            part.note.setText(self._note(method, len(items), answer))
        self._settle()
        self._selection(self.context.session.selection)

    def _note(self, method: Method, count: int, answer: Answer | None) -> str:
        project = self.context.session.project
        if answer is not None and not count:
            return "no passage holds any of these words" if method == "bm25" else "nothing found"
        if project is None:
            return ""
        card = project.manifest.encoder
        if method == "dense":
            kind = project.manifest.recipe.index.kind
            return f"{card.conventions.similarity} · FAISS {kind}"
        if method == "bm25":
            return "words and their rarity"
        searcher = self.context.session.searcher
        return f"{searcher.weight:.2f} dense + {1 - searcher.weight:.2f} BM25" if searcher else ""

    def _marks(self, marks: Marks) -> None:
        self.lists[marks.method].view.hits.mark(marks.spans)

    def _mark_answer(self, row: int, span: tuple[int, int] | None) -> None:
        for part in self.lists.values():
            part.view.hits.mark_answer(row, span)

    def _selection(self, rows: tuple[int, ...]) -> None:
        for part in self.lists.values():
            part.view.show_selected(rows[0] if rows else -1)
        self.why.setEnabled(self._is_explicable())

    # What is done

    def _set_methods(self, name: str) -> None:
        self.methods.set_value(name)
        self._choose_methods(name)

    def _choose_methods(self, name: str) -> None:
        for method, part in self.lists.items():
            part.setVisible(name in ("all", method))
        if self.context.settings.view("retrieval").get("methods", "all") != name:
            self.context.settings.update_view("retrieval", methods=name)

    def _visible_methods(self) -> list[Method]:
        return [method for method in METHODS if self.methods.value in ("all", method)]

    def _focus_box(self) -> None:
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def _enter_hits(self) -> None:
        view = self.lists[self._visible_methods()[0]].view
        if view.hits.items:
            view.setFocus(Qt.FocusReason.TabFocusReason)
            view.setCurrentIndex(view.hits.index(0))

    def _has_hits(self) -> bool:
        answer = self.context.session.answer
        return answer is not None and any(answer.hits.values())

    def _export_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind, title in FORMATS.items():
            menu.addAction(f"Save as {title} …").triggered.connect(
                lambda _=0, k=kind: self._save(k)
            )
        menu.addSeparator()
        for kind, title in FORMATS.items():
            menu.addAction(f"Copy as {title}").triggered.connect(lambda _=0, k=kind: self._copy(k))
        menu.popup(self.export.mapToGlobal(QPoint(0, self.export.height() + space(1))))

    def _hit_menu(self, method: Method, item: HitItem, at: QPoint) -> None:
        clipboard = QGuiApplication.clipboard()
        session = self.context.session
        if session.project is None:
            return
        text = session.project.passages[item.row].text
        popup(
            self,
            at,
            [
                ("Why this hit", lambda: self._why(item.row, method)),
                ("Copy passage", lambda: clipboard.setText(text)),
                ("Copy title and passage", lambda: clipboard.setText(f"{item.title}\n{text}")),
                ("Ask for passages like this one", lambda: session.ask(text[:2000])),
                ("Show on the sphere", lambda: self._to_sphere(item.row)),
            ],
        )

    def _to_sphere(self, row: int) -> None:
        self.context.session.select((row,))
        self.context.commands.run("show.sphere")

    def _copy(self, kind: str) -> None:
        session = self.context.session
        if session.answer is None or session.project is None:
            return
        text = copy_text(kind, session.answer, session.project.passages, self._visible_methods())
        QGuiApplication.clipboard().setText(text)
        self.context.notices.tell(f"The hits are copied as {FORMATS[kind]}.", "success")

    def _save(self, kind: str) -> None:
        session = self.context.session
        if session.answer is None or session.project is None:
            return
        methods = self._visible_methods()
        save_hits(
            self, self.context.notices, kind, session.answer, session.project.passages, methods
        )

    def _is_explicable(self) -> bool:
        session = self.context.session
        return bool(session.selection and session.answer is not None and session.searcher)

    def _why_selected(self) -> None:
        """Takes the selected passage apart by the method in whose list it is."""
        row = self.context.session.selection[0]
        here = [m for m in self._visible_methods() if self.lists[m].view.hits.find(row).isValid()]
        self._why(row, here[0] if here else "dense")

    def _why(self, row: int, method: Method) -> None:
        from explorer.views.retrieval.why_sheet import WhySheet

        answer = self.context.session.answer
        if answer is not None and self.context.session.searcher is not None:
            WhySheet(self.window(), self.context, row, answer.question, method).begin()

    def _compare_indexes(self) -> None:
        from explorer.views.retrieval.index_sheet import IndexSheet

        if not any(sheet.isVisible() for sheet in self.window().findChildren(IndexSheet)):
            IndexSheet(self.window(), self.context).begin()
