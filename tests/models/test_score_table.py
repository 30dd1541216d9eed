"""The table of encoders by tasks, as text for terminals, spreadsheets and papers."""

import csv
import io

import pytest

from models.evaluation import published
from models.evaluation.score_table import (
    OTHER_COLUMNS,
    STS_COLUMNS,
    TRANSFER_COLUMNS,
    Row,
    as_csv,
    as_markdown,
    as_text,
    best,
    published_rows,
    with_averages,
)

ROWS = (
    Row("mine", "mean pooling", False, {"STSB": 82.034, "STS12": 70.0}),
    Row("a|b", "[CLS]", False, {"STSB": 82.031, "uniformity": -3.8049}),
    *published_rows(),
)
STSB = next(column for column in STS_COLUMNS if column.id == "STSB")


def test_an_average_is_of_all_tasks_or_none():
    tasks = {column.id: float(at) for at, column in enumerate(STS_COLUMNS[:-1])}
    assert with_averages(tasks)["sts"] == 3 and "transfer" not in with_averages(tasks)
    tasks.pop("STS14")
    assert with_averages(tasks) == tasks


def test_published_figures_are_those_of_the_papers_in_one_row_each():
    rows = {row.name: row for row in published_rows()}
    assert len(rows) == len(published_rows()) == 5 and all(row.published for row in rows.values())
    sup = rows["SimCSE, supervised"]
    assert sup.about == "Gao et al. 2021"
    assert (sup.figures["sts"], sup.figures["transfer"], sup.figures["STSB"]) == (
        81.57,
        86.51,
        84.25,
    )
    assert rows["DiffCSE"].figures == {"sts": 78.49}
    assert {row.name for row in published.STS} == set(rows)


def test_the_best_is_of_measured_rows_as_printed():
    assert best(ROWS, STSB) == "82.03"  # both reach it; the published 84.25 is not measured
    assert best(published_rows(), STSB) is None
    assert best(ROWS, OTHER_COLUMNS[1]) is None  # uniformity alone says nothing


def test_text_is_aligned_and_says_what_is_published():
    lines = as_text(ROWS, STS_COLUMNS).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("mine, mean pooling ") and lines[1].split()[-2:] == ["–", "–"]
    assert "SBERT (published, Gao et al. 2021)" in lines[4]


def test_csv_holds_figures_in_full():
    found = list(csv.DictReader(io.StringIO(as_csv(ROWS, (*STS_COLUMNS, *TRANSFER_COLUMNS)))))
    assert found[0]["STSB"] == "82.034" and found[0]["STS13"] == "" and found[0]["published"] == ""
    assert found[1]["encoder"] == "a|b" and found[1]["pooling"] == "[CLS]"
    assert found[-1]["published"] == "Gao et al. 2021" and found[-1]["sts_average"] == "81.57"


@pytest.mark.parametrize("columns", [STS_COLUMNS, OTHER_COLUMNS])
def test_markdown_escapes_names_and_marks_the_best(columns):
    lines = as_markdown(ROWS, columns).splitlines()
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert lines[3].startswith("| a\\|b, \\[CLS\\] |")
    if columns is STS_COLUMNS:
        assert "**82.03**" in lines[2] and "**82.03**" in lines[3] and "**84.25**" not in lines[-1]
    else:
        assert "−3.805" in lines[3] and "**" not in "".join(lines)
