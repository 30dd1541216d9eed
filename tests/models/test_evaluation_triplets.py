"""Order and margin of triplets."""

import numpy as np
import pytest
from fakes import HashEncoder

from models.data.nli import Triplet
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.triplets import TripletScore, score_triplets
from models.events import Progress, finish


def test_order_and_margin_by_hand():
    score = TripletScore(
        *(np.array(c, np.float32) for c in ([0.9, 0.5, 0.2], [0.1, 0.5, 0.8], [0.0, 0.3, 0.1]))
    )
    assert score.ordered == pytest.approx(100 / 3)  # equally close is not in order
    np.testing.assert_allclose(score.margins, [0.8, 0, -0.6], atol=1e-6)
    assert score.margin == pytest.approx(0.2 / 3)
    assert not score.entailed.flags.writeable


def test_each_part_is_held_against_its_own_premise(tmp_path):
    triplets = (
        Triplet("a red cat", "a red cat", "nothing of this"),
        Triplet("a blue dog", "something else entirely", "a blue dog"),
    )
    events = []
    work = score_triplets(SentenceVectors(HashEncoder(64), tmp_path), triplets)
    score = finish(work, events.append)
    assert score.entailed[0] == pytest.approx(1, abs=1e-6)
    assert score.contradicted[1] == pytest.approx(1, abs=1e-6)
    assert score.ordered == 50
    assert all(isinstance(event, Progress) for event in events) and events


def test_lengths_do_not_count():
    triplets = (Triplet("a b c", "a b d", "x y z"),)

    class Long(HashEncoder):
        def forward(self, batch, role):
            lengths = np.arange(1, len(batch) + 1, dtype=np.float32)
            return super().forward(batch, role) * lengths[:, None]

    plain = finish(score_triplets(SentenceVectors(HashEncoder()), triplets))
    scaled = finish(score_triplets(SentenceVectors(Long()), triplets))
    np.testing.assert_allclose(scaled.margins, plain.margins, atol=1e-6)


def test_no_triplets_is_one_sentence():
    with pytest.raises(InputError, match="no triplets"):
        finish(score_triplets(SentenceVectors(HashEncoder()), ()))
