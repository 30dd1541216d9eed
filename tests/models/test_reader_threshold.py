"""The threshold is the best of all, and what it costs is counted right."""

import numpy as np
import pytest

from models.reader.threshold import balanced_threshold, trade_off


def balanced(odds, answered, cut):
    return ((odds[answered] >= cut).mean() + (odds[~answered] < cut).mean()) / 2


def test_no_other_threshold_is_better():
    rng = np.random.default_rng(2)
    for count in (2, 5, 40, 300):
        answered = rng.random(count) < 0.4
        answered[:2] = True, False
        odds = np.round(rng.normal(size=count) + answered, 1)  # with ties
        found = balanced(odds, answered, balanced_threshold(odds, answered))
        cuts = np.concatenate([np.unique(odds) + shift for shift in (-0.01, 0, 0.01)])
        assert found == pytest.approx(max(balanced(odds, answered, cut) for cut in cuts))


def test_between_what_is_apart_lies_the_middle():
    odds, answered = np.array([-3.0, -2.0, 4.0, 6.0]), np.array([False, False, True, True])
    assert balanced_threshold(odds, answered) == 1.0


def test_a_trade_off_keeps_what_it_says_and_no_more_than_it_must():
    rng = np.random.default_rng(3)
    answered = np.arange(400) < 200
    odds = rng.normal(size=400) + 1.5 * answered
    for (kept, seen), wanted in zip(trade_off(odds, answered), (95, 90, 80, 70), strict=True):
        assert wanted <= kept < wanted + 1
        cut = np.sort(odds[answered])[::-1][round(kept * 2) - 1]
        assert seen == pytest.approx(100 * (odds[~answered] < cut).mean())
    shares = [seen for _, seen in trade_off(odds, answered)]
    assert shares == sorted(shares)
