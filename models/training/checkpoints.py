"""The folder of a run: ``run.json``, ``checkpoint.safetensors``, ``probe-*.npy``, ``frames-*.npy``.

Every file appears whole, by atomic rename. A checkpoint holds the model ("model."), the
optimiser ("optimiser.") until the run is finished, what was measured so far ("history."), and
what the model was like when it scored best ("best."), unless it does so now; it names the run that
it belongs to. Both it and ``run.json`` carry a checksum, so that a file changed
by hand or by a failing disk is refused and not trained on.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import InputError
from models.files import atomic_path, content_key, write_json

if TYPE_CHECKING:
    from torch import Tensor

RUN = "run.json"
CHECKPOINT = "checkpoint.safetensors"
LOCK = ".lock"
#: The part of a model under which lies what only training needs, however much it learns.
TRAINING_ONLY = "training_only"
_FORMAT = 1


@dataclass(frozen=True)
class RunFile:
    """What ``run.json`` says.

    Attributes:
        config: all that fixes the run; a resumed run must have the same.
        free: settings that a continuation may change, such as the device.
        key: content key of ``config``, which every checkpoint of the run names.
    """

    config: Mapping[str, Any]
    free: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class Checkpoint:
    """The state after ``step`` updates; tensors by name, on the CPU."""

    step: int
    tensors: "Mapping[str, Tensor]"

    def part(self, prefix: str) -> "dict[str, Tensor]":
        """The tensors under ``prefix``, named without it."""
        named = self.tensors.items()
        return {n.removeprefix(prefix): t for n, t in named if n.startswith(prefix)}

    def serving(self) -> "dict[str, Tensor]":
        """The weights that serve after training: those that scored best, or else the last."""
        return served(self.part("best.") or self.part("model."))


def served(model: "Mapping[str, Tensor]") -> "dict[str, Tensor]":
    """The tensors of ``model`` without those that only training needs."""
    return {name: t for name, t in model.items() if not name.startswith(f"{TRAINING_ONLY}.")}


def write_run(folder: Path, config: Mapping[str, Any], free: Mapping[str, Any]) -> RunFile:
    """Makes ``folder`` a run's folder, in place of a run that ended before its first checkpoint.

    Raises:
        InputError: it holds a run, or something else, or cannot be written.
    """
    if (folder / CHECKPOINT).exists():
        raise InputError(f"{folder} holds a run already; resume it or choose another folder.")
    if any(path.name != LOCK for path in folder.iterdir()) and not (folder / RUN).exists():
        raise InputError(f"{folder} holds something else; choose another folder for the run.")
    value = {"format": _FORMAT, "config": dict(config), "free": dict(free)}
    write_json(folder / RUN, value | {"checksum": _checksum(value)})
    return read_run(folder)


def read_run(folder: Path) -> RunFile:
    """What ``write_run`` wrote.

    Raises:
        InputError: there is no run, it is of another version, or was changed by hand.
    """
    path = folder / RUN
    try:
        value = json.loads(path.read_text("utf-8"))
        checksum = value.pop("checksum")
        run = RunFile(value["config"], value["free"], content_key(_plain(value["config"])))
    except FileNotFoundError as error:
        raise InputError(f"{folder} is no training run: it has no {RUN}.") from error
    except OSError as error:
        raise InputError(f"{path} could not be read ({error.strerror or error}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is damaged: it does not describe a run.") from error
    if checksum != _checksum(value):
        raise InputError(f"{path} was changed after the run was started; undo that change.")
    if value.get("format") != _FORMAT:
        raise InputError(f"{path} was written by another version of this program.")
    return run


def write_checkpoint(folder: Path, run: RunFile, checkpoint: Checkpoint) -> Path:
    """Replaces the folder's checkpoint.

    Raises:
        InputError: it cannot be written; the one before is unchanged.
    """
    from safetensors.torch import save

    held = {n: t.detach().cpu().contiguous() for n, t in checkpoint.tensors.items()}
    about = {"run": run.key, "step": str(checkpoint.step)}
    about["digest"] = _digest(held, about)
    path = folder / CHECKPOINT
    with atomic_path(path) as temporary:
        temporary.write_bytes(save(held, about))
    return path


def read_checkpoint(folder: Path, run: RunFile) -> Checkpoint | None:
    """The folder's checkpoint, or None where the run ended before its first.

    Raises:
        InputError: it is damaged, was changed, or belongs to another run.
    """
    from safetensors import SafetensorError, safe_open

    path = folder / CHECKPOINT
    if not path.exists():
        return None
    try:
        with safe_open(str(path), framework="pt") as file:
            about = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        digest = about.pop("digest")
        step = int(about["step"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise InputError(f"{path} is damaged; the run cannot be resumed from it.") from error
    if digest != _digest(tensors, about):
        raise InputError(f"{path} was changed after it was written; the run cannot be resumed.")
    if about.get("run") != run.key:
        raise InputError(f"{path} belongs to another run than {folder / RUN} describes.")
    return Checkpoint(step, tensors)


def read_history_tensors(folder: Path, run: RunFile) -> "tuple[int, dict[str, Tensor]]":
    """The step and the history of the folder's checkpoint, without its weights, so unverified.

    Returns:
        0 and nothing where there is no checkpoint of this run that can be read.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(folder / CHECKPOINT), framework="pt") as file:
            about = dict(file.metadata() or {})
            if about.get("run") != run.key:
                return 0, {}
            names = [name for name in file.keys() if name.startswith("history.")]  # noqa: SIM118
            history = {n.removeprefix("history."): file.get_tensor(n) for n in names}
            return int(about["step"]), history
    except (SafetensorError, OSError, KeyError, ValueError):
        return 0, {}


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _checksum(value: Any) -> str:
    return content_key("run", _plain(value))


def _digest(tensors: "Mapping[str, Tensor]", about: Mapping[str, str]) -> str:
    import torch

    view: Any
    digest = hashlib.blake2b(digest_size=16)
    digest.update(_plain(dict(about)).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        view = tensor.flatten().view(torch.uint8).numpy()
        digest.update(view)
    return digest.hexdigest()
