"""The workspaces in the order of the rail; this list is all that knows them."""

import gc
from importlib import import_module

from PySide6.QtWidgets import QWidget

from explorer.context import AppContext
from explorer.workspaces import Workspace
from models.events import Progress, Work


def _retrieval(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.retrieval.view import RetrievalView

    return RetrievalView(context, parent)


def _sphere(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.sphere.view import SphereView

    return SphereView(context, parent)


def _geometry(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.geometry.view import GeometryView

    return GeometryView(context, parent)


def _training(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.training.view import TrainingView

    return TrainingView(context, parent)


def _augmentation(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.augmentation.view import AugmentationView

    return AugmentationView(context, parent)


def _encoders(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.encoders.view import EncodersView

    return EncodersView(context, parent)


def _triplets(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.triplets.view import TripletsView

    return TripletsView(context, parent)


def _retrievers(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.retrievers.view import RetrieversView

    return RetrieversView(context, parent)


def _negatives(context: AppContext, parent: QWidget) -> QWidget:
    from explorer.views.negatives.view import NegativesView

    return NegativesView(context, parent)


WORKSPACES = (
    Workspace("retrieval", "Retrieval", "search", _retrieval),
    Workspace("sphere", "Sphere", "globe", _sphere),
    Workspace("geometry", "Geometry", "chart", _geometry),
    Workspace("training", "Training", "flask", _training),
    Workspace("augmentation", "Augmentation", "crop", _augmentation),
    Workspace("triplets", "Triplets", "triplet", _triplets),
    Workspace("negatives", "Negatives", "apart", _negatives),
    Workspace("encoders", "Encoders", "scales", _encoders),
    Workspace("retrievers", "Retrievers", "podium", _retrievers),
)


def reading_ahead() -> Work[None]:
    """Reads the code of all workspaces, so that none is waited for when it is first shown.

    What has been read lasts as long as the program. Python's collector, which stops every thread
    while it goes through all objects there are, is told to pass over it: a full round takes 40 ms
    and not 180, two or three dropped frames in place of a globe that stands still.
    """
    for done, workspace in enumerate(WORKSPACES):
        yield Progress("Reading the workspaces", done, len(WORKSPACES), "workspaces")
        import_module(f"explorer.views.{workspace.id}.view")
    gc.freeze()
