"""Whose opinion is asked: the bundled encoder, any run, or a network that has learnt nothing."""

from PySide6.QtCore import QObject

from explorer.context import AppContext
from explorer.model_choice import ModelChoice
from models.augment.fresh import fresh_encoder
from models.encoders.image_folder import CONFIG, ImageEncoder, bundled_image_encoder
from models.events import Progress, Work
from models.training.recipes.catalog import BUNDLED, load_image_encoder

FRESH = "fresh"


class Encoders(ModelChoice):
    """Encoders of images; the run that is looked at in Training comes first."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        fixed = [(FRESH, "Untrained network")]
        if (bundled_image_encoder() / CONFIG).is_file():
            fixed.insert(0, (BUNDLED, "Bundled encoder"))
        super().__init__(context, parent, fixed, lambda card: card.kind == "image", _loading)
        self.want(context.session.run)

    @property
    def is_trained(self) -> bool:
        """Whether the one that is loaded has learnt anything."""
        return self.loaded_name not in ("", FRESH)


def _loading(name: str) -> Work[ImageEncoder]:
    yield Progress("Loading the encoder")
    if name == FRESH:
        return (yield from fresh_encoder())
    return load_image_encoder(name)
