"""A tiny base encoder with questions and passages, and DPR on them in a few steps."""

from dataclasses import replace

import torch
from tiny import WORDS, save_bert

from models.data.dpr_questions import QuestionSource
from models.events import finish
from models.training.recipes.dpr import PRESETS
from models.training.recipes.dpr_catalog import load_dpr_task

CPU = torch.device("cpu")
SMALL = {"steps": 5, "epochs": None, "batch": 8, "frames": 2, "measurements": 2, "rate": 1e-3}


def write_files(folder):
    """A tiny base encoder, and 60 questions about 30 passages, each with one of three words."""
    save_bert(folder / "base")
    rows = []
    for n in range(60):
        one, two = WORDS[n % 20], WORDS[(n // 2 + 5) % 22]
        passage = f"the {one if n % 2 == 0 else WORDS[(n - 1) % 20]} is {two} and {n // 2} far"
        rows.append({"question": f"where {one} {two} {n} ?", "passage": passage, "title": one})
    table = ["question,passage,title", *(",".join(row.values()) for row in rows)]
    (folder / "questions.csv").write_text("\n".join(table))
    return folder


def recipe(files, **changes):
    plain = PRESETS["laptop"]
    settings = replace(plain.settings, **(SMALL | changes.pop("settings", {})))
    net = {"base": str(files / "base"), "max_length": 24, **changes.pop("net", {})}
    negatives = replace(plain.negatives, **changes.pop("negatives", {}))
    made = replace(plain, settings=settings, net=replace(plain.net, **net), negatives=negatives)
    return replace(made, **{"probe": 6, "similarity": "dot", "temperature": 1.0, **changes})


def source(files):
    return QuestionSource(str(files / "questions.csv"))


def task(files, **changes):
    return finish(load_dpr_task(recipe(files, **changes), source(files)))


def started(files, **changes):
    made = task(files, **changes)
    return made, made.start(CPU, made.recipe.settings)
