"""Encoders on the plane of alignment and uniformity: measured once, known ever after."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from senteval_folder import put
from tiny import save_bert

from models.comparison.plane import pairs_key, place, recall
from models.comparison.points import stsb_pairs
from models.encoders.catalog import load
from models.errors import InputError
from models.evaluation.text_material import GEOMETRY, read_material
from models.events import Progress, finish
from models.geometry import alignment, uniformity
from models.vectors import encode

PAIRS = (
    ("the cat sat on a mat", "a cat sat on the mat", 5.0),
    ("paris is in france", "paris is the capital of france", 4.2),
    ("the dog ran far away", "what is the capital of france ?", 0.0),
    ("a dog ran home", "the cat ran away", 2.4),
)


def write(path, pairs=PAIRS):
    lines = (f"main\tx\t2012\t{n}\t{g}\t{a}\t{b}\n" for n, (a, b, g) in enumerate(pairs))
    put(path, "".join(lines))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A tiny encoder, a file of pairs, and a place for scores that is this test's own."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))
    save_bert(tmp_path / "bert")
    write(tmp_path / "pairs.csv")
    return tmp_path


def test_figures_are_those_of_the_pairs(home):
    path = home / "pairs.csv"
    card = finish(place(str(home / "bert"), "mean", path))
    known = finish(recall(path, [card.key]))
    encoder = load(str(home / "bert"), pooling="mean")
    assert card.key == encoder.card.key
    sides = [encode([pair[at] for pair in PAIRS], encoder).array for at in (0, 1)]
    x, y = (torch.nn.functional.normalize(torch.from_numpy(side.copy())) for side in sides)
    (found,) = known.figures
    assert known.pairs == found.pairs == 4 and found.alike == 2
    assert found.alignment == pytest.approx(float(alignment(x[:2], y[:2])), abs=1e-5)
    assert found.uniformity == pytest.approx(float(uniformity(torch.cat([x, y]))), abs=1e-5)
    gold = [pair[2] for pair in PAIRS]
    expected = 100 * spearmanr(gold, (x * y).sum(1)).statistic
    assert found.spearman == pytest.approx(expected, abs=1e-4)


def test_what_is_known_is_not_measured_again_and_is_kept_by_content(home):
    path = home / "pairs.csv"
    card = finish(place(str(home / "bert"), None, path))
    stages = [event.stage for event in place(str(home / "bert"), None, path)]
    assert not any("Embedding" in stage or "STSB" in stage for stage in stages)
    moved = path.rename(home / "other.csv")
    assert finish(recall(moved, [card.key])).figures[0].key == card.key
    write(path, PAIRS[:3])
    assert finish(recall(path, [card.key])).figures == ()
    assert finish(recall(moved, ["unknown", card.key, card.key])).figures[0].key == card.key


def test_scores_are_shared_with_the_table_of_scores(home):
    folder = home / "senteval"
    write(folder / "STS" / "STSBenchmark" / "sts-test.csv")
    for task in ("STSB", GEOMETRY):
        data, pairs = finish(read_material(task, folder, None))
        assert data == pairs_key(pairs) == pairs_key(stsb_pairs(home / "pairs.csv"))


def test_it_can_be_closed_while_it_embeds(home):
    work = place(str(home / "bert"), None, home / "pairs.csv")
    stages = []
    for event in work:
        assert isinstance(event, Progress)
        stages.append(event.stage)
        if len(stages) == 3:
            work.close()
    assert len(stages) == 3
    card = finish(place(str(home / "bert"), None, home / "pairs.csv"))
    assert len(finish(recall(home / "pairs.csv", [card.key])).figures) == 1


def test_what_cannot_be_measured_is_one_sentence(home):
    write(home / "far.csv", PAIRS[2:])
    with pytest.raises(InputError, match="judged above 4"):
        finish(place(str(home / "bert"), None, home / "far.csv"))
    with pytest.raises(InputError, match="no encoder"):
        finish(place(str(home / "nothing"), None, home / "pairs.csv"))
    with pytest.raises(InputError, match="no folder"):
        finish(recall(home / "nowhere", []))
    put(home / "empty.csv", " \n")
    with pytest.raises(InputError, match="empty"):
        finish(recall(home / "empty.csv", []))


def test_equal_pairs_have_one_key_and_others_another(home):
    pairs = stsb_pairs(home / "pairs.csv")
    assert pairs_key(pairs) == pairs_key(stsb_pairs(home / "pairs.csv"))
    assert len({pairs_key(pairs), pairs_key(pairs[:3]), pairs_key(pairs[::-1])}) == 3
    assert np.array([pair.gold for pair in pairs]).max() == 5
