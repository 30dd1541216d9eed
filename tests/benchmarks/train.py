"""Images a second of the training loop against a plain PyTorch loop of the same step.

    python tests/benchmarks/train.py [steps a turn] [turns] [device] [preset]

Both train the same network from the same weights with the same augmentation, loss and optimiser;
the plain loop does nothing else. They take turns, so that a busy machine disturbs both alike.
"""

import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.augment.images import augment
from models.data.images import train_test
from models.encoders.image import build
from models.events import finish
from models.losses import nt_xent
from models.training.events import StepDone
from models.training.loop import LIVE, train
from models.training.optimisers import optimiser
from models.training.recipes.catalog import image_task
from models.training.recipes.simclr import PRESETS


def plain(task, device):
    """Yields after each step of a loop as one writes it by hand."""
    recipe, settings = task.recipe, task.recipe.settings
    model = build(recipe.net, 0).to(device)
    kind = settings.optimiser
    if kind == "adamw":
        adamw = torch.optim.AdamW(model.parameters(), settings.rate, weight_decay=settings.decay)
    else:
        lars = optimiser(kind, model.named_parameters(), momentum=0.9, decay=settings.decay)
    pixels = torch.from_numpy(task.train.pixels.copy()).to(device)
    generator = torch.Generator().manual_seed(0)
    cuda = device.type == "cuda"
    while True:
        order = torch.randperm(len(pixels), generator=generator)
        for rows in order.split(settings.batch)[: len(pixels) // settings.batch]:
            images = pixels[rows.to(device)].permute(0, 3, 1, 2).float() / 255
            views = augment(torch.cat([images, images]), recipe.augment, generator)
            views = views.contiguous(memory_format=torch.channels_last)
            with torch.autocast("cuda", torch.bfloat16) if cuda else nullcontext():
                first, second = model.project(views).chunk(2)
            loss = nt_xent(first, second, recipe.temperature)
            model.zero_grad()
            loss.backward()
            if kind == "adamw":
                adamw.step()
            else:
                lars.step(settings.rate)
            loss.item()
            yield


def seconds(work, steps):
    """Wall-clock time of ``steps`` steps and of all that happens between them."""
    started = time.perf_counter()
    seen = 0
    for event in work:
        seen += event is None or isinstance(event, StepDone)
        if seen == steps:
            break
    return time.perf_counter() - started


def main(steps=20, turns=6, device="cpu", preset="laptop"):
    """Prints images a second of three loops, and ratios to the plain one."""
    steps, turns = int(steps), int(turns)
    recipe = PRESETS[preset]
    train_set, test_set = finish(train_test("shapes", size=recipe.size))
    whole = (turns + 1) * steps + 1
    settings = replace(recipe.settings, steps=whole, epochs=None, device=device)
    # The clock runs on while the three others have their turn.
    settings = replace(settings, save_seconds=4 * settings.save_seconds)
    # As many looks a step as a run of the laptop preset has.
    frames, looks = max(1, whole * 100 // 800), max(1, whole * 20 // 800)
    settings = replace(settings, frames=frames, measurements=looks)
    task = image_task(replace(recipe, settings=settings), train_set, test_set)
    bare = replace(settings, frames=1, measurements=1)
    with tempfile.TemporaryDirectory() as folder:
        works = {
            "plain loop": plain(task, torch.device(device)),
            "the loop, looking at nothing": train(task, bare, Path(folder) / "a", live=0),
            "the loop, as a command": train(task, settings, Path(folder) / "b", live=0),
            f"the loop, {LIVE:.0%} for a watcher": train(task, settings, Path(folder) / "c"),
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
            print(f"{name}: {rate:,.0f} images/s, ratio {np.median(base / np.array(times)):.3f}")
        for work in works.values():
            work.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
