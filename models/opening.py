"""A project together with the encoder that made it, ready to be searched."""

from pathlib import Path

from models.encoders.base import Encoder
from models.errors import InputError
from models.project import Project, Recipe
from models.retrieval.searcher import Searcher
from models.text_encoders import load_text


def encoder_of(recipe: Recipe) -> Encoder:
    """The encoder that a recipe names, with the conventions it sets by hand."""
    return load_text(recipe.encoder, **recipe.overrides)


def searcher_of(project: Project, encoder: Encoder) -> Searcher:
    """A searcher over ``project``.

    Raises:
        InputError: ``encoder`` is not the one that made the project's vectors, or an index file
            is damaged.
    """
    made_by = project.manifest.encoder
    if encoder.card.key != made_by.key:
        raise InputError(
            f"The index in {project.folder} was built with another version or setting of "
            f"{made_by.name}; build it again to search it with {encoder.card.name}."
        )
    return Searcher(project.passages, project.vectors, encoder, project.dense(), project.lexical())


def open_searcher(folder: Path) -> tuple[Project, Searcher]:
    """Opens a project folder and its encoder.

    Raises:
        InputError: no project there, or its encoder is gone or has changed since.
    """
    project = Project.open(folder)
    return project, searcher_of(project, encoder_of(project.manifest.recipe))
