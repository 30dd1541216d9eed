"""Tensors out of safetensors files, checked on the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor


class Weights:
    """The tensors of a model's safetensors files by name.

    Raises:
        InputError: a file is cut short or is no safetensors file.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        from safetensors import SafetensorError, safe_open

        self.folder = files[0].parent
        self._homes: dict[str, Any] = {}
        for file in files:
            try:
                handle: Any = safe_open(str(file), framework="pt")
            except (SafetensorError, OSError) as error:
                raise InputError(
                    f"{file} is cut short or is no safetensors file; copy or download it again."
                ) from error
            self._homes.update(dict.fromkeys(handle.keys(), handle))

    def __contains__(self, name: str) -> bool:
        return name in self._homes

    def prefix_of(self, ending: str) -> str:
        """What stands before ``ending`` in the name of the one tensor that ends so.

        Raises:
            InputError: no tensor's name ends so.
        """
        for name in self._homes:
            if name.endswith(ending):
                return name.removesuffix(ending)
        raise InputError(f"The weights in {self.folder} have no tensor named {ending}.")

    def read(self, name: str, *shape: int) -> "Tensor":
        """One tensor as float32, copied so that the file may change or go afterwards.

        Raises:
            InputError: it is missing, or its shape is not ``shape``.
        """
        import torch

        if name not in self._homes:
            raise InputError(f"The weights in {self.folder} have no tensor named {name}.")
        tensor: Tensor = self._homes[name].get_tensor(name)
        if tuple(tensor.shape) != shape:
            raise InputError(
                f"The weights in {self.folder} do not fit its config.json: {name} has the shape "
                f"{tuple(tensor.shape)} where {shape} is declared."
            )
        return tensor.to(torch.float32, copy=True)
