"""Opens and builds projects in the background, then hands them to the session."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.jobs import Job, Jobs
from explorer.notices import Notices
from explorer.session import Session
from models.encoders.base import Encoder
from models.errors import InputError
from models.events import Progress, Shortened, Skipped, Work
from models.indexing import build
from models.opening import encoder_of, searcher_of
from models.project import Project, Recipe
from models.retrieval.searcher import Searcher
from models.samples import SAMPLES, copy_bundled
from models.unfinished import Unfinished


class Opener(QObject):
    """One way in for every corpus; the last encoder loaded is kept for the next project."""

    opened = Signal(object)

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        notices: Notices,
        home: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._notices = session, jobs, notices
        self._home = home
        self._encoder: tuple[Any, Encoder] | None = None
        self._building: Job | None = None
        self._opening: Job | None = None
        self._checking: Job | None = None

    @property
    def projects(self) -> Path:
        """Where projects land unless the user says otherwise."""
        return self._home / "projects"

    @property
    def building(self) -> bool:
        """Whether a build is under way."""
        return self._building is not None

    def open_path(self, folder: str | Path) -> None:
        """Opens a project folder."""
        folder = Path(folder).absolute()  # it is remembered for a start from anywhere
        self._open(f"Opening {folder.name}", _opening(folder))

    def open_sample(self, name: str) -> None:
        """Opens a bundled sample; one that is not there yet is gathered and indexed."""
        folder = self.projects / name
        if name == "bundled":
            self._open("Opening the sample", _sample(folder))
        elif (folder / "project.json").is_file():
            self.open_path(folder)
        else:
            self.build(Recipe(sources=(name,)), folder, SAMPLES[name].title)

    def build(self, recipe: Recipe, folder: Path, name: str) -> None:
        """Builds a project in the background and opens it when it is whole."""
        if self._building is not None:
            self._notices.tell(
                "Another corpus is being indexed; cancel it or let it finish first.", "warning"
            )
            return
        skipped: list[Skipped] = []
        job = self._jobs.start(
            f"Indexing {name}",
            _building(recipe, folder, name, self._encoder),
            done=lambda result: self._built(result, skipped),
            failed=self._failed,
        )
        job.event.connect(
            lambda event: skipped.append(event) if isinstance(event, Skipped) else None
        )
        job.cancelled.connect(lambda: self._cancelled(folder))
        job.ended.connect(self._end_build)
        self._building = job

    def offer_unfinished(self) -> None:
        """Offers to go on with the builds that a crash or an exit broke off."""
        for folder in sorted(self.projects.glob("*")):
            mark = Unfinished.read(folder)
            if mark is not None:
                self._notices.tell(
                    f"Indexing {mark.name} was broken off; it can go on where it stopped.",
                    "warning",
                    action=("Continue", lambda m=mark: self.build(m.recipe, m.folder, m.name)),
                )

    def _cancelled(self, folder: Path) -> None:
        """Cancelled by hand: nobody wants to be asked about it at the next start."""
        if self._jobs.closing:
            return
        if (mark := Unfinished.read(folder)) is not None:
            mark.forget()
        self._notices.tell("Indexing was cancelled; what was embedded is kept.")

    def rebuild(self, **changes: Any) -> None:
        """Builds the open project again with its recipe changed; nothing is embedded twice."""
        project = self._session.project
        if project is not None:
            recipe = replace(project.manifest.recipe, **changes)
            self.build(recipe, project.folder, project.manifest.name)

    def _open(self, title: str, work: Work[Project]) -> None:
        """Of several projects asked for at once, the last one is opened, however long it takes."""
        if self._opening is not None:
            self._opening.cancel()
        job = self._jobs.start(
            title,
            work,
            done=lambda project: self._opened(project) if job is self._opening else None,
            failed=self._failed,
        )
        self._opening = job

    def _end_build(self) -> None:
        self._building = None

    def _built(self, result: tuple[Project, Encoder], skipped: list[Skipped]) -> None:
        project, encoder = result
        self._encoder = (_identity(project.manifest.recipe), encoder)
        self._opened(project)
        for event in skipped:
            if isinstance(event, Shortened):  # about the whole corpus, such as that it shrank
                self._notices.tell(event.why, "warning")
        count = project.manifest.skipped
        if count:
            records = [event for event in skipped if not isinstance(event, Shortened)]
            listed = "\n".join(f"{event.where}: {event.why}" for event in records[:200])
            many = f"{count:,} records could not be used as they are."
            text = "One record could not be used as it is." if count == 1 else many
            self._notices.tell(text, "warning", details=listed)

    def _opened(self, project: Project) -> None:
        if self._checking is not None:
            self._checking.cancel()
        self._session.open(project)
        self.opened.emit(project)
        self._jobs.start(
            f"Preparing {project.manifest.name}",
            _attaching(project, self._encoder),
            done=lambda result: self._attach(project, *result),
            failed=lambda error: self._detach(project, error),
        )

    def _attach(self, asked: Project, project: Project, encoder: Encoder, found: Searcher) -> None:
        self._encoder = (_identity(project.manifest.recipe), encoder)
        if self._session.project is not asked:
            return  # another was opened meanwhile
        if project is not asked:
            self._session.open(project)
        self._session.attach(found)
        self._check(project)

    def _check(self, project: Project) -> None:
        """Reads what the opening only glanced at, while the project is in use already."""
        if not project.manifest.large:
            return
        job = self._jobs.start(
            f"Checking {project.manifest.name}", project.checking(), failed=self._failed, quiet=True
        )
        self._checking = job
        job.ended.connect(lambda: self._checked(job))

    def _checked(self, job: Job) -> None:
        if job is self._checking:
            self._checking = None

    def _detach(self, asked: Project, error: BaseException) -> None:
        self._failed(error)
        if self._session.project is asked:
            self._session.refuse(str(error) if isinstance(error, InputError) else "See the notice.")
            self._check(asked)

    def _failed(self, error: BaseException) -> None:
        self._notices.report(error)


Kept = tuple[Any, Encoder] | None


def _identity(recipe: Recipe) -> tuple[str, tuple[tuple[str, Any], ...]]:
    return recipe.encoder, tuple(sorted(recipe.overrides.items()))


def _encoder(recipe: Recipe, kept: Kept) -> Encoder:
    return kept[1] if kept is not None and kept[0] == _identity(recipe) else encoder_of(recipe)


def _opening(folder: Path) -> Work[Project]:
    yield Progress("Opening")
    return Project.open(folder)


def _sample(folder: Path) -> Work[Project]:
    yield Progress("Opening")
    copy_bundled(folder)
    return Project.open(folder)


def _building(recipe: Recipe, folder: Path, name: str, kept: Kept) -> Work[tuple[Project, Encoder]]:
    yield Progress("Loading the encoder")
    encoder = _encoder(recipe, kept)
    project = yield from build(recipe, folder, encoder, name)
    return project, encoder


def _attaching(project: Project, kept: Kept) -> Work[tuple[Project, Encoder, Searcher]]:
    yield Progress("Loading the encoder")
    recipe = project.manifest.recipe
    encoder = _encoder(recipe, kept)
    if recipe.sources == ("bundled",) and encoder.card.key != project.manifest.encoder.key:
        # The sample's ready-made vectors are another encoder's: embed the sample with this one.
        project = yield from build(recipe, project.folder, encoder, project.manifest.name)
    yield Progress("Loading the indexes")
    return project, encoder, searcher_of(project, encoder)
