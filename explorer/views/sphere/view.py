"""The Sphere workspace: passages as points, and the question moving among them as you type."""

import numpy as np
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.canvas.scene import CanvasColors, Frame
from explorer.canvas.widget import PointCanvas
from explorer.commands import Command
from explorer.context import AppContext
from explorer.latest import Latest
from explorer.question_box import QuestionBox
from explorer.saving import save_picture
from explorer.theme import Theme, px, space, themes
from explorer.views.sphere.arranging import AT_ONCE, Arranged, arrange, arranging
from explorer.views.sphere.choices import commands, controls
from explorer.views.sphere.coloring import Coloring
from explorer.views.sphere.columns import ColumnColors
from explorer.views.sphere.hover_card import HoverCard
from explorer.views.sphere.legend import Legend
from explorer.views.sphere.links import Links
from explorer.views.sphere.naming import class_labels
from explorer.views.sphere.panel import SidePanel
from explorer.widgets import Choice, EmptyState, IconButton, Label
from models.project import Project
from models.projection.layout import Layout
from models.projection.sphere import graticule, unroll_outline
from models.retrieval.searcher import Answer, Searcher


class SphereView(QWidget):
    """A canvas with its controls at the left, and what is selected at the right."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.layout_shown: Layout | None = None
        self._coloring: Coloring | None = None
        self._round, self._projecting = True, False
        saved = context.settings.view("sphere")
        self.surface, self.technique = controls(saved)
        self.spin = IconButton("rotate", "Turn by itself (Space)", checkable=True)
        self.lasso = IconButton("lasso", "Select with a lasso (hold Shift)", checkable=True)
        self.fit = IconButton("target", "Whole picture (Home)")
        self.save = IconButton("export", "Save the picture")
        self.column = Choice()
        self.column.setAccessibleName("Colour by")
        self.legend = Legend()
        self.facts = Label("", "muted", wrap=True)
        self.box = QuestionBox(context.session)
        self.canvas = PointCanvas()
        self.panel = SidePanel()
        self.card = HoverCard(self.canvas)
        self.arranger = Latest(context.jobs, "Arranging points", self)
        self.colors = ColumnColors(context, self)
        self.links = Links(context, self.canvas, self.panel)
        self._build()
        self._connect()
        self._add_commands()
        self._dress(themes().current)
        self.spin.setChecked(bool(saved.get("spin", True)))
        self._project(context.session.project)
        self._answer(context.session.answer)
        self.links.select(context.session.selection)

    def _build(self) -> None:
        self._controls = QVBoxLayout()
        self._controls.addWidget(Label("Projection", "caption"))
        self._controls.addWidget(self.technique)
        self._controls.addWidget(self.surface)
        self._controls.addWidget(Label("Colour by", "caption"))
        self._controls.addWidget(self.column)
        self._controls.addWidget(self.legend, 1)
        self._left = QWidget()
        self._left.setLayout(self._controls)

        self._tools = QHBoxLayout()
        self._tools.addWidget(self.box, 1)
        for button in (self.spin, self.lasso, self.fit, self.save):
            self._tools.addWidget(button)
        middle = self._middle = QVBoxLayout()
        middle.addLayout(self._tools)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.facts)

        page = QWidget()
        self._row = QHBoxLayout(page)
        self._row.addWidget(self._left)
        self._row.addLayout(middle, 1)
        self._row.addWidget(self.panel)
        nothing = EmptyState(
            "globe",
            "Nothing to show yet",
            "Open a corpus, and each of its passages becomes a point on the sphere.",
            (("Open files …", lambda: self.context.commands.run("corpus.open")),),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(page)

    def _connect(self) -> None:
        session = self.context.session
        self.surface.changed.connect(self._chosen)
        self.technique.changed.connect(self._chosen)
        self.spin.toggled.connect(self._set_spinning)
        self.lasso.toggled.connect(self.canvas.set_lasso)
        self.fit.clicked.connect(self.canvas.reset_view)
        self.save.clicked.connect(lambda: save_picture(self, self.context.notices, self.canvas))
        self.column.activated.connect(lambda _: self.colors.choose(self.column.currentData() or ""))
        self.arranger.arrived.connect(self._show)
        self.arranger.failed.connect(self.context.notices.report)
        self.arranger.settled.connect(lambda: self._agree(self._projecting))
        self.colors.arrived.connect(self._colored)
        self.legend.singled_out.connect(self._single_out)
        self.canvas.hovered.connect(self._hover)
        self.canvas.clicked.connect(lambda row: session.select((row,) if row >= 0 else ()))
        self.canvas.lassoed.connect(self._lassoed)
        self.canvas.cleared.connect(lambda: session.select(()))
        self.canvas.spinning_changed.connect(self.spin.setChecked)
        self.panel.chosen.connect(lambda row: session.select((row,)))
        self.panel.cleared.connect(lambda: session.select(()))
        session.project_changed.connect(self._project)
        session.searcher_changed.connect(self._searcher)
        session.answer_changed.connect(self._answer)
        session.selection_changed.connect(self.links.select)
        self.context.projector.arrived.connect(self._arrive)
        self.context.projector.busy.connect(self._agree)
        themes().changed.connect(self._dress)

    def _add_commands(self) -> None:
        save = Command("sphere.save", "Save the picture", self.save.click, "Sphere", "Ctrl+S")
        chosen = commands(self.surface, self.technique, self._chosen)
        self.context.commands.add(*chosen, save)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.layout_shown is None and not self._projecting and not self.arranger.busy:
            self._request()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._adapt()

    def _adapt(self) -> None:
        """The side columns give way before the picture does."""
        roomy = self.width() >= px(1060)
        least = self.surface.sizeHint().width()
        self._left.setFixedWidth(max(px(236 if roomy else 208), least))
        self.panel.setFixedWidth(px(320 if roomy else 224))

    # What is shown

    def _project(self, project: Project | None) -> None:
        self._stack.setCurrentIndex(0 if project is None else 1)
        self.layout_shown = self._coloring = None
        self.arranger.forget()
        self.links.forget()
        self.canvas.set_labels([])
        self.canvas.set_layout(np.zeros((0, 3), np.float32), "globe", morph=False)
        self._hover(-1)
        self.facts.setText("")
        self._fill_columns(project)
        self.context.projector.cancel()
        self._projecting = False
        few = project is not None and len(project.passages) <= AT_ONCE
        if few or self.isVisible():
            self._request()  # of more once anybody looks: it would take both cores for a while

    def _fill_columns(self, project: Project | None) -> None:
        self.column.clear()
        for key, title in self.colors.offered(project):
            self.column.addItem(title, key)
        self.column.setCurrentIndex(-1)  # until colours are there, or one is chosen

    def _request(self) -> None:
        surface = "flat" if self.surface.value == "flat" else "globe"
        self.context.projector.request(self.technique.value, surface)

    def _chosen(self, _value: str) -> None:
        self.context.settings.update_view(
            "sphere", surface=self.surface.value, technique=self.technique.value
        )
        shown = self.layout_shown
        wanted = "flat" if self.surface.value == "flat" else "globe"
        if shown is not None and (shown.technique, shown.surface) == (self.technique.value, wanted):
            self.context.projector.cancel()
            self._arrange(shown)  # only rolled up or unrolled
        elif self.context.session.project is not None:
            self._request()

    def _arrive(self, layout: Layout) -> None:
        project = self.context.session.project
        if project is not None and len(layout.positions) == len(project.passages):
            self._arrange(layout)

    def _arrange(self, layout: Layout) -> None:
        """Shows ``layout`` on the surface that is chosen; many points take a moment."""
        unrolled = self.surface.value == "unrolled" and layout.surface == "globe"
        if len(layout.positions) <= AT_ONCE:
            self.arranger.forget()
            self._show(arrange(layout, unrolled))
        else:
            self.arranger.ask(lambda: arranging(layout, unrolled), (id(layout), unrolled))

    def _agree(self, busy: bool) -> None:
        """After a projection that failed or was cancelled, the controls say what is shown."""
        shown, self._projecting = self.layout_shown, busy
        if busy or self.arranger.busy:
            return
        if shown is not None:
            self.technique.set_value(shown.technique)
            globe = "globe" if self._round else "unrolled"
            self.surface.set_value("flat" if shown.surface == "flat" else globe)
        elif self.technique.value != "pca" and self.context.session.project is not None:
            self.technique.set_value("pca")
            self._chosen("pca")

    def _show(self, shown: Arranged) -> None:
        first = self.layout_shown is None
        self.layout_shown = shown.layout
        frame = Frame(unroll_outline(), graticule(unrolled=True)) if shown.unrolled else None
        self._round = shown.round
        self.canvas.set_frame(frame)
        self.canvas.set_layout(shown.arrangement, shown.arrangement.surface, morph=not first)
        self.spin.setEnabled(shown.round)
        self._set_spinning(self.spin.isChecked())
        sentence = shown.layout.facts.sentence
        if shown.unrolled:
            sentence += " Unrolled by Hammer's equal-area map."
        self.facts.setText(sentence)
        self.links.show_on(shown.layout, shown.positions, shown.unrolled)
        self._name_classes()
        if first:
            self.colors.choose(self.column.currentData() or "")

    def _colored(self, coloring: Coloring) -> None:
        if len(coloring.colors) == self.canvas.count:
            self.canvas.set_colors(coloring.colors)
            self.canvas.set_dimmed(None)
            self._coloring = coloring
            self.column.setCurrentIndex(self.column.findData(self.colors.key))
            self.legend.show_coloring(coloring)
            self._name_classes()

    def _name_classes(self) -> None:
        positions, coloring = self.links.positions, self._coloring
        fits = positions is not None and coloring is not None
        if fits and len(coloring.colors) == len(positions):
            self.canvas.set_labels(class_labels(coloring, positions, self._round))
        else:
            self.canvas.set_labels([])

    def _single_out(self, classes: list[int]) -> None:
        shown = self._coloring.classes if self._coloring is not None else None
        if shown is not None and len(shown) == self.canvas.count:
            dims = np.ones(len(self._coloring.legend), bool)
            dims[classes] = False
            self.canvas.set_dimmed(dims[shown] if classes else None)

    def _searcher(self, searcher: Searcher | None) -> None:
        if searcher is not None:
            self.links.select(self.context.session.selection)

    def _answer(self, answer: Answer | None) -> None:
        self.links.answer(answer)
        if self.column.currentData() == "score":
            self.colors.choose("score")

    def _hover(self, row: int) -> None:
        project = self.context.session.project
        if row < 0 or project is None:
            self.card.hide()
        else:
            self.card.show_passage(project.passages[row], self.canvas.screen_position(row))

    def _lassoed(self, rows: np.ndarray) -> None:
        self.context.session.select(rows)
        self.lasso.setChecked(False)

    def _set_spinning(self, on: bool) -> None:
        self.canvas.set_spinning(on and self.spin.isEnabled())
        if self.spin.isEnabled():
            self.context.settings.update_view("sphere", spin=on)

    def _dress(self, theme: Theme) -> None:
        look = (theme.window, theme.globe, theme.grid, theme.text, theme.accent, theme.muted)
        self.canvas.set_theme(CanvasColors(*look))
        self.canvas.animations = themes().animations
        self._controls.setContentsMargins(0, 0, 0, 0)
        self._controls.setSpacing(space(2))
        self._row.setContentsMargins(space(6), space(5), space(4), 0)
        self._row.setSpacing(space(5))
        self._tools.setSpacing(space(1))
        self._adapt()
        self._middle.setSpacing(space(2))
        self._middle.setContentsMargins(0, 0, 0, space(3))
