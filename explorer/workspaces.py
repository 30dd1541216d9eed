"""What a workspace is to the window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Workspace:
    """One page of the window, with its place in the rail.

    ``create`` is called once, when the page is first shown, with the context that the window was
    given and with the page's parent. ``shortcut`` is Ctrl and the place in the rail unless another
    is named.
    """

    id: str
    title: str
    icon: str
    create: Callable[[Any, QWidget], QWidget]
    shortcut: str = ""
