"""Sentences a second of the training loop against sentence-transformers' trainer, same step.

    python tests/benchmarks/train_text.py SENTENCES [steps a turn] [turns]

Unsupervised SimCSE from the bundled encoder: two views of 64 sentences of 32 tokens under dropout,
[CLS] through a linear layer with tanh, MultipleNegativesRankingLoss at scale 20 (τ = .05), AdamW,
gradients cut to length 1. They take turns, so that a busy machine disturbs both alike. The trainer
needs ``pip install "sentence-transformers[train]"``.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.encoders.catalog import bundled_folder
from models.events import finish
from models.training.events import StepDone
from models.training.loop import train
from models.training.recipes.simcse import PRESETS
from models.training.recipes.text_catalog import TextSource, load_text_task


def theirs(sentences: list[str], settings, folder: Path, tick: Callable[[], bool]) -> None:
    """Trains by their trainer; after each step it waits in ``tick``, and ends where that is so."""
    from datasets import Dataset
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
        models,
    )
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers import TrainerCallback

    class Wait(TrainerCallback):
        def on_step_end(self, args, state, control, **_):
            control.should_training_stop = tick()

    words = models.Transformer(str(bundled_folder()), max_seq_length=32)
    width = words.get_embedding_dimension()
    pooled = models.Pooling(width, pooling_mode="cls")
    head = models.Dense(width, width, activation_function=torch.nn.Tanh())
    model = SentenceTransformer(modules=[words, pooled, head], device="cpu")
    trainer = SentenceTransformerTrainer(
        model=model,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(folder),
            max_steps=settings.steps,
            per_device_train_batch_size=settings.batch,
            learning_rate=settings.rate,
            weight_decay=0.0,
            max_grad_norm=1.0,
            use_cpu=True,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_dict({"anchor": sentences, "positive": sentences}),
        loss=MultipleNegativesRankingLoss(model, scale=20.0),
        callbacks=[Wait()],
    )
    trainer.train()


def stepped(run: Callable[[Callable[[], bool]], None]) -> Iterator[None]:
    """What trains from beginning to end, as a generator that yields after each step."""
    go, done, over = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def tick() -> bool:
        done.release()
        go.acquire()
        return over.is_set()

    def whole() -> None:
        go.acquire()
        try:
            run(tick)
        finally:
            over.set()
            done.release()

    thread = threading.Thread(target=whole, daemon=True)
    thread.start()
    try:
        while True:
            go.release()
            done.acquire()
            if over.is_set():
                raise RuntimeError("Their trainer ended too early; what it said stands above.")
            yield
    finally:
        over.set()
        go.release()
        thread.join()


def seconds(work, steps: int) -> tuple[float, float]:
    """Time by the clock and on all cores of ``steps`` steps and of what happens between them.

    The other one waits meanwhile, so that the whole process's time on cores is that of one.
    """
    started = np.array([time.perf_counter(), time.process_time()])
    seen = 0
    for event in work:
        seen += event is None or isinstance(event, StepDone)
        if seen == steps:
            break
    return tuple(np.array([time.perf_counter(), time.process_time()]) - started)


def main(source, steps=4, turns=6):
    """Prints sentences a second of both, and the median ratio of paired turns."""
    steps, turns = int(steps), int(turns)
    recipe = PRESETS["paper"]
    whole = (turns + 1) * steps + 1
    settings = replace(recipe.settings, steps=whole, epochs=None, frames=1, measurements=1)
    settings = replace(settings, save_seconds=1e6)
    task = finish(load_text_task(replace(recipe, settings=settings), TextSource(source)))
    sentences = [text for (text,) in task.texts.train]
    with tempfile.TemporaryDirectory() as folder:
        ours = train(task, settings, Path(folder) / "ours", live=0)
        peer = stepped(lambda tick: theirs(sentences, settings, Path(folder) / "theirs", tick))
        works = {"sentence-transformers": peer, "the loop": ours}
        for work in works.values():
            seconds(work, steps)
        taken = {name: [] for name in works}
        for turn in range(turns):
            for name in list(works) if turn % 2 else reversed(works):
                taken[name].append(seconds(works[name], steps))
        base = np.array(taken["sentence-transformers"])  # (turns, 2)
        for name, times in taken.items():
            clock, cores = np.median(times, axis=0) / steps
            by_clock, by_cores = np.median(base / np.array(times), axis=0)
            print(
                f"{name}: {clock:.2f} s a step by the clock, {settings.batch / clock:.1f} "
                f"sentences/s, ratio {by_clock:.3f}; {cores:.2f} s on cores, ratio {by_cores:.3f}"
            )
        for work in works.values():
            work.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
