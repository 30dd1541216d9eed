"""A build that was broken off: what it was making, so that it can go on."""

import json
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from models.files import write_json
from models.project import Recipe

NAME = "unfinished.json"


@dataclass(frozen=True)
class Unfinished:
    """A recipe whose build in ``folder`` neither ended nor failed: it was killed or closed."""

    folder: Path
    name: str
    recipe: Recipe

    def write(self) -> None:
        """Marks the folder, before any work is done."""
        write_json(self.folder / NAME, {"name": self.name, "recipe": self.recipe.as_dict()})

    def forget(self) -> None:
        """Takes the mark away; what was embedded stays."""
        (self.folder / NAME).unlink(missing_ok=True)

    @classmethod
    def read(cls, folder: Path) -> "Unfinished | None":
        """The broken-off build in ``folder``, or None where there is none to speak of."""
        try:
            values = json.loads((folder / NAME).read_text("utf-8"))
            return cls(folder, str(values["name"]), Recipe.from_dict(values["recipe"]))
        except (OSError, ValueError, KeyError, TypeError, InputError):
            return None
