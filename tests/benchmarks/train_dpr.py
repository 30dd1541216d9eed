"""Steps a second of DPR on the training loop against a plain PyTorch loop of the same step.

    python tests/benchmarks/train_dpr.py [steps a turn] [turns] [questions] [batch]

Both train two encoders from the same weights on the same passages with the same loss, clipping
and optimiser; the plain loop pads each batch to its longest text and does nothing else. They take
turns, so that a busy machine disturbs all alike. One looks at its probe set at the start and the
end alone, and one caches its gradients.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.data.dpr_questions import QuestionSource
from models.encoders.dual import build_dual
from models.events import finish
from models.losses import dpr_nll
from models.training.events import StepDone
from models.training.loop import train
from models.training.negatives import Drawer, free_rows
from models.training.recipes.dpr import PRESETS
from models.training.recipes.dpr_catalog import load_dpr_task


def plain(task):
    """Yields after each step of a loop as one writes it by hand."""
    recipe, train_set = task.recipe, task.questions.train
    settings = recipe.settings
    model = build_dual(recipe.net, task.base, recipe.shared, 0).train()
    drawer = Drawer(train_set, free_rows(task.questions), task.pools, recipe.negatives)
    adamw = torch.optim.AdamW(model.parameters(), settings.rate, weight_decay=0.0)
    generator = torch.Generator().manual_seed(0)
    while True:
        order = torch.randperm(len(train_set), generator=generator)
        for rows in order.split(settings.batch)[: len(order) // settings.batch]:
            batch = drawer.batch(rows.tolist(), generator)
            asked = model.side("question").embed([train_set[row].text for row in batch.questions])
            told = model.side("passage").embed([task.titled(row) for row in batch.contexts])
            loss, _ = dpr_nll(asked, told, batch.positives, batch.seen)
            model.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
            adamw.step()
            loss.item()
            yield


def seconds(work, steps):
    """Wall-clock time of ``steps`` steps and of all that happens between them."""
    started, seen = time.perf_counter(), 0
    for event in work:
        seen += event is None or isinstance(event, StepDone)
        if seen == steps:
            break
    return time.perf_counter() - started


def main(steps=3, turns=4, questions="bundled", batch=16):
    """Prints questions a second of the loops, and ratios to the plain one."""
    steps, turns = int(steps), int(turns)
    recipe = PRESETS["laptop"]
    whole = (turns + 1) * steps + 1
    # As many looks a step as a run of the laptop preset has.
    share = whole / recipe.settings.steps
    settings = replace(
        recipe.settings,
        steps=whole,
        batch=int(batch),
        frames=max(1, round(recipe.settings.frames * share)),
        measurements=max(1, round(recipe.settings.measurements * share)),
        save_seconds=300,
    )
    recipe = replace(recipe, settings=settings)
    task = finish(load_dpr_task(recipe, QuestionSource(questions)))
    bare = replace(settings, frames=1, measurements=1)
    cached = replace(task, recipe=replace(recipe, chunk=16))
    with tempfile.TemporaryDirectory() as folder:
        works = {
            "plain loop": plain(task),
            "the loop, looking at nothing": train(task, bare, Path(folder) / "c", live=0),
            "the loop, as a command": train(task, settings, Path(folder) / "a", live=0),
            "the loop, gradients cached by 16": train(cached, settings, Path(folder) / "b", live=0),
        }
        for work in works.values():
            seconds(work, steps)
        taken = {name: [] for name in works}
        for turn in range(turns):
            for name in list(works) if turn % 2 else reversed(works):
                taken[name].append(seconds(works[name], steps))
        base = np.array(taken["plain loop"])
        for name, times in taken.items():
            rate = steps * settings.batch / np.median(times)
            print(f"{name}: {rate:.2f} questions/s, ratio {np.median(base / np.array(times)):.3f}")
        for work in works.values():
            work.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
