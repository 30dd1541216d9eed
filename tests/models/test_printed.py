"""Figures as text."""

import pytest

from models.printed import number, signed


@pytest.mark.parametrize(
    ("value", "digits", "plain", "with_sign"),
    [
        (-3.5558, 3, "−3.556", "−3.556"),
        (0.25, 2, "0.25", "+0.25"),
        (-0.0004, 3, "0.000", "0.000"),
        (0.0, 1, "0.0", "0.0"),
        (-12.0, 0, "−12", "−12"),
        (float("nan"), 1, "nan", "+nan"),
    ],
)
def test_a_minus_is_a_true_one_and_nothing_has_none(value, digits, plain, with_sign):
    assert (number(value, digits), signed(value, digits)) == (plain, with_sign)
