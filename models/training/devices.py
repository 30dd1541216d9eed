"""The devices of this machine, and the sentences for what goes wrong on them."""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import InputError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Device:
    """``name`` is what settings take, ``label`` what a person reads."""

    name: str
    label: str


def devices() -> tuple[Device, ...]:
    """What this machine can train on, the quickest first; the CPU is always there."""
    import torch

    found = [
        Device(f"cuda:{n}" if n else "cuda", torch.cuda.get_device_name(n))
        for n in range(torch.cuda.device_count())
    ]
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU"))
    return (*found, Device("cpu", f"CPU, {torch.get_num_threads()} threads"))


def device(name: str) -> "torch.device":
    """The device called ``name``.

    Raises:
        InputError: there is none of this name here.
    """
    import torch

    names = [known.name for known in devices()]
    name = "cuda" if name == "cuda:0" else name
    if name not in names:
        raise InputError(f"This machine has no device {name}; it has {', '.join(names)}.")
    if name.startswith("cuda"):
        # All batches have one shape, so that searching for the best kernels pays.
        torch.backends.cudnn.benchmark = True
    return torch.device(name)


def present(name: str) -> str:
    """``name`` if this machine has that device, else its quickest."""
    names = [known.name for known in devices()]
    return name if name in names else names[0]


def share_cores() -> None:
    """Lets idle threads of a matrix product sleep soon; has to run before torch is imported.

    They would otherwise spin, and where another program (or this one's window) wants a core too,
    they spin in its way: on two cores, a step beside one busy process takes two to four times as
    long. Alone, a step is as quick as before.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")


def mixed(device: "torch.device", wanted: bool) -> AbstractContextManager[Any]:
    """Runs the layers within in bfloat16 where ``wanted`` and the device is quick at it."""
    import torch

    if wanted and device.type == "cuda":
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()


def trouble(error: Exception, device: str, batch: int, step: int, kept: str) -> InputError | None:
    """The sentence for an error that is the device's and not the program's, or None.

    Args:
        error: what a training step raised.
        step: the step in which it was raised.
        kept: a clause that says what of the run is kept.
    """
    import torch

    text = str(error)
    full = isinstance(error, MemoryError | torch.OutOfMemoryError)
    if full or "out of memory" in text or "can't allocate memory" in text:
        return InputError(
            f"{device} ran out of memory in step {step} with a batch of {batch}; "
            f"lower the batch size ({kept})."
        )
    signs = ("CUDA error", "CUDA driver", "MPS backend", "cuDNN")
    if device != "cpu" and isinstance(error, RuntimeError) and any(s in text for s in signs):
        return InputError(
            f"The device {device} stopped answering in step {step}; "
            f"resume the run there or on another device ({kept})."
        )
    return None


def free_memory(name: str) -> int | None:
    """Bytes that are free on the device called ``name``, or None where that cannot be known."""
    import torch

    if name.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(name))[0])
    try:
        text = Path("/proc/meminfo").read_text("ascii")
        line = next(line for line in text.splitlines() if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError, IndexError):
        return None
