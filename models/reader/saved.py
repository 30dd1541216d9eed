"""A small reader as a folder: what was trained of it, in half precision, and which base it needs.

``reader.json`` names the base and its key and from which log odds on an answer is believed,
``reader.safetensors`` holds the trained layers and heads, ``README.md`` is its card. A run is read
as it is by now.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.encoders.folder import read_object
from models.encoders.save_text import new_folder
from models.encoders.trainable import Base, read_base
from models.errors import InputError
from models.files import write_json, write_text
from models.reader.net import ReaderSpec
from models.reader.runs import is_reader_run, reopen_reader
from models.reader.sample import BUNDLED
from models.training.best import best_score, scores_of
from models.training.checkpoints import read_checkpoint, read_run

if TYPE_CHECKING:
    from torch import Tensor

FILE = "reader.json"
WEIGHTS = "reader.safetensors"
CARD = "README.md"
_FORMAT = 1
_THRESHOLD = "threshold"  # of readers that were written before there was one it is 0


@dataclass(frozen=True, eq=False)
class SavedReader:
    """A small reader read from its folder.

    Attributes:
        about: how it was trained, one sentence.
        threshold: log odds from which on an answer is believed.
    """

    name: str
    spec: ReaderSpec
    base: Base
    tensors: "Mapping[str, Tensor]"
    about: str
    threshold: float = 0.0


def is_small_reader(folder: Path) -> bool:
    """Whether ``folder`` holds a small reader, or a run that trains one."""
    return (folder / FILE).is_file() or is_reader_run(folder)


def read_small(folder: Path) -> SavedReader:
    """The small reader in ``folder``, or of the run there.

    Raises:
        InputError: a file is missing or damaged, nothing was saved yet, or the base is gone or
            another one now.
    """
    if not (folder / FILE).is_file():
        return _of_run(folder)
    said = read_object(folder / FILE)
    try:
        spec = ReaderSpec(**said["spec"])
        key, named, about = str(said["base"]["key"]), str(said["base"]["name"]), str(said["about"])
        threshold = float(said.get(_THRESHOLD, 0.0))
        known = said["format"] == _FORMAT
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder / FILE} does not describe a reader.") from error
    if not known:
        raise InputError(f"{folder / FILE} was written by another version of this program.")
    if not math.isfinite(threshold):
        raise InputError(f"{folder / FILE} has no valid {_THRESHOLD}.")
    base = _base(spec, key, named, folder)
    return SavedReader(folder.name, spec, base, _tensors(folder / WEIGHTS), about, threshold)


def write_small(reader: SavedReader, folder: Path, name: str = "") -> None:
    """Writes ``reader`` to ``folder``, which is new or empty, with a short card.

    Args:
        name: on the card; by default the reader's own.

    Raises:
        InputError: ``folder`` holds something already, or cannot be written.
    """
    from safetensors.torch import save_file

    said = {
        "format": _FORMAT,
        "spec": asdict(reader.spec),
        "base": {"name": reader.base.name, "key": reader.base.key},
        "about": reader.about,
        _THRESHOLD: reader.threshold,
    }
    with new_folder(folder) as place:
        save_file({n: t.half().contiguous() for n, t in reader.tensors.items()}, place / WEIGHTS)
        write_json(place / FILE, said)
        write_text(place / CARD, f"# {name or reader.name}\n\n{reader.about}\n")


def _of_run(folder: Path) -> SavedReader:
    recipe, source, _ = reopen_reader(folder)
    run = read_run(folder)
    checkpoint = read_checkpoint(folder, run)
    if checkpoint is None:
        raise InputError(f"The run in {folder} has no checkpoint yet.")
    told = run.config["base"]
    base = _base(recipe.net, str(told["key"]), str(told["name"]), folder)
    best = best_score(scores_of(checkpoint.part("history.")))
    heads = "one head" if recipe.net.plain else "three heads"
    data = "the bundled questions" if source == BUNDLED else Path(source).name
    about = (
        f"Reads answers out of passages: the top {recipe.net.layers} layers of {base.name} and "
        f"{heads}, trained on {data} for {best[0] if best else checkpoint.step:,} steps."
    )
    tensors = checkpoint.serving()
    found = tensors.pop(_THRESHOLD, None)  # runs of earlier versions have none
    threshold = 0.0 if found is None else float(found)
    return SavedReader(folder.name, recipe.net, base, tensors, about, threshold)


def untrained(folder: Path) -> SavedReader:
    """The reader that the run in ``folder`` began as: the base's layers under random heads.

    Raises:
        InputError: there is no reader's run, or its base is gone or another one now.
    """
    from models.reader.net import build_net

    recipe, _, _ = reopen_reader(folder)
    told = read_run(folder).config["base"]
    base = _base(recipe.net, str(told["key"]), str(told["name"]), folder)
    tensors = dict(build_net(recipe.net, base, recipe.settings.seed).state_dict())
    del tensors[_THRESHOLD]
    return SavedReader(f"{folder.name}, untrained", recipe.net, base, tensors, "Not trained.")


def _base(spec: ReaderSpec, key: str, name: str, folder: Path) -> Base:
    try:
        base = read_base(spec.base)
    except InputError as error:
        raise InputError(f"The reader in {folder} needs its base {name}. {error}") from error
    if base.key != key:
        raise InputError(
            f"The reader in {folder} was trained on top of {name}, and {base.folder} holds another "
            "version of it or another model."
        )
    return base


def _tensors(path: Path) -> "dict[str, Any]":
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise InputError(f"{path.parent} has no {path.name}: the reader's weights are missing.")
    try:
        return {name: tensor.float() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise InputError(
            f"{path} is cut short or is no safetensors file; copy or download it again."
        ) from error
