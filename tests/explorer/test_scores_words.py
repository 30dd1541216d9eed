"""What the page of scores says of its figures, and what it remembers, without a window."""

from dataclasses import replace

from explorer.views.encoders.scores_rows import entry_of, lines, remembered
from explorer.views.encoders.scores_words import absent, facts
from models.data.senteval import TRANSFER_TASKS
from models.data.sts import STS_TASKS
from models.encoders.card import Conventions, EncoderCard
from models.evaluation.score_table import STS_COLUMNS, TRANSFER_COLUMNS
from models.evaluation.text_material import survey
from models.evaluation.text_scores import Score
from models.events import finish


def some_card():
    return EncoderCard("e", "bundled", "B", 4, Conventions("mean", True, "cosine", 8), "key", ())


def some_entry(**scores):
    return replace(entry_of(some_card(), 300), scores=scores)


def column(columns, name):
    return next(column for column in columns if column.id == name)


def test_words_of_a_transfer_task_name_folds_penalties_and_notes():
    folds, l2 = (80.0, 90.0, *[85.0] * 8), (1e-3, 1e-4, *[1e-4] * 8)
    score = Score("MR", "d", {"MR": 85.0}, 100, folds=folds, l2=l2)
    words = facts(column(TRANSFER_COLUMNS, "MR"), score)
    assert "85.00 % of 100 examples, the mean of ten folds" in words
    assert "80.00 % and the best at 90.00 %" in words
    assert "λ = 0.0001 in 9 of 10 folds, λ = 0.001 in 1 of 10 folds" in words
    score = Score("MRPC", "d", {"MRPC": 71.0}, 30, l2=(1e-5,), note="Tested on validation pairs.")
    words = facts(column(TRANSFER_COLUMNS, "MRPC"), score)
    assert "71.00 % of 30 test examples." in words and words.endswith("Tested on validation pairs.")
    assert "λ = 1e-05." in words


def test_an_average_needs_every_task():
    seven = {task: Score(task, "d", {task: 60.0 + at}, 9) for at, task in enumerate(STS_TASKS)}
    assert some_entry(**seven).row.figures["sts"] == 63
    del seven["STS13"]
    entry = some_entry(**seven)
    assert "sts" not in entry.row.figures and entry.about == "mean pooling, step 300"
    (line,) = [line for line in lines((entry,), None, STS_COLUMNS) if line.entry]
    assert "some are not measured" in absent(line, column(STS_COLUMNS, "sts"))


def test_papers_stand_where_they_print_something():
    names = [line.row.name for line in lines((), None, TRANSFER_COLUMNS)]
    assert names == ["SBERT", "SimCSE, unsupervised", "SimCSE, supervised"]
    assert set(TRANSFER_TASKS) <= {column.id for column in TRANSFER_COLUMNS}


def test_damaged_settings_are_passed_over():
    entry = some_entry()
    values = [entry.plain(), {"key": 3}, "x", {**entry.plain(), "name": None}, entry.plain()]
    assert remembered(values) == (entry,)
    assert remembered({"rows": 1}) == () and remembered(None) == ()


def test_a_survey_of_nothing_has_the_bundled_triplets():
    found = finish(survey(None, "bundled"))
    assert set(found.data) == {"triplets"}
