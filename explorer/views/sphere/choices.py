"""What may be chosen for the picture: the surface and the projection, by hand and by command."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.commands import Command
from explorer.widgets import Segmented

_SURFACES = (("globe", "Globe"), ("unrolled", "Unrolled"), ("flat", "Flat"))
_TECHNIQUES = (("pca", "PCA"), ("umap", "UMAP"))


def controls(saved: Mapping[str, Any]) -> tuple[Segmented, Segmented]:
    """The switches of the surface and of the projection, as they were left."""
    surface = _kept(saved.get("surface"), _SURFACES)
    technique = _kept(saved.get("technique"), _TECHNIQUES)
    return (
        Segmented(_SURFACES, "Surface", surface),
        Segmented(_TECHNIQUES, "Projection", technique),
    )


def commands(
    surface: Segmented, technique: Segmented, chosen: Callable[[str], None]
) -> list[Command]:
    """A command for each choice, which does what a click would."""

    def choose(control: Segmented, value: str) -> None:
        control.set_value(value)
        chosen(value)

    return [
        Command(
            f"sphere.{control.accessibleName().lower()}.{value}",
            f"{control.accessibleName()}: {title}",
            lambda c=control, v=value: choose(c, v),
            "Sphere",
        )
        for control, options in ((surface, _SURFACES), (technique, _TECHNIQUES))
        for value, title in options
    ]


def _kept(value: Any, options: tuple[tuple[str, str], ...]) -> str:
    return value if value in [option[0] for option in options] else options[0][0]
