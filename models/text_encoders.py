"""Encoders of text by whatever name people have for them: also the runs that trained one."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.encoders import catalog
from models.encoders.base import Encoder
from models.encoders.settle import Overrides
from models.errors import InputError
from models.samples import assets
from models.training.checkpoints import RUN


def load_text(name: str, **overrides: Any) -> Encoder:
    """What ``models.encoders.catalog.load`` loads, and the encoder of a run as it is by now.

    Args:
        name: as ``catalog.load`` takes it, or the folder of a run on texts.
        overrides: conventions set by hand, as ``catalog.load`` takes them.

    Raises:
        InputError: as ``catalog.load``; nothing of the run has been saved yet; or it was trained
            on images, or is a reader's.
    """
    if not is_run(name):
        return catalog.load(name, **overrides)
    # All recipes come with it; the window, which knows of this module, starts without them.
    from models.training.shelf import read_card

    run = Path(name).expanduser().resolve()
    with encoder_folder(name) as folder:
        by_hand, title = Overrides(**overrides), read_card(run).title
        return catalog.load_folder(folder, by_hand, name=title, source=str(run))


@contextmanager
def encoder_folder(name: str) -> Iterator[Path]:
    """The folder of a model while it is needed; that of a run is written for the purpose.

    Raises:
        InputError: as ``load_text``.
    """
    if not is_run(name):
        yield catalog.bundled_folder() if name == catalog.BUNDLED else catalog.find(name)[0]
        return
    from models.training.recipes.runs import export_run
    from models.training.shelf import read_card

    run = Path(name).expanduser()
    kind = read_card(run).kind
    if kind == "image":
        raise InputError(f"The run in {run} was trained on images; it makes no vector of a text.")
    if kind == "reader":
        raise InputError(f"The run in {run} trained a reader; it makes no vector of a text.")
    home = Path(tempfile.mkdtemp(prefix="contrastive-explorer-"))
    try:
        folder = home / run.name
        export_run(run, folder)
        yield folder
    finally:
        shutil.rmtree(home, ignore_errors=True)  # some systems keep mapped files a little longer


def is_run(name: str) -> bool:
    """Whether ``name`` is the folder of a training run."""
    try:
        return (Path(name).expanduser() / RUN).is_file()
    except (OSError, RuntimeError, ValueError):  # too long, an unknown home, a null character
        return False


def shipped() -> tuple[tuple[str, str], ...]:
    """Name and title of each text encoder that comes with the program, the best one first."""
    own = sorted(path.parent.name for path in (assets() / "encoders").glob("*/config.json"))
    return (
        (catalog.BUNDLED, "all-MiniLM-L6-v2 (bundled)"),
        *((name, f"{name} (bundled)") for name in own),
    )
