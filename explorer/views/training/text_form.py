"""A run on sentences by hand: which encoder goes on learning, from what and how."""

from dataclasses import replace

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.views.training.fields import (
    PRESETS,
    FieldColumn,
    LengthFields,
    OptimiserFields,
    Wanted,
    choice,
)
from explorer.views.training.places import offer
from explorer.views.training.text_helpers import Helpers, JudgeFields
from explorer.widgets import (
    Button,
    DecimalField,
    IconButton,
    Label,
    LabelledSlider,
    NumberField,
)
from models.augment.text_spec import TEXT_METHODS
from models.text_encoders import shipped
from models.training.recipes.families import TEXTS
from models.training.recipes.text import CUTOFF, TRANSLATED, VIEWS, TextRecipe
from models.training.recipes.text_catalog import METHODS, TextSource

_CATALOG = "models.training.recipes.text_catalog"
_METHODS = (
    ("simcse", "SimCSE"),
    ("simcse-nli", "Supervised SimCSE, on triplets"),
    ("diffcse", "DiffCSE"),
    ("mlm", "Masked language model"),
)
_GUESSER = "explorer-mini-mlm"
_SAMPLES = ("Sample sentences", "Sample triplets")
_VIEWS = {"dropout": "Dropout alone", "same-mask": "The same mask twice"}


