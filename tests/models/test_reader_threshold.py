"""The threshold believes as many answers as it is to, and what it costs is counted right."""

import numpy as np
import pytest

from models.reader.threshold import believing, trade_off


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 300])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.95, 1.0])
def test_a_threshold_believes_what_it_must_and_no_more(count, share):
    odds = np.random.default_rng(count).normal(size=count)
    cut = believing(odds, share)
    assert (odds >= cut).mean() >= share - 1e-9
    higher = odds[odds > cut]
    assert not len(higher) or (odds >= higher.min()).mean() < share


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
