"""A tiny base encoder and a handful of sentences, and SimCSE on them in a few steps."""

from dataclasses import replace

import torch
from tiny import WORDS, save_bert

from models.events import finish
from models.training.recipes import simcse
from models.training.recipes.text_catalog import TextSource, load_text_task

CPU = torch.device("cpu")
SMALL = {"steps": 5, "epochs": None, "batch": 8, "frames": 2, "measurements": 2, "rate": 1e-3}


def line(number, words=6):
    return " ".join(
        WORDS[(number * 7 + 3 * place * place + number // 5) % 22] for place in range(words)
    )


def write_files(folder):
    """A tiny base encoder, 60 sentences and 40 triplets."""
    save_bert(folder / "base")
    sentences = dict.fromkeys(f"{line(n)} {WORDS[n % 20]}" for n in range(200))
    (folder / "lines.txt").write_text("\n".join(list(sentences)[:60]))
    rows = [f"{line(n)},{line(n, 3)},{line(n + 50, 4)}" for n in range(40)]
    (folder / "nli.csv").write_text("\n".join(["sent0,sent1,hard_neg", *rows]))
    return folder


def recipe(files, method=simcse, **changes):
    plain = method.PRESETS["laptop"]
    settings = replace(plain.settings, **(SMALL | changes.pop("settings", {})))
    net = replace(plain.net, base=str(files / "base"), **changes.pop("net", {}))
    return replace(plain, settings=settings, net=net, **{"probe": 10, **changes})


def source(files, method=simcse):
    return TextSource(str(files / ("lines.txt" if method is simcse else "nli.csv")))


def task(files, method=simcse, **changes):
    return finish(load_text_task(recipe(files, method, **changes), source(files, method)))


def started(files, method=simcse, **changes):
    made = task(files, method, **changes)
    return made, made.start(CPU, made.recipe.settings)


def seeded(learner, rows, seed=3):
    """The loss of a training step, its dropout and its edits drawn from ``seed``."""
    learner.model.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return learner.loss(torch.tensor(rows), torch.Generator().manual_seed(seed))
