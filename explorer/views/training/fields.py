"""The settings that every method has: how long, how fast, where."""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.widgets import Choice, DecimalField, Label, LabelledSlider, NumberField, Segmented
from models.training.devices import Device
from models.training.settings import Settings

PRESETS = (("laptop", "Two minutes on a laptop"), ("paper", "As in the paper"))
_OPTIMISERS = (("adamw", "AdamW"), ("sgd", "SGD with momentum"), ("lars", "LARS"))
_SCALINGS = (("none", "as it is"), ("linear", "× batch / 256"), ("sqrt", "× √batch"))
_SCHEDULES = (("cosine", "half a cosine"), ("linear", "a straight line"))


@dataclass(frozen=True)
class Wanted:
    """A run as a form describes it.

    Attributes:
        method: its name; ``title`` is what people call it.
        source: where its data comes from.
        train, estimate: functions that return ``Work``, as ``models.remote`` names them.
        arguments: of both; ``train`` takes the run's folder besides.
    """

    method: str
    title: str
    source: str
    train: str
    estimate: str
    arguments: dict[str, Any]


class FieldColumn(QWidget):
    """Fields under their names in one column, some of them side by side."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._grids: list[QGridLayout] = []
        themes().changed.connect(self._fit)

    def add(self, title: str, field: QWidget) -> None:
        """A field below the others."""
        self.column.addWidget(Label(title, "caption"))
        self.column.addWidget(field)

    def add_row(self, *fields: tuple[str, QWidget]) -> None:
        """Fields side by side."""
        grid = QGridLayout()
        for place, (title, field) in enumerate(fields):
            grid.addWidget(Label(title, "caption"), 0, place)
            grid.addWidget(field, 1, place)
            grid.setColumnStretch(place, 1)
        self._grids.append(grid)
        self.column.addLayout(grid)

    def listen(self, *fields: QWidget) -> None:
        """Lets ``changed`` follow these fields."""
        for field in fields:
            if isinstance(field, Choice):
                field.activated.connect(lambda _: self.changed.emit())
            elif isinstance(field, NumberField | DecimalField):
                field.valueChanged.connect(lambda _: self.changed.emit())
            else:
                field.changed.connect(lambda *_: self.changed.emit())  # type: ignore[attr-defined]
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self.column.setSpacing(space(2))
        for grid in self._grids:
            grid.setHorizontalSpacing(space(2))
            grid.setVerticalSpacing(space(1))


class LengthFields(FieldColumn):
    """Length, batch, limit, seed and temperature."""

    def __init__(self, noun: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unit = Segmented((("steps", "Steps"), ("epochs", "Epochs")), "Length in", parent=self)
        self.length = NumberField("Length of the run", 1, 10_000_000, 500)
        self.batch = NumberField("Batch", 2, 65_536, 256)
        self.limit = NumberField(f"At most so many {noun}", 0, 10_000_000, 0)
        self.limit.setSpecialValueText("all")
        self.seed = NumberField("Seed", 0, 999_999, 0)
        self.temperature = LabelledSlider(
            "Temperature", 0.01, 1.0, 0.1, 0.01, "τ = {:.2f}".format, self
        )
        self.add("Length in", self.unit)
        self.add_row(("Length", self.length), ("Batch", self.batch))
        self.add_row((f"{noun.capitalize()} at most", self.limit), ("Seed", self.seed))
        self.column.addWidget(self.temperature)
        self.listen(self.unit, self.length, self.batch, self.limit, self.seed, self.temperature)

    @property
    def most(self) -> int | None:
        """How many examples are taken at most; None means all."""
        return self.limit.value() or None

    def show_settings(self, settings: Settings, temperature: float) -> None:
        """Sets the fields to what a preset has."""
        self.batch.setValue(settings.batch)
        self.unit.set_value("steps" if settings.steps else "epochs")
        self.length.setValue(settings.steps or settings.epochs or 1)
        self.temperature.set_value(temperature)

    def apply(self, settings: Settings) -> Settings:
        """``settings`` with these."""
        steps, length = self.unit.value == "steps", self.length.value()
        return replace(
            settings,
            batch=self.batch.value(),
            seed=self.seed.value(),
            epochs=None if steps else length,
            steps=length if steps else None,
        )


class OptimiserFields(FieldColumn):
    """Optimiser, learning rate and its schedule, decay, device."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.optimiser = choice("Optimiser", _OPTIMISERS)
        self.rate = DecimalField("Learning rate", 0.000001, 100, 0.001)
        self.scaling = choice("Scaling of the learning rate", _SCALINGS)
        self.schedule = choice("The learning rate falls along", _SCHEDULES)
        self.warmup = DecimalField("Warm-up epochs", 0, 10_000, 10)
        self.decay = DecimalField("Weight decay", 0, 1, 0.0001)
        self.device = choice("Device", (("cpu", "CPU"),))
        self.add("Optimiser", self.optimiser)
        self.add_row(("Learning rate", self.rate), ("scaled", self.scaling))
        self.add_row(("falls along", self.schedule), ("Warm-up epochs", self.warmup))
        self.add_row(("Weight decay", self.decay), ("Device", self.device))
        self.listen(
            self.optimiser,
            self.rate,
            self.scaling,
            self.schedule,
            self.warmup,
            self.decay,
            self.device,
        )

    def offer(self, devices: tuple[Device, ...]) -> None:
        """Names the devices of this machine; the quickest is chosen."""
        self.device.clear()
        for device in devices:
            self.device.addItem(f"{device.label} ({device.name})", device.name)

    def show_settings(self, settings: Settings) -> None:
        """Sets the fields to what a preset has; the device is the machine's and stays."""
        for box, value in (
            (self.optimiser, settings.optimiser),
            (self.scaling, settings.scaling),
            (self.schedule, settings.schedule),
        ):
            box.setCurrentIndex(box.findData(value))
        self.rate.setValue(settings.rate)
        self.warmup.setValue(settings.warmup_epochs)
        self.decay.setValue(settings.decay)

    def apply(self, settings: Settings) -> Settings:
        """``settings`` with these."""
        return replace(
            settings,
            optimiser=self.optimiser.currentData(),
            rate=round(self.rate.value(), 6),
            scaling=self.scaling.currentData(),
            schedule=self.schedule.currentData(),
            warmup_epochs=round(self.warmup.value(), 6),
            decay=round(self.decay.value(), 6),
            device=self.device.currentData(),
        )


def choice(name: str, options: tuple[tuple[object, str], ...]) -> Choice:
    """A folded choice with these ids and titles."""
    box = Choice()
    box.setAccessibleName(name)
    for key, title in options:
        box.addItem(title, key)
    return box
