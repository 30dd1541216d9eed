"""What is open: the project's name, its size, and the encoder that made its vectors."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.context import AppContext
from explorer.corpus.encoder_form import sentence
from explorer.theme import space, themes
from explorer.widgets import Button, Chip, ElidedLabel, Menu
from models.project import Project
from models.samples import SAMPLES


class ProjectHeader(QWidget):
    """A menu of projects under the open one's name, and two facts as chips."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.button = Button("Open a corpus", "quiet", "folder-open")
        self.button.setAccessibleName("Projects")
        self.name = ElidedLabel("", "heading")
        self.size = Chip("", icon="layers", static=True)
        self.encoder = Chip("", icon="cpu")
        self.button.clicked.connect(self._menu)
        self.encoder.clicked.connect(self._tell)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.name)
        self._row.addWidget(self.size)
        self._row.addWidget(self.encoder)
        self._row.addWidget(self.button)
        self._row.addStretch(1)
        context.session.project_changed.connect(self._project)
        themes().changed.connect(self._fit)
        self._fit()
        self._project(context.session.project)

    def _project(self, project: Project | None) -> None:
        for part in (self.name, self.size, self.encoder):
            part.setVisible(project is not None)
        if project is not None:
            card = project.manifest.encoder
            self.name.setText(project.manifest.name)
            self.size.setText(f"{len(project.passages):,} passages")
            self.encoder.setText(f"{card.name} · {card.dimensions}-d")
            self.encoder.setToolTip("How this encoder makes its vectors")

    def _tell(self) -> None:
        project = self._context.session.project
        if project is not None:
            card = project.manifest.encoder
            place = f"The project lies in {project.folder}."
            self._context.notices.tell(" ".join([sentence(card), *card.notes, place]))

    def _menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        commands = self._context.commands
        for name in ("corpus.open", "corpus.project"):
            menu.addAction(commands[name].title).triggered.connect(
                lambda _=False, n=name: commands.run(n)
            )
        menu.addSeparator()
        for name, sample in SAMPLES.items():
            menu.addAction(sample.title).triggered.connect(
                lambda _=False, n=name: commands.run(f"corpus.sample.{n}")
            )
        recent = self._context.settings.current.recent_projects
        if recent:
            menu.addSeparator()
        for folder in recent:
            menu.addAction(folder.replace("&", "&&")).triggered.connect(
                lambda _=False, f=folder: self._context.opener.open_path(f)
            )
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + space(1))))

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
