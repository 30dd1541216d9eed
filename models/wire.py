"""Values as JSON between this program's own processes: frozen dataclasses, arrays, paths, tuples.

Nothing is executed to read them: a class is looked up by name among this package's dataclasses.
"""

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

_PACKAGE = "models."


def pack(value: Any) -> Any:
    """``value`` as JSON can keep it.

    Raises:
        TypeError: it is of a kind that does not cross.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [pack(item) for item in value]}
    if isinstance(value, Mapping):
        return {"mapping": {str(name): pack(item) for name, item in value.items()}}
    if isinstance(value, Path):
        return {"path": str(value)}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
        return {"array": data, "type": value.dtype.str, "shape": list(value.shape)}
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        held = {field.name: pack(getattr(value, field.name)) for field in fields(value)}
        return {"object": f"{kind.__module__}:{kind.__qualname__}", "fields": held}
    raise TypeError(f"{type(value).__name__} does not cross between processes.")


def unpack(value: Any) -> Any:
    """What ``pack`` was given; arrays are read-only, mappings are dictionaries.

    Raises:
        ValueError: it names something else than a dataclass of this package.
    """
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(unpack(item) for item in value["tuple"])
    if "mapping" in value:
        return {name: unpack(item) for name, item in value["mapping"].items()}
    if "path" in value:
        return Path(value["path"])
    if "array" in value:
        data = base64.b64decode(value["array"])
        return np.frombuffer(data, value["type"]).reshape(value["shape"])
    kind = find(value["object"])
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise ValueError(f"{value['object']} is no dataclass.")
    return kind(**{name: unpack(item) for name, item in value["fields"].items()})


def find(name: str) -> Any:
    """What ``module:name`` stands for, in this package alone.

    Raises:
        ValueError: the module is another's.
    """
    module, _, place = name.partition(":")
    if not module.startswith(_PACKAGE):
        raise ValueError(f"{name} is not of this package.")
    return getattr(import_module(module), place)
