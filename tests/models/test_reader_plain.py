"""A plain reader is BERT's own: the transformers library loads its export, and reads alike."""

import json
from dataclasses import replace

import numpy as np
import pytest
import reader_kit
import tiny

from models.errors import InputError
from models.events import finish
from models.reader.load import load_reader
from models.reader.plain import write_plain
from models.reader.runs import train_reader
from models.reader.saved import read_small
from models.training.recipes.runs import export_run

TEXT = "the cat sat on mat . the dog ran away from home ."


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A plain reader's run, and its export."""
    folder = tmp_path_factory.mktemp("plain")
    base, data = reader_kit.base(folder / "base"), reader_kit.squad(folder)
    recipe = reader_kit.recipe(base)
    recipe = replace(recipe, net=replace(recipe.net, plain=True))
    result = finish(train_reader(recipe, str(data), folder / "run"))
    export_run(folder / "run", folder / "whole", "Plain")
    return folder, result


def read(folder, question, *texts):
    return finish(load_reader(str(folder)).reading(question, [("", text) for text in texts]))


def test_it_learns_and_has_neither_marks_nor_a_head_for_relevance(made):
    folder, result = made
    assert result.first.knn < 60 and result.last.knn >= 75
    assert {name.split(".")[0] for name in read_small(folder / "run").tensors} == {"upper", "spans"}


def test_the_export_reads_as_the_run_does(made):
    folder = made[0]
    for question in ("where is cat ?", "where is dog ?", "who is passage ?"):
        ours, theirs = (read(folder / name, question, TEXT, "paris") for name in ("run", "whole"))
        assert [a.text for a in theirs.answers] == [a.text for a in ours.answers]
        np.testing.assert_allclose(
            [a.score for a in theirs.answers], [a.score for a in ours.answers], atol=1e-4
        )
        assert theirs.none == pytest.approx(ours.none, abs=1e-4)


def test_the_library_loads_it_whichever_segment_the_passage_is_of(made):
    import torch
    from transformers import AutoModelForQuestionAnswering

    folder = made[0] / "whole"
    model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    tokens = tiny.tokenizer()("where is dog ?", TEXT, return_tensors="pt")
    first = int((tokens["input_ids"][0] == tiny.tokenizer().sep_token_id).nonzero()[0]) + 1
    kinds = torch.zeros_like(tokens["input_ids"]), torch.ones_like(tokens["input_ids"])
    kinds[1][:, :first] = 0
    with torch.inference_mode():
        plain, typed = (model(**{**tokens, "token_type_ids": kind}).start_logits for kind in kinds)
    torch.testing.assert_close(plain, typed)
    word = tokens["input_ids"][0, first + int(plain[0, first:-1].argmax())]
    assert tiny.tokenizer().decode([word]) == read(folder, "where is dog ?", TEXT).answers[0].text


def test_the_threshold_goes_along(made):
    folder = made[0]
    threshold = read_small(folder / "run").threshold
    config = json.loads((folder / "whole" / "config.json").read_text())
    assert config["null_score_diff_threshold"] == pytest.approx(-threshold)
    assert config["architectures"] == ["BertForQuestionAnswering"]
    assert f"{-threshold:.3f}" in (folder / "whole" / "README.md").read_text()


def test_half_precision_is_half_as_large(made, tmp_path):
    whole = made[0] / "whole" / "model.safetensors"
    export_run(made[0] / "run", tmp_path / "half", half=True)
    half = tmp_path / "half" / "model.safetensors"
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    assert read(tmp_path / "half", "where is cat ?", TEXT).answers[0].text == (
        read(made[0] / "whole", "where is cat ?", TEXT).answers[0].text
    )


def test_a_reader_with_marks_has_no_such_form(made, tmp_path):
    reader = read_small(made[0] / "run")
    marked = replace(reader, spec=replace(reader.spec, plain=False))
    with pytest.raises(InputError, match="train a plain reader"):
        write_plain(marked, tmp_path / "out")


def test_a_threshold_that_is_no_number_is_refused(made, tmp_path):
    import shutil

    folder = shutil.copytree(made[0] / "whole", tmp_path / "copy")
    tiny.edit(folder / "config.json", null_score_diff_threshold="much")
    with pytest.raises(InputError, match="no valid null_score_diff_threshold"):
        load_reader(str(folder))
