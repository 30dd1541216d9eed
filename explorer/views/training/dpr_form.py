"""A run on questions by hand: which passages answer them, and what they are told apart from."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.views.training.dpr_data import QuestionFields
from explorer.views.training.fields import (
    PRESETS,
    FieldColumn,
    LengthFields,
    OptimiserFields,
    Wanted,
    choice,
)
from explorer.views.training.places import Place
from explorer.widgets import Button, Chip, DecimalField, Label, NumberField
from models.text_encoders import shipped
from models.training.negatives import Negatives
from models.training.recipes.dpr import PRESETS as RECIPES
from models.training.recipes.dpr import DprRecipe
from models.training.recipes.families import QUESTIONS

_CATALOG = "models.training.recipes.dpr_catalog"
_ENCODERS = ((False, "Two: questions, passages"), (True, "One for both"))
#: In the order of the paper's table 3, from what it found best to what it compared with.
_MIXES = {
    "bm25-1": ("Whole batch + 1 by BM25", Negatives(hard=1)),
    "bm25-2": ("Whole batch + 2 by BM25", Negatives(hard=2)),
    "mixed": ("Whole batch + BM25 + random", Negatives(hard=1, random=1)),
    "random-1": ("Whole batch + 1 random", Negatives(hard=0, random=1)),
    "batch": ("The whole batch", Negatives(hard=0)),
    "own-bm25": ("7 of its own by BM25", Negatives(in_batch=False, hard=7)),
    "own-random": ("7 of its own, random", Negatives(in_batch=False, hard=0, random=7)),
    "own-gold": ("7 of its own, gold", Negatives(in_batch=False, hard=0, gold=7)),
}
_WHY = {
    "bm25": "BM25 finds passages that share words with a question; those that hold an answer are "
    "left out.",
    "random": "Random passages are easily told apart.",
    "gold": "Gold passages answer other questions.",
    "batch": "The passages of the other questions in the batch cost nothing more.",
}


class DprForm(FieldColumn):
    """A recipe of DPR; ``changed`` follows every change, ``table_chosen`` carries the path of a
    table whose columns are wanted."""

    table_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = QuestionFields(self)
        self.base = Place("Encoder to begin with", _encoders(), "A model's folder", parent=self)
        self.preset = choice("Preset", PRESETS)
        self.shared = choice("Encoders", _ENCODERS)
        self.negatives = choice("Told apart from", tuple((n, t) for n, (t, _) in _MIXES.items()))
        self.why = Label("", "caption", wrap=True)
        self.numbers = LengthFields("questions", self)
        self.open_more = Button("All settings", "quiet", "sliders")
        self.open_more.setCheckable(True)
        self.more = _More(self)
        self.more.hide()
        self.deviations = Label("", "caption", wrap=True)
        for part in (self.data, self.base):
            self.column.addWidget(part)
        self.add("Preset", self.preset)
        self.add("Encoders", self.shared)
        self.add("Told apart from", self.negatives)
        for part in (self.why, self.numbers, self.open_more, self.more, self.deviations):
            self.column.addWidget(part)
        self.data.table_chosen.connect(self.table_chosen)
        self.preset.activated.connect(self.show_preset)
        self.open_more.toggled.connect(self.more.setVisible)
        self.listen(self.data, self.base, self.shared, self.negatives, self.numbers, self.more)
        self.changed.connect(self._suit)
        self.show_preset()

    def offer_corpus(self, path: str, title: str) -> None:
        """Offers a project to search in, without choosing it."""
        self.data.offer_corpus(path, title)

    def wanted(self) -> Wanted:
        """The run that these fields describe."""
        recipe, source = self.recipe(), self.data.source
        return Wanted(
            method=recipe.method,
            title=QUESTIONS.titles[recipe.method],
            source=source,
            train=f"{_CATALOG}:train_dpr",
            estimate=f"{_CATALOG}:estimate_dpr",
            arguments={"recipe": recipe, "questions": self.data.questions(self.numbers.most)},
        )

    def recipe(self) -> DprRecipe:
        """The preset with what was changed by hand."""
        plain = self._plain()
        chosen = _MIXES[self.negatives.currentData()][1]
        made = self.more.apply(
            replace(
                plain,
                settings=self.numbers.apply(plain.settings),
                net=replace(plain.net, base=self.base.value),
                shared=bool(self.shared.currentData()),
                negatives=replace(chosen, pool=plain.negatives.pool),
            )
        )
        cosine = made.similarity == "cosine"
        temperature = round(self.numbers.temperature.value, 3) if cosine else 1.0
        return replace(made, temperature=temperature)

    def add_source(self, path: str) -> None:
        """Offers a file or a folder of questions, and chooses it."""
        self.data.add_source(path)

    def show_preset(self, _chosen: object = None) -> None:
        """Sets every field to what the chosen preset has."""
        plain = self._plain()
        self.shared.setCurrentIndex(self.shared.findData(plain.shared))
        self.negatives.setCurrentIndex(0)
        cosine = plain.similarity == "cosine"
        self.numbers.show_settings(plain.settings, plain.temperature if cosine else 0.05)
        self.more.show_recipe(plain)
        self.changed.emit()

    def _suit(self) -> None:
        """Only what means something is shown, and what the recipe is not."""
        self.numbers.temperature.setVisible(self.more.similarity.currentData() == "cosine")
        chosen = _MIXES[self.negatives.currentData()][1]
        kind = "bm25" if chosen.hard else "random" if chosen.random else "gold"
        self.why.setText(_WHY[kind if chosen.each else "batch"])
        deviations = self.recipe().deviations
        self.deviations.setVisible(bool(deviations))
        self.deviations.setText(f"Not as in the paper: {'; '.join(deviations)}.")

    def _plain(self) -> DprRecipe:
        plain: DprRecipe = RECIPES[self.preset.currentData()]
        return plain


class _More(FieldColumn):
    """What most people leave as the preset has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pooling = choice("Pooling", (("cls", "[CLS]"), ("mean", "mean")))
        self.similarity = choice("Similarity", (("dot", "dot product"), ("cosine", "cosine")))
        self.dropout = DecimalField("Dropout", 0, 0.9, 0.1)
        self.tokens = NumberField("Tokens of a text at most", 4, 512, 256)
        self.probe = NumberField("Questions watched", 2, 1000, 64)
        self.chunk = NumberField("Texts at once, gradients cached", 0, 4096, 0)
        self.chunk.setSpecialValueText("the batch")
        self.every = NumberField("Steps between two scores", 0, 1_000_000, 0)
        self.every.setSpecialValueText("never")
        self.every.setToolTip(
            "The rank of the right passage, for questions set aside; the best weights serve."
        )
        self.mask = Chip("Leave out false negatives", checkable=True)
        self.mask.setToolTip(
            "Passages of the batch that answer a question too are not counted against it."
        )
        self.optimising = OptimiserFields(self)
        self.add_row(("Pooling", self.pooling), ("Dropout", self.dropout))
        self.add_row(("Similarity", self.similarity), ("Tokens at most", self.tokens))
        self.add_row(("Questions watched", self.probe), ("Texts at once", self.chunk))
        self.add("Scored every so many steps", self.every)
        self.column.addWidget(self.mask)
        self.column.addWidget(self.optimising)
        self.mask.toggled.connect(lambda _: self.changed.emit())
        self.listen(
            self.pooling,
            self.similarity,
            self.dropout,
            self.tokens,
            self.probe,
            self.chunk,
            self.every,
            self.optimising,
        )

    def show_recipe(self, recipe: DprRecipe) -> None:
        self.pooling.setCurrentIndex(self.pooling.findData(recipe.net.pooling))
        self.similarity.setCurrentIndex(self.similarity.findData(recipe.similarity))
        self.dropout.setValue(recipe.net.dropout)
        self.tokens.setValue(recipe.net.max_length)
        self.probe.setValue(recipe.probe)
        self.chunk.setValue(recipe.chunk)
        self.every.setValue(recipe.settings.score_every)
        self.mask.setChecked(recipe.negatives.mask)
        self.optimising.show_settings(recipe.settings)

    def apply(self, recipe: DprRecipe) -> DprRecipe:
        net = replace(
            recipe.net,
            pooling=self.pooling.currentData(),
            dropout=round(self.dropout.value(), 6),
            max_length=self.tokens.value(),
        )
        return replace(
            recipe,
            net=net,
            settings=replace(
                self.optimising.apply(recipe.settings), score_every=self.every.value()
            ),
            negatives=replace(recipe.negatives, mask=self.mask.isChecked()),
            similarity=self.similarity.currentData(),
            chunk=self.chunk.value(),
            probe=self.probe.value(),
        )


def _encoders() -> tuple[tuple[str, str], ...]:
    """What ships, by short names: the field is narrow."""
    return tuple((name, title.removesuffix(" (bundled)")) for name, title in shipped())
