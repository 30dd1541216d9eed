"""Colours follow the classes, and the legend accounts for every point."""

import numpy as np
import pyarrow as pa

from explorer.views.sphere.coloring import (
    as_numbers,
    best_column,
    by_class,
    by_column,
    by_number,
    by_value,
)


def test_each_class_has_one_color_and_the_legend_counts_all_points():
    coloring = by_class(["b", "a", "b", ""])
    assert [(e.label, e.count) for e in coloring.legend] == [("b", 2), ("(empty)", 1), ("a", 1)]
    assert (coloring.colors[0] == coloring.colors[2]).all()
    assert len({tuple(c) for c in coloring.colors.tolist()}) == 3
    hexes = [f"#{bytes(coloring.colors[i]).hex()}" for i in (0, 3, 1)]
    assert hexes == [e.color for e in coloring.legend]


def test_beyond_24_classes_the_rest_is_one_grey_and_said():
    values = [f"c{i:02}" for i in range(40) for _ in range(40 - i)]
    coloring = by_class(values)
    assert len(coloring.legend) == 24
    assert coloring.legend[-1].label == "17 others"
    assert sum(e.count for e in coloring.legend) == len(values)


def test_numbers_become_a_ramp_and_empty_cells_stay_grey():
    values = [str(i / 2) for i in range(60)] + [""]
    coloring = by_column(values)
    assert coloring.ramp == (0.0, 29.5)
    assert coloring.legend == ()
    assert (coloring.colors[-1] == [138, 143, 156]).all()


def test_few_distinct_numbers_are_classes():
    assert len(by_column(["1", "2", "1"]).legend) == 2


def test_a_column_with_a_word_is_not_numbers():
    assert as_numbers(["1", "two"]) is None
    assert as_numbers(["", ""]) is None


def test_constant_values_do_not_divide_by_zero():
    assert np.isfinite(by_value(np.ones(3)).colors).all()
    assert by_value(np.full(2, np.nan)).ramp == (0.0, 0.0)


def test_empty_data_has_an_empty_coloring():
    assert by_class([]).colors.shape == (0, 3)


def test_the_default_column_is_the_first_that_groups():
    columns = {"id": ["1", "2", "3"], "one": ["a", "a", "a"], "kind": ["x", "y", "x"]}
    assert best_column(columns) == "kind"
    assert best_column({"id": ["1", "2"]}) is None


def test_a_column_in_pieces_is_coloured_like_a_list():
    values = [f"c{n % 31}" for n in range(500)]
    pieces = pa.chunked_array([pa.array(values[:90]), pa.array(values[90:])])
    one, other = by_class(values), by_class(pieces)
    assert one.legend == other.legend
    np.testing.assert_array_equal(one.colors, other.colors)
    numbers = pa.chunked_array([pa.array([f" {n}" for n in range(40)]), pa.array(["", "1e3"])])
    assert by_column(numbers).ramp == (0.0, 1000.0)


def test_clusters_of_the_same_name_are_one_class():
    coloring = by_number(np.array([0, 1, 1, 2, 2, 2], np.int32), ("a", "b", "a"))
    assert [(entry.label, entry.count) for entry in coloring.legend] == [("a", 4), ("b", 2)]
    assert coloring.classes.tolist() == [0, 1, 1, 0, 0, 0]
