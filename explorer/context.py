"""What a view is given: the services that the whole application shares."""

from dataclasses import dataclass

from explorer.asking import Asker
from explorer.commands import Commands
from explorer.jobs import Jobs
from explorer.notices import Notices
from explorer.opening import Opener
from explorer.projecting import Projector
from explorer.session import Session
from explorer.settings import SettingsStore


@dataclass(frozen=True)
class AppContext:
    """One of each; views meet in ``session`` and nowhere else."""

    session: Session
    jobs: Jobs
    notices: Notices
    settings: SettingsStore
    commands: Commands
    opener: Opener
    asker: Asker
    projector: Projector
