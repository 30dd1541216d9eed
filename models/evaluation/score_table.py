"""Encoders by tasks as a table: what was measured, beside what papers print and marked as that."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.data.senteval import TRANSFER_TASKS
from models.data.sts import STS_TASKS
from models.encoders.card import EncoderCard
from models.evaluation import published
from models.printed import number

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_NAMES = {"STSB": "STS-B", "SICKR": "SICK-R", "SST2": "SST-2"}


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of an encoder.

    Attributes:
        id: under which rows have it.
        title: above it.
        about: a sentence on what it is.
        best: which figure is the best; None where none is good without another.
        digits: behind the point.
    """

    id: str
    title: str
    about: str
    best: Literal["high", "low"] | None = "high"
    digits: int = 2

    def text(self, figure: float | None) -> str:
        """The figure as it is printed, with a real minus; "–" where there is none."""
        return "–" if figure is None else number(figure, self.digits)


@dataclass(frozen=True)
class Row:
    """One encoder.

    Attributes:
        name: of the encoder.
        about: its pooling, or the paper that prints its figures.
        published: whether they are a paper's.
        figures: by column; averages among them.
    """

    name: str
    about: str
    published: bool
    figures: Mapping[str, float]

    @property
    def title(self) -> str:
        """Name, and what it must not be read without."""
        about = f" (published, {self.about})" if self.published else f", {self.about}"
        return f"{self.name}{about}" if self.about else self.name


def _columns(tasks: Sequence[str], average: str, about: str) -> tuple[Column, ...]:
    titles = [(task, _NAMES.get(task, task)) for task in tasks]
    return (
        *(Column(task, title, f"{about} of {title}.") for task, title in titles),
        Column(average, "Average", f"The mean of all seven tasks, each counting once. {about}."),
    )


#: Groups of columns that are read together; each ends with what sums it up where anything does.
STS_COLUMNS = _columns(STS_TASKS, "sts", "Spearman × 100 of cosine and judgement on the test set")
TRANSFER_COLUMNS = _columns(
    TRANSFER_TASKS, "transfer", "Accuracy in percent of a linear classifier on frozen vectors"
)
OTHER_COLUMNS = (
    Column(
        "alignment",
        "Alignment",
        "Mean squared distance of the STS-B pairs judged above 4, at length 1; lower is closer, "
        "but all vectors in one place would reach 0.",
        None,
        3,
    ),
    Column(
        "uniformity",
        "Uniformity",
        "How evenly all sentences of STS-B lie on the sphere (t = 2); lower is more even, but "
        "random vectors would be.",
        None,
        3,
    ),
    Column(
        "ordered",
        "In order",
        "Percentage of triplets whose entailment is closer to the premise than the contradiction.",
    ),
    Column("margin", "Margin", "The mean margin of those cosines; it grows with spread.", None, 3),
)
AVERAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sts": STS_TASKS, "transfer": TRANSFER_TASKS}
)


def pooling_of(card: EncoderCard) -> str:
    """How token states become a vector: "mean pooling", "[CLS]"."""
    pooling = card.conventions.pooling
    return {"cls": "[CLS]", "lasttoken": "last token"}.get(pooling, f"{pooling} pooling")


def with_averages(figures: Mapping[str, float]) -> dict[str, float]:
    """Measured figures and the averages of which no task is missing."""
    result = dict(figures)
    for name, tasks in AVERAGES.items():
        if all(task in figures for task in tasks):
            result[name] = sum(figures[task] for task in tasks) / len(tasks)
    return result


def published_rows() -> tuple[Row, ...]:
    """A row for each encoder and paper, with what the paper prints of either kind of task."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for average, rows in (("sts", published.STS), ("transfer", published.TRANSFER)):
        for row in rows:
            figures = found.setdefault((row.name, row.paper), {})
            figures.update({**row.scores, average: row.average})
    return tuple(Row(*name, True, MappingProxyType(figures)) for name, figures in found.items())


def best(rows: Iterable[Row], column: Column) -> str | None:
    """The best measured figure of a column as it is printed; None where there is none."""
    known = [
        row.figures[column.id] for row in rows if not row.published and column.id in row.figures
    ]
    if not known or column.best is None:
        return None
    return column.text(max(known) if column.best == "high" else min(known))


def as_text(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """Aligned for a terminal."""
    wide = max(len(row.title) for row in rows) + 2
    lines = [" " * wide + "".join(f"{column.title:>9}" for column in columns)]
    for row in rows:
        cells = "".join(f"{cell:>9}" for cell in _cells(row, columns))
        lines.append(f"{row.title:{wide}}{cells}")
    return "\n".join(lines)


def as_csv(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """A row an encoder after a header (RFC 4180), figures in full; nothing where there is none."""
    target = io.StringIO()
    writer = csv.writer(target)
    names = [f"{column.id}_average" if column.id in AVERAGES else column.id for column in columns]
    writer.writerow(("encoder", "pooling", "published", *names))
    for row in rows:
        pooling, paper = ("", row.about) if row.published else (row.about, "")
        figures = [row.figures.get(column.id, "") for column in columns]
        writer.writerow((row.name, pooling, paper, *figures))
    return target.getvalue()


def as_markdown(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """A table with the best measured figure of each column in bold."""
    tops = [best(rows, column) for column in columns]
    lines = [
        "| Encoder | " + " | ".join(column.title for column in columns) + " |",
        "| --- |" + " ---: |" * len(columns),
    ]
    for row in rows:
        cells = [
            f"**{cell}**" if cell == top and not row.published else cell
            for cell, top in zip(_cells(row, columns), tops, strict=True)
        ]
        name = _MARKUP.sub(r"\\\1", " ".join(row.title.split()))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cells(row: Row, columns: Sequence[Column]) -> list[str]:
    return [column.text(row.figures.get(column.id)) for column in columns]
