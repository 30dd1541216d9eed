"""Other models that training on text may take, and what its encoder is scored by."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.views.training.fields import FieldColumn
from explorer.views.training.places import Place
from explorer.widgets import DecimalField, NumberField
from models.text_encoders import shipped
from models.training.recipes.text import TRANSLATED, TextRecipe

_GUESSER = "explorer-mini-mlm"
_OWN = ("", "The encoder itself")


class Helpers(FieldColumn):
    """Generator, translators; only what the method takes is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        known = tuple((_GUESSER, _GUESSER) for name, _ in shipped() if name == _GUESSER)
        self.generator = Place(
            "Words are exchanged by",
            (_OWN, *known),
            "A masked language model's folder",
            parent=self,
        )
        self.detection = DecimalField("Weight λ of exchanged words", 1e-6, 100, 0.005)
        self.masked = DecimalField("Share of words that is hidden", 0.01, 0.99, 0.3)
        none = (("", "Choose a folder"),)
        self.there = Place(
            "Translates there", none, "A model that translates the sentences", parent=self
        )
        self.back = Place("Translates back", none, "A model that translates back", parent=self)
        self._parts = FieldColumn(self)
        self._parts.add_row(("Their weight, λ", self.detection), ("Words hidden", self.masked))
        self._parts.listen(self.detection, self.masked)
        for part in (self.generator, self._parts, self.there, self.back):
            self.column.addWidget(part)
        self.listen(self.generator, self._parts, self.there, self.back)

    def suit(self, method: str, views: str) -> None:
        """Shows what a run of this kind takes."""
        words, pairs = method == "diffcse", method == "simcse" and views == TRANSLATED
        self.generator.setVisible(words)
        self._parts.setVisible(words)
        self.there.setVisible(pairs)
        self.back.setVisible(pairs)
        self.setVisible(words or pairs)

    def show_recipe(self, recipe: TextRecipe) -> None:
        """Sets the numbers to what a preset has; models that were chosen stay."""
        self.detection.setValue(recipe.detection)
        self.masked.setValue(recipe.masked)

    def apply(self, recipe: TextRecipe) -> TextRecipe:
        """``recipe`` with these."""
        if recipe.method == "diffcse":
            return replace(
                recipe,
                generator=self.generator.value,
                detection=round(self.detection.value(), 8),
                masked=round(self.masked.value(), 4),
            )
        if recipe.translated:
            return replace(recipe, there=self.there.value, back=self.back.value)
        return recipe


class JudgeFields(FieldColumn):
    """Judged pairs by which the best weights are found, and how often."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = Place(
            "Best weights by",
            (("", "None: the last serve"),),
            "Judged pairs, such as sts-dev.csv",
            file=True,
            parent=self,
        )
        self.every = NumberField("Steps between two scores", 1, 1_000_000, 125)
        self._often = FieldColumn(self)
        self._often.add_row(("Scored every so many steps", self.every))
        self._often.listen(self.every)
        self.column.addWidget(self.place)
        self.column.addWidget(self._often)
        self.listen(self.place, self._often)
        self.place.changed.connect(self._suit)
        self._suit()

    def show_recipe(self, recipe: TextRecipe) -> None:
        """Sets how often to what a preset has."""
        self.every.setValue(recipe.settings.score_every or 125)

    def apply(self, recipe: TextRecipe) -> TextRecipe:
        """``recipe`` with these."""
        settings = recipe.settings
        if self.place.value:
            settings = replace(settings, score_every=self.every.value())
        return replace(recipe, settings=settings, dev=self.place.value)

    def _suit(self) -> None:
        self._often.setVisible(bool(self.place.value))
