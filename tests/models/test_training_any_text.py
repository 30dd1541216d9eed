"""Training on what people's files hold besides sentences: every script, one word, far too many."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from text_kit import recipe
from tiny import bert_config, save

from models.encoders.trainable import read_base
from models.errors import InputError
from models.events import Skipped, finish
from models.training.history import read_history
from models.training.recipes import diffcse, mlm, simcse, simcse_nli
from models.training.recipes.text import VIEWS
from models.training.recipes.text_catalog import TextSource, load_text_task, train_texts

pytestmark = pytest.mark.usefixtures("one_thread")
ODD = (
    "cat",
    "?",
    "猫がマットに座った。",
    "고양이가 매트 위에 앉았다",
    "جلست القطة على السجادة",
    "החתול ישב על המחצלת",
    "👩‍👩‍👧 🐈 👍🏽",
    "e\u0301te\u0301 \u202eabc\u202c zero\u200bwidth",
    "so " * 10_000,
    "x" * 5_000,
    "0",
    "the cat sat on a mat",
)
SHORT = {"steps": 2, "batch": 6}
EDITS = [views for views in VIEWS if views != "back-translation"]


def odd_lines(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_text("\n\n \n\t\n".join(ODD), "utf-8")
    return TextSource(str(path))


@pytest.mark.parametrize("views", EDITS)
def test_every_view_of_any_text_can_be_trained_on(files, tmp_path, views):
    plain = recipe(files, simcse, views=views, probe=4, settings=SHORT)
    finish(train_texts(plain, odd_lines(tmp_path), tmp_path / "run"))
    history = read_history(tmp_path / "run")
    assert np.isfinite(history.losses).all() and len(history.texts) == 6
    assert max(map(len, history.texts)) <= 500


def test_a_long_line_costs_no_more_than_what_is_read_of_it(files, tmp_path):
    task = finish(load_text_task(recipe(files, probe=4, settings=SHORT), odd_lines(tmp_path)))
    model = task.start(torch.device("cpu"), task.recipe.settings).model
    assert max(map(len, model.tokens(list(ODD)))) == 32


@pytest.mark.parametrize("method", [diffcse, mlm])
def test_words_are_hidden_in_any_text(files, tmp_path, method):
    from transformers import BertForMaskedLM

    base = tmp_path / "guesser"
    save(BertForMaskedLM(bert_config(num_hidden_layers=1)), base)
    plain = recipe(files, method, probe=4, settings={**SHORT, "epochs": None})
    plain = replace(plain, net=replace(plain.net, base=str(base)))
    finish(train_texts(plain, odd_lines(tmp_path), tmp_path / "run"))
    assert np.isfinite(read_history(tmp_path / "run").losses).all()
    # Nothing here is a word of this small vocabulary, so that nothing can be hidden.
    path = tmp_path / "unknown.txt"
    path.write_text("\n".join(f"{'猫' * n} {'犬' * n}" for n in range(1, 13)), "utf-8")
    finish(train_texts(plain, TextSource(str(path)), tmp_path / "unknown"))
    assert np.isfinite(read_history(tmp_path / "unknown").losses).all()


def test_triplets_of_any_text_and_what_is_left_out_of_them(files, tmp_path):
    rows = []
    for number, text in enumerate(ODD):
        for label in ("entailment", "contradiction", "neutral"):
            rows.append({"gold_label": label, "sentence1": f"{text} {number}", "sentence2": text})
    rows += [
        {"gold_label": "maybe", "sentence1": "a", "sentence2": "b"},
        {"gold_label": "entailment", "sentence1": "a"},
        {"gold_label": "entailment", "sentence1": "", "sentence2": "b"},
        {"gold_label": "-", "sentence1": "a", "sentence2": "b"},
        {"gold_label": "entailment", "sentence1": "no contradiction", "sentence2": "b"},
    ]
    path = tmp_path / "nli.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    events = []
    plain = recipe(files, simcse_nli, probe=4, settings={**SHORT, "epochs": None})
    finish(train_texts(plain, TextSource(str(path)), tmp_path / "run"), events.append)
    told = [event for event in events if isinstance(event, Skipped)]
    assert len(told) == 3 and "“maybe”" in told[0].why
    task = finish(load_text_task(plain, TextSource(str(path))))
    assert task.examples + len(task.texts.held) == len(ODD)
    assert np.isfinite(read_history(tmp_path / "run").losses).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 texts"),
        ("\n \n\t\n", "0 texts"),
        ("one\none\none\n", "1 texts"),
        ("one\ntwo\nthree\n", "too few texts"),
    ],
)
def test_too_little_text_is_one_sentence(files, tmp_path, text, words):
    path = tmp_path / "few.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        finish(train_texts(recipe(files), TextSource(str(path)), tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_the_bundled_triplets_can_be_trained_on(files):
    task = finish(load_text_task(recipe(files, simcse_nli), TextSource("bundled")))
    assert task.examples > 120 and all(len(example) == 3 for example in task.texts.train)
    assert read_base(str(files / "base")).key == task.base.key
