"""Scores of an encoder: task by task, kept by content, and never measured twice."""

import numpy as np
import pytest
from fakes import HashEncoder
from senteval_folder import benchmark, folded, mrpc, put, sick

from models import text_encoders
from models.data.sts import Pair, read_sts
from models.errors import InputError
from models.evaluation.disagreement import disagreement
from models.evaluation.embedding import SentenceVectors
from models.evaluation.sts import pair_geometry, score_pairs
from models.evaluation.text_material import survey
from models.evaluation.text_scores import Loaded, Scored, ScoreShelf, measure
from models.events import finish
from models.wire import pack, unpack


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    benchmark(folder)
    sick(folder)
    folded(folder, "MR", "rt-polarity.pos", "rt-polarity.neg", 12)
    mrpc(folder, ("msr-para-train.tsv", "msr-para-val.tsv"), 12)
    return folder


@pytest.fixture
def triplets(tmp_path):
    path = tmp_path / "triplets.csv"
    put(path, "sent0,sent1,hard_neg\nA man sings.,Someone sings.,Nobody sings.\n")
    return path


@pytest.fixture
def encoder(monkeypatch):
    """What ``load_text`` returns."""
    made = HashEncoder(key="hashed")
    monkeypatch.setattr(text_encoders, "load_text", lambda source, **_: made)
    return made


def scores(events):
    return {event.score.task: event.score for event in events if isinstance(event, Scored)}


def test_a_survey_says_what_there_is_and_which_file_is_missing(data, triplets, tmp_path):
    found = finish(survey(data, triplets))
    assert set(found.data) == {"STSB", "SICKR", "geometry", "triplets", "MR", "MRPC"}
    assert "STS.input.MSRpar.txt" in found.missing["STS12"] and "custrev" in found.missing["CR"]
    assert found.pairs["STSB"] == read_sts(data, "STSB")
    assert found.sizes["STSB"] == 8 and found.sizes["triplets"] == 3 and found.sizes["MR"] == 24
    assert "No triplets are chosen." in finish(survey(data, None)).missing["triplets"]
    nothing = finish(survey(None, triplets))
    assert set(nothing.data) == {"triplets"}
    assert nothing.missing["STSB"] == "No SentEval folder is chosen."
    with pytest.raises(InputError, match="holds no task"):
        finish(survey(tmp_path / "data" / "MR", None))


def test_a_damaged_task_leaves_the_others(data):
    put(data / "SICK" / "SICK_test_annotated.txt", "a\tb\tc\td\te\nonly two\tcolumns\n")
    found = finish(survey(data, None))
    assert "STSB" in found.data and "2 columns" in found.missing["SICKR"]


def test_content_is_what_a_key_depends_on(data, tmp_path):
    before = finish(survey(data, None)).data
    path = data / "STS" / "STSBenchmark" / "sts-test.csv"
    path.write_text(path.read_text().replace("3.2", "3.4"))
    after = finish(survey(data, None)).data
    assert {task for task in before if before[task] != after[task]} == {"STSB", "geometry"}


def test_each_task_is_measured_as_alone(data, triplets, encoder):
    events = []
    tasks = ("STSB", "geometry", "triplets", "MR", "MRPC")
    card = finish(measure("any", None, tasks, data, triplets), events.append)
    (loaded,) = [event for event in events if isinstance(event, Loaded)]
    assert loaded.card == card == encoder.card and loaded.step is None
    found = scores(events)
    assert tuple(found) == tasks
    vectors, pairs = SentenceVectors(encoder), read_sts(data, "STSB")
    alone = finish(score_pairs(vectors, "STSB", pairs))
    assert found["STSB"].figures == {"STSB": alone.spearman} and found["STSB"].count == 4
    assert found["STSB"].subsets == alone.subsets
    lies = finish(pair_geometry(vectors, "STSB", pairs))
    assert found["geometry"].figures == {"alignment": lies.alignment, "uniformity": lies.uniformity}
    assert found["geometry"].alike == 1
    assert set(found["triplets"].figures) == {"ordered", "margin"}
    assert len(found["MR"].folds) == 10 and found["MR"].figures["MR"] == pytest.approx(
        np.mean(found["MR"].folds)
    )
    assert "validation pairs" in found["MRPC"].note
    for event in events:
        assert unpack(pack(event)) == event  # all of it crosses between processes


def test_what_is_kept_is_not_measured_again(data, encoder, tmp_path):
    shelf = ScoreShelf(tmp_path / "shelf")
    events, again = [], []
    finish(measure("any", None, ("STSB", "MR"), data, None, tmp_path / "shelf"), events.append)
    made = encoder.embedded
    finish(measure("any", None, ("STSB", "MR"), data, None, tmp_path / "shelf"), again.append)
    assert encoder.embedded == made > 0 and scores(again) == scores(events)
    score = scores(events)["STSB"]
    assert shelf.read("hashed", "STSB", score.data) == score
    np.testing.assert_array_equal(
        shelf.cosines("hashed", score),
        finish(score_pairs(SentenceVectors(encoder), "STSB", read_sts(data, "STSB"))).cosines,
    )
    assert (
        shelf.read("hashed", "STSB", "other") is None
        and shelf.read("x", "STSB", score.data) is None
    )
    for path in (tmp_path / "shelf").glob("*/STSB-*"):
        path.write_bytes(b"{")
    assert shelf.read("hashed", "STSB", score.data) is None
    assert shelf.cosines("hashed", score) is None


def test_closing_keeps_what_is_done(data, encoder, tmp_path):
    work = measure("any", None, ("STSB", "MR"), data, None, tmp_path / "shelf")
    for event in work:
        if isinstance(event, Scored):
            break
    work.close()
    assert [path.name.partition("-")[0] for path in (tmp_path / "shelf").glob("*/*.json")] == [
        "STSB"
    ]


def test_what_was_not_given_is_one_sentence(data, encoder):
    with pytest.raises(InputError, match="No triplets"):
        finish(measure("any", None, ("triplets",), data))
    with pytest.raises(InputError, match="custrev"):
        finish(measure("any", None, ("CR",), data))


def test_gaps_are_between_ranks_and_worst_pairs_come_by_direction():
    golds, cosines = (5, 4, 3, 2, 1), (0.1, 0.8, 0.7, 0.9, 0.2)
    pairs = [Pair(str(at), str(at), gold, "s") for at, gold in enumerate(golds)]
    found = disagreement(pairs, np.array(cosines, np.float32))
    # Ranks by judgement 5 4 3 2 1, by cosine 1 4 3 5 2.
    np.testing.assert_allclose(found.gaps, [-0.8, 0, 0, 0.6, 0.2])
    assert found.too_close(9) == (3, 4) and found.too_close(1) == (3,)
    assert found.too_far(9) == (0,)
