"""Runs of every kind: gone on with, or their encoder put into a small folder of its own."""

from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from models.events import Work
from models.reader.plain import write_plain
from models.reader.runs import is_reader_run, resume_reader
from models.reader.saved import read_small, write_small
from models.training.loop import RunResult
from models.training.recipes.card import export_images
from models.training.recipes.catalog import resume_images
from models.training.recipes.dpr_card import export_dual
from models.training.recipes.dpr_catalog import resume_dpr
from models.training.recipes.text_card import export_text
from models.training.recipes.text_catalog import resume_texts
from models.training.shelf import read_card


@dataclass(frozen=True)
class Exported:
    """What was written: ``name`` is what to call it, ``about`` how it was trained and on what."""

    folder: Path
    name: str
    about: str


def resume_run(folder: Path, device: str | None = None) -> Work[RunResult]:
    """Goes on with the run in ``folder``.

    Args:
        device: None means the run's own, or the quickest where that is not there any more.

    Raises:
        InputError: as ``resume_images``, ``resume_texts``, ``resume_dpr`` and ``resume_reader``.
    """
    resumes = {
        "image": resume_images,
        "text": resume_texts,
        "question": resume_dpr,
        "reader": resume_reader,
    }
    return (yield from resumes[read_card(folder).kind](folder, device))


def export_run(run: Path, folder: Path, name: str = "", half: bool = False) -> Exported:
    """Writes the encoder of a run, without its optimiser and history, and its card.

    An image encoder is a folder of this program's own, and so is a reader that needs its base
    besides; a plain reader is a model for question answering of the transformers library; a text
    encoder is one that sentence-transformers loads as well, and so is each half of a dual encoder.

    Args:
        name: what to call it; by default the run's own name.
        half: keep a text encoder's or a plain reader's weights in half precision, as an image
            encoder's and other readers' always are.

    Raises:
        InputError: there is no run, nothing was saved yet, ``folder`` cannot be written, or
            ``half`` is asked of a dual encoder.
    """
    if is_reader_run(run):
        reader = read_small(run)
        if reader.spec.plain:
            write_plain(reader, folder, name, half)
        else:
            write_small(reader, folder, name)
        return Exported(folder, name or reader.name, reader.about)
    kind = read_card(run).kind
    if kind == "image":
        images = export_images(run, folder, name)
        return Exported(folder, images.name, images.about)
    if kind == "question":
        if half:
            raise InputError(f"{run} trained two encoders, which are kept in full precision only.")
        dual = export_dual(run, folder, name)
        return Exported(folder, dual.name, dual.about)
    text = export_text(run, folder, name, half)
    return Exported(folder, text.name, text.about)
