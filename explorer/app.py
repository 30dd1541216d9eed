"""Puts the application together: services, commands, window. Knows every part, holds no state."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QFileDialog

from explorer.asking import Asker
from explorer.commands import Command, Commands
from explorer.context import AppContext
from explorer.corpus.sheet import CorpusSheet
from explorer.folders import data_folder, runs_folder
from explorer.jobs import Jobs
from explorer.notices import Notices
from explorer.opening import Opener
from explorer.project_header import ProjectHeader
from explorer.projecting import Projector
from explorer.session import Session
from explorer.settings import SettingsStore
from explorer.theme import themes
from explorer.window import MainWindow
from explorer.workspace_list import WORKSPACES, reading_ahead
from models.events import Progress, Work
from models.project import MANIFEST, Project
from models.samples import SAMPLES, copy_bundled_runs
from models.training.checkpoints import RUN


class Explorer(QObject):
    """One running application; ``close`` ends its threads and child processes."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.settings = SettingsStore()
        self.notices = Notices(self)
        self.notices.install()
        themes().set_mode(self.settings.current.theme)
        themes().set_scale(self.settings.current.scale)
        themes().set_animations(self.settings.current.animations)
        themes().apply(app)
        self.session = Session(self)
        self.jobs = Jobs(self)
        self.commands = Commands(self)
        self.opener = Opener(self.session, self.jobs, self.notices, data_folder(), self)
        self.asker = Asker(self.session, parent=self)
        self.projector = Projector(self.session, self.jobs, self.notices, self)
        self.context = AppContext(
            self.session,
            self.jobs,
            self.notices,
            self.settings,
            self.commands,
            self.opener,
            self.asker,
            self.projector,
        )
        self._add_commands()
        self.window = MainWindow(
            WORKSPACES, self.jobs, self.settings, self.commands, self.notices, self.context
        )
        self.window.set_header(ProjectHeader(self.context))
        self.window.files_dropped.connect(self.open_files)
        self.opener.opened.connect(self._remember)
        self.session.searcher_changed.connect(self._read_ahead)
        self.asker.failed.connect(lambda error: self.notices.report(error, "the search"))
        if self.settings.notice:
            self.notices.tell(self.settings.notice, "warning")

    def begin(self, folder: Path | None = None) -> None:
        """Opens ``folder``, of a project or a run; else the last project, else the sample."""
        last = self.settings.current.last_project
        if folder is not None and not (folder / RUN).is_file():
            self.opener.open_path(str(folder))
        elif last and (Path(last) / MANIFEST).is_file():
            self.opener.open_path(last)
        else:
            self.opener.open_sample("bundled")
        self.opener.offer_unfinished()
        if folder is not None and (folder / RUN).is_file():
            self.open_run(folder)
        self.jobs.start(
            "Bringing the bundled runs",
            _bringing_runs(runs_folder()),
            done=lambda _: self.session.tell_runs(),
            failed=self.notices.report,
            quiet=True,
        )

    def close(self) -> None:
        """Ends everything in the background, orderly."""
        self.asker.close()
        self.projector.close()
        self.jobs.shutdown()
        self.settings.flush()
        self.notices.uninstall()

    def open_files(self, paths: Sequence[Path]) -> None:
        """The folder of a project or a run is opened as it is; anything else becomes a corpus,
        unless the workspace that is looked at takes such files itself."""
        sheets = self.window.findChildren(CorpusSheet)
        sheet = next((sheet for sheet in sheets if sheet.isVisible()), None)
        take = getattr(self.window.view(self.window.workspace), "take_files", None)
        if paths and sheet is None and take is not None and take(paths):
            return
        if len(paths) == 1 and (paths[0] / MANIFEST).is_file():
            self.opener.open_path(str(paths[0]))
        elif len(paths) == 1 and (paths[0] / RUN).is_file():
            self.open_run(paths[0])
        else:
            if sheet is None:
                sheet = CorpusSheet(self.window, self.opener, self.jobs, self.notices)
            sheet.begin(list(paths))

    def open_run(self, folder: Path) -> None:
        """Opens a training run in its workspace."""
        self.window.show_workspace("training")
        self.session.want_run(folder.absolute())

    def _add_commands(self) -> None:
        samples = [
            Command(
                f"corpus.sample.{name}",
                f"Open sample: {sample.title}",
                lambda n=name: self.opener.open_sample(n),
                "Corpus",
            )
            for name, sample in SAMPLES.items()
        ]
        self.commands.add(
            Command("corpus.open", "Open files …", lambda: self.open_files([]), "Corpus", "Ctrl+O"),
            Command(
                "corpus.project",
                "Open a project folder …",
                self._choose_project,
                "Corpus",
                "Ctrl+Shift+O",
            ),
            Command("training.open", "Open a training run …", self._choose_run, "Training"),
            Command(
                "corpus.refresh",
                "Bring the corpus up to date",
                self.opener.rebuild,
                "Corpus",
                "F5",
                enabled=lambda: self.session.project is not None,
                keywords=("reindex", "rebuild", "changed files"),
            ),
            *samples,
        )

    def _choose_project(self) -> None:
        start = str(self.opener.projects)
        name = QFileDialog.getExistingDirectory(self.window, "Open a project folder", start)
        if name:
            self.opener.open_path(name)

    def _choose_run(self) -> None:
        start = str(runs_folder())
        name = QFileDialog.getExistingDirectory(self.window, "Open the folder of a run", start)
        if name:
            self.open_run(Path(name))

    def _read_ahead(self, searcher: object) -> None:
        """Once the first question can be asked, and not before: it should not wait for this."""
        if searcher is not None:
            self.session.searcher_changed.disconnect(self._read_ahead)
            self.jobs.start(
                "Reading the workspaces",
                reading_ahead(),
                failed=self.notices.report,
                quiet=True,
            )

    def _remember(self, project: Project) -> None:
        manifest = project.manifest
        self.window.setWindowTitle(f"{manifest.name} – Contrastive Explorer")
        self.window.status.set_fact(
            f"{manifest.documents:,} documents in {manifest.passages:,} passages, "
            f"{manifest.encoder.conventions.similarity} similarity, "
            f"{manifest.recipe.index.kind} index"
        )
        self.settings.replace(self.settings.current.with_project(project.folder))


def _bringing_runs(folder: Path) -> Work[None]:
    yield Progress("Bringing the bundled runs")
    copy_bundled_runs(folder)