class TextForm(FieldColumn):
    """A recipe of SimCSE, with or without NLI, of DiffCSE, or of a masked language model;
    ``changed`` follows every change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = choice("Method", _METHODS)
        self.source = choice("Sentences", (("bundled", _SAMPLES[False]),))
        self.file = IconButton("file", "A file of sentences, or of NLI triplets …", size=16)
        self.base = choice("Encoder to begin with", _encoders())
        self.folder = IconButton("folder", "A model's folder …", size=16)
        self.preset = choice("Preset", PRESETS)
        self.views = choice("Two views differ by", tuple((v, _view(v)) for v in VIEWS))
        self.alpha = LabelledSlider(
            "Share that is changed", 0.05, 0.5, 0.1, 0.05, "{:.0%}".format, self
        )
        self.weight = DecimalField("Weight of hard negatives", 0.01, 100, 1.0)
        self.helpers = Helpers(self)
        self.numbers = LengthFields("examples", self)
        self.judge = JudgeFields(self)
        self.open_more = Button("All settings", "quiet", "sliders")
        self.open_more.setCheckable(True)
        self.more = _More(self)
        self.more.hide()
        self._build()
        self.method.activated.connect(self._begin)
        self.preset.activated.connect(self.show_preset)
        self.views.activated.connect(self._suit)
        self.open_more.toggled.connect(self.more.setVisible)
        self.listen(
            self.source,
            self.base,
            self.views,
            self.alpha,
            self.weight,
            self.helpers,
            self.numbers,
            self.judge,
            self.more,
        )
        self.file.clicked.connect(self._choose_file)
        self.folder.clicked.connect(self._choose_base)
        self.show_preset()

    def _build(self) -> None:
        self.add("Method", self.method)
        for title, box, button in (
            ("Sentences", self.source, self.file),
            ("Encoder to begin with", self.base, self.folder),
        ):
            self.column.addWidget(Label(title, "caption"))
            places = QHBoxLayout()
            places.setSpacing(0)
            places.addWidget(box, 1)
            places.addWidget(button)
            self.column.addLayout(places)
        self.add("Preset", self.preset)
        self._views_name, self._weight_name = (
            Label("Two views differ by", "caption"),
            Label("Weight of hard negatives, α", "caption"),
        )
        for part in (self._views_name, self.views, self.alpha, self._weight_name, self.weight):
            self.column.addWidget(part)
        for part in (self.helpers, self.numbers, self.judge, self.open_more, self.more):
            self.column.addWidget(part)

    def wanted(self) -> Wanted:
        """The run that these fields describe."""
        recipe = self.recipe()
        source = str(self.source.currentData())
        texts = TextSource(source, None, self.numbers.most)
        return Wanted(
            method=recipe.method,
            title=TEXTS.titles[recipe.method],
            source=source,
            train=f"{_CATALOG}:train_texts",
            estimate=f"{_CATALOG}:estimate_texts",
            arguments={"recipe": recipe, "texts": texts},
        )

    def recipe(self) -> TextRecipe:
        """The preset with what was changed by hand."""
        plain = self._plain()
        made = self.more.apply(
            replace(
                plain,
                settings=self.numbers.apply(plain.settings),
                net=replace(plain.net, base=str(self.base.currentData())),
                views=str(self.views.currentData()),
                alpha=round(self.alpha.value, 3),
                hard_negative_weight=round(self.weight.value(), 6),
                temperature=round(self.numbers.temperature.value, 3),
            )
        )
        return self.judge.apply(self.helpers.apply(made))

    def offer_corpus(self, path: str, title: str) -> None:
        """Offers the sentences of a project, without choosing them."""
        if self.source.findData(path) < 0:
            self.source.addItem(title, path)

    def add_source(self, path: str) -> None:
        """Offers a file of sentences or triplets, and chooses it."""
        offer(self.source, path)
        self.changed.emit()

    def show_preset(self, _chosen: object = None) -> None:
        """Sets every field to what the chosen preset has."""
        plain = self._plain()
        self.views.setCurrentIndex(self.views.findData(plain.views))
        self.alpha.set_value(plain.alpha)
        self.weight.setValue(plain.hard_negative_weight)
        self.numbers.show_settings(plain.settings, plain.temperature)
        self.helpers.show_recipe(plain)
        self.judge.show_recipe(plain)
        self.more.show_recipe(plain)
        self._suit()
        self.changed.emit()

    def _begin(self, _chosen: object = None) -> None:
        """Another method: its preset, and an encoder that it can begin with."""
        at = self.base.findData(_GUESSER)
        if (
            self.method.currentData() == "diffcse"
            and self.base.currentData() == "bundled"
            and at >= 0
        ):
            self.base.setCurrentIndex(at)  # exchanges words by itself, which the other cannot
        self.show_preset()

    def _suit(self, _chosen: object = None) -> None:
        """Only what means something to the method is shown."""
        pairs, triplets = (
            self.method.currentData() == "simcse",
            self.method.currentData() == "simcse-nli",
        )
        self._views_name.setVisible(pairs)
        self.views.setVisible(pairs)
        self.alpha.setVisible(pairs and self.views.currentData() not in (*_VIEWS, TRANSLATED))
        self._weight_name.setVisible(triplets)
        self.weight.setVisible(triplets)
        self.numbers.temperature.setVisible(self.method.currentData() != "mlm")
        self.helpers.suit(self.method.currentData(), str(self.views.currentData()))
        self.source.setItemText(self.source.findData("bundled"), _SAMPLES[triplets])

    def _plain(self) -> TextRecipe:
        plain: TextRecipe = METHODS[self.method.currentData()].PRESETS[self.preset.currentData()]
        return plain

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            "Sentences: one a line, CSV, STS; triplets: SNLI or MNLI JSONL, nli_for_simcse.csv",
        )
        if name:
            self.add_source(name)

    def _choose_base(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "A model's folder")
        if name:
            offer(self.base, name)
            self.changed.emit()


class _More(FieldColumn):
    """What most people leave as the preset has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pooling = choice("Pooling", (("cls", "[CLS]"), ("mean", "mean")))
        self.dropout = DecimalField("Dropout", 0, 0.9, 0.1)
        self.tokens = NumberField("Tokens of a text at most", 4, 512, 32)
        self.probe = NumberField("Sentences watched", 2, 1000, 128)
        self.optimising = OptimiserFields(self)
        self.add_row(("Pooling", self.pooling), ("Dropout", self.dropout))
        self.add_row(("Tokens at most", self.tokens), ("Sentences watched", self.probe))
        self.column.addWidget(self.optimising)
        self.listen(self.pooling, self.dropout, self.tokens, self.probe, self.optimising)

    def show_recipe(self, recipe: TextRecipe) -> None:
        self.pooling.setCurrentIndex(self.pooling.findData(recipe.net.pooling))
        self.dropout.setValue(recipe.net.dropout)
        self.tokens.setValue(recipe.net.max_length)
        self.probe.setValue(recipe.probe)
        self.optimising.show_settings(recipe.settings)

    def apply(self, recipe: TextRecipe) -> TextRecipe:
        net = replace(
            recipe.net,
            pooling=self.pooling.currentData(),
            dropout=round(self.dropout.value(), 6),
            max_length=self.tokens.value(),
        )
        settings = self.optimising.apply(recipe.settings)
        return replace(recipe, net=net, settings=settings, probe=self.probe.value())


def _encoders() -> tuple[tuple[str, str], ...]:
    """What ships, by short names: the field is narrow."""
    return tuple((name, title.removesuffix(" (bundled)")) for name, title in shipped())


def _view(name: str) -> str:
    """What people call a way in which two views differ."""
    if name in _VIEWS:
        return _VIEWS[name]
    if name.startswith(CUTOFF):
        return f"Cutoff of {name.removeprefix(CUTOFF)}s"
    return TEXT_METHODS[name].title
