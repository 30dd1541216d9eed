"""A run that trains a reader by hand: on which questions, from which encoder, of which kind."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.views.training.fields import (
    FieldColumn,
    LengthFields,
    OptimiserFields,
    Wanted,
    choice,
)
from explorer.views.training.places import Place
from explorer.widgets import Button, DecimalField, Label, NumberField
from models.reader.recipe import PRESETS as RECIPES
from models.reader.recipe import ReaderRecipe
from models.reader.sample import BUNDLED
from models.text_encoders import shipped
from models.training.recipes.families import READERS

_RUNS = "models.reader.runs"
_PRESETS = (("laptop", "Some minutes on a laptop"), ("paper", "As BERT's authors have it"))
_KINDS = ((False, "With marked words"), (True, "Plain BERT"))
_WHY = {
    False: "Told which words question and passage share, it learns from few questions. It is kept "
    "as a few megabytes beside its encoder.",
    True: "As BERT's authors have it: no answer is the span at [CLS]. It needs more questions, and "
    "is exported as a model that transformers loads.",
}


class ReaderForm(FieldColumn):
    """A recipe of a reader; ``changed`` follows every change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.questions = Place(
            "Questions with answers",
            ((BUNDLED, "The sample"),),
            "Questions with answers, in SQuAD's form",
            file=True,
            parent=self,
        )
        self.base = Place("Encoder to begin with", _encoders(), "A BERT's folder", parent=self)
        self.preset = choice("Preset", _PRESETS)
        self.plain = choice("Kind of reader", _KINDS)
        self.why = Label("", "caption", wrap=True)
        self.numbers = LengthFields("questions", self)
        self.numbers.temperature.hide()
        self.open_more = Button("All settings", "quiet", "sliders")
        self.open_more.setCheckable(True)
        self.more = _More(self)
        self.more.hide()
        for part in (self.questions, self.base):
            self.column.addWidget(part)
        self.add("Preset", self.preset)
        self.add("Kind of reader", self.plain)
        for part in (self.why, self.numbers, self.open_more, self.more):
            self.column.addWidget(part)
        self.preset.activated.connect(self.show_preset)
        self.open_more.toggled.connect(self.more.setVisible)
        self.listen(self.questions, self.base, self.plain, self.numbers, self.more)
        self.changed.connect(lambda: self.why.setText(_WHY[bool(self.plain.currentData())]))
        self.show_preset()

    def wanted(self) -> Wanted:
        """The run that these fields describe."""
        source = self.questions.value
        return Wanted(
            method="reader",
            title=READERS.titles["reader"],
            source=source,
            train=f"{_RUNS}:train_reader",
            estimate=f"{_RUNS}:estimate_reader",
            arguments={"recipe": self.recipe(), "source": source, "limit": self.numbers.most},
        )

    def recipe(self) -> ReaderRecipe:
        """The preset with what was changed by hand."""
        plain = self._plain()
        net = replace(plain.net, base=self.base.value, plain=bool(self.plain.currentData()))
        settings = self.numbers.apply(plain.settings)
        return self.more.apply(replace(plain, settings=settings, net=net))

    def show_preset(self, _chosen: object = None) -> None:
        """Sets every field to what the chosen preset has."""
        plain = self._plain()
        self.plain.setCurrentIndex(self.plain.findData(plain.net.plain))
        self.numbers.show_settings(plain.settings, self.numbers.temperature.value)
        self.more.show_recipe(plain)
        self.changed.emit()

    def _plain(self) -> ReaderRecipe:
        return RECIPES[self.preset.currentData()]


class _More(FieldColumn):
    """What most people leave as the preset has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers = NumberField("Layers trained", 1, 48, 2)
        self.dropout = DecimalField("Dropout", 0, 0.9, 0.1)
        self.tokens = NumberField("Tokens of a passage at most", 32, 512, 128)
        self.probe = NumberField("Questions watched", 2, 1000, 48)
        self.impossible = DecimalField("Questions without an answer", 0, 4, 1)
        self.impossible.setToolTip(
            "The data's own questions without an answer, at most so many for each one with"
        )
        self.near = DecimalField("Wrong passages by BM25", 0, 4, 0.5)
        self.near.setToolTip("Passages that look right, so many for each question with an answer")
        self.every = NumberField("Steps between two scores", 0, 1_000_000, 100)
        self.every.setSpecialValueText("never")
        self.every.setToolTip(
            "F1 of questions set aside; the best weights serve, with the threshold from which on "
            "95 % of these are believed to be answered."
        )
        self.optimising = OptimiserFields(self)
        self.add_row(("Layers trained", self.layers), ("Dropout", self.dropout))
        self.add_row(("Tokens at most", self.tokens), ("Watched", self.probe))
        self.add_row(("Unanswerable", self.impossible), ("Wrong passages", self.near))
        self.add("Scored every so many steps", self.every)
        self.column.addWidget(self.optimising)
        self.listen(
            self.layers,
            self.dropout,
            self.tokens,
            self.probe,
            self.impossible,
            self.near,
            self.every,
            self.optimising,
        )

    def show_recipe(self, recipe: ReaderRecipe) -> None:
        self.layers.setValue(recipe.net.layers)
        self.dropout.setValue(recipe.net.dropout)
        self.tokens.setValue(recipe.net.max_length)
        self.probe.setValue(recipe.probe)
        self.impossible.setValue(recipe.impossible)
        self.near.setValue(recipe.near)
        self.every.setValue(recipe.settings.score_every)
        self.optimising.show_settings(recipe.settings)

    def apply(self, recipe: ReaderRecipe) -> ReaderRecipe:
        net = replace(
            recipe.net,
            layers=self.layers.value(),
            dropout=round(self.dropout.value(), 6),
            max_length=self.tokens.value(),
        )
        settings = replace(self.optimising.apply(recipe.settings), score_every=self.every.value())
        return replace(
            recipe,
            net=net,
            settings=settings,
            impossible=round(self.impossible.value(), 6),
            near=round(self.near.value(), 6),
            probe=self.probe.value(),
        )


def _encoders() -> tuple[tuple[str, str], ...]:
    """What ships, by short names: the field is narrow."""
    return tuple((name, title.removesuffix(" (bundled)")) for name, title in shipped())
