"""The workspaces in the order of the rail; this list is all that knows them."""

import gc
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from PySide6.QtWidgets import QWidget

from explorer.context import AppContext
from explorer.workspaces import Workspace
from models.events import Progress, Work


def _view(name: str) -> Callable[[AppContext, QWidget], QWidget]:
    """Makes the view of a workspace, whose code is read only then."""

    def create(context: AppContext, parent: QWidget) -> QWidget:
        view: QWidget = getattr(_module(name), f"{name.title()}View")(context, parent)
        return view

    return create


def _module(name: str) -> ModuleType:
    return import_module(f"explorer.views.{name}.view")


WORKSPACES = tuple(
    Workspace(name, name.title(), icon, _view(name))
    for name, icon in (
        ("retrieval", "search"),
        ("sphere", "globe"),
        ("geometry", "chart"),
        ("training", "flask"),
        ("augmentation", "crop"),
        ("triplets", "triplet"),
        ("negatives", "apart"),
        ("encoders", "scales"),
        ("retrievers", "podium"),
    )
)


def reading_ahead() -> Work[None]:
    """Reads the code of all workspaces, so that none is waited for when it is first shown.

    What has been read lasts as long as the program. Python's collector, which stops every thread
    while it goes through all objects there are, is told to pass over it: a full round takes 40 ms
    and not 180, two or three dropped frames in place of a globe that stands still.
    """
    for done, workspace in enumerate(WORKSPACES):
        yield Progress("Reading the workspaces", done, len(WORKSPACES), "workspaces")
        _module(workspace.id)
    gc.freeze()
