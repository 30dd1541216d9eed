"""Work in a child process: the same events and result, and an end for every way to end."""

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from safetensors.torch import load_file
from test_training_loop import same_bits

from models.errors import InputError
from models.events import Progress, finish
from models.remote import Remote, remote
from models.training.checkpoints import CHECKPOINT
from models.training.events import Measured, Saved, Snapshot, StepDone
from models.training.history import read_history
from models.training.recipes.catalog import train_images
from models.training.recipes.simclr import PRESETS
from models.wire import find, pack, unpack

TRAIN = "models.training.recipes.catalog:train_images"
RESUME = "models.training.recipes.catalog:resume_images"
ADVICE = "lower the batch size"


def recipe(**settings):
    plain = PRESETS["laptop"]
    values = {"batch": 16, "steps": 4, "save_seconds": 0.0, **settings}
    return replace(plain, settings=replace(plain.settings, **values), probe=8)


def training(folder, **settings):
    arguments = {"recipe": recipe(**settings), "source": "shapes", "folder": folder, "limit": 60}
    return Remote(TRAIN, "The training", ADVICE, **arguments)


def steps_of(work, count):
    for event in work:
        if isinstance(event, StepDone) and event.step >= count:
            return


@pytest.mark.parametrize(
    "value",
    [
        recipe(),
        Measured(step=3, steps=9, alignment=0.1, uniformity=-2.0, knn=None),
        Saved(step=1, steps=2, path=Path("a") / "b"),
        {"a": (1, [2.5, None, "é"]), "b": True},
    ],
)
def test_values_cross_whole(value):
    assert unpack(json.loads(json.dumps(pack(value)))) == value


def test_arrays_cross_bit_by_bit_and_cannot_be_written():
    vectors = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    event = Snapshot(step=1, steps=2, vectors=vectors, labels=np.array([1, -1, 0]))
    again = unpack(json.loads(json.dumps(pack(event))))
    assert again.vectors.tobytes() == vectors.tobytes() and again.vectors.shape == (3, 2)
    assert again.labels.tolist() == [1, -1, 0] and again.labels.dtype == np.int64
    assert not again.vectors.flags.writeable
    assert math.isnan(unpack(json.loads(json.dumps(pack(float("nan"))))))


def test_nothing_but_this_packages_dataclasses_is_made():
    for name in ("os:system", "subprocess:Popen", "builtins:eval"):
        with pytest.raises(ValueError, match="not of this package"):
            find(name)
    with pytest.raises(ValueError, match="no dataclass"):
        unpack({"object": "models.files:write_text", "fields": {}})
    with pytest.raises(TypeError, match="does not cross"):
        pack(object())


def test_a_run_in_a_child_is_the_run_itself(tmp_path):
    here, there = [], []
    arguments = (recipe(), "shapes", tmp_path / "here", 60)
    own = finish(train_images(*arguments), here.append)
    result = finish(training(tmp_path / "there").work(), there.append)
    assert result == replace(own, folder=result.folder, seconds=result.seconds)
    assert result.folder == tmp_path / "there"
    losses = [[e.loss for e in events if isinstance(e, StepDone)] for events in (here, there)]
    assert losses[0] == losses[1] and len(losses[0]) == 4
    assert [e for e in there if isinstance(e, Measured)] == [
        e for e in here if isinstance(e, Measured)
    ]
    assert any(isinstance(e, Snapshot) for e in there)
    same_bits(*(load_file(tmp_path / name / CHECKPOINT) for name in ("here", "there")))


def test_it_waits_while_it_is_paused(tmp_path):
    run = training(tmp_path / "run", steps=2000)
    work = run.work()
    steps_of(work, 2)
    run.pause(True)
    for event in work:
        if type(event) is Progress and event.stage == "Paused":
            break
    seen = [next(work) for _ in range(5)]
    assert all(type(event) is Progress and event.stage == "Paused" for event in seen)
    run.pause(False)
    steps_of(work, 4)
    work.close()
    assert run.pid is None


def test_closing_saves_and_the_run_goes_on_from_there(tmp_path):
    run = training(tmp_path / "run", steps=6, save_seconds=1e9)
    work = run.work()
    steps_of(work, 2)
    work.close()
    step = read_history(tmp_path / "run").step
    assert 2 <= step <= 6 and run.pid is None
    finish(remote(RESUME, "The training", folder=tmp_path / "run"))
    finish(train_images(recipe(steps=6, save_seconds=1e9), "shapes", tmp_path / "whole", 60))
    same_bits(*(load_file(tmp_path / name / CHECKPOINT) for name in ("run", "whole")))


def test_a_killed_child_is_one_sentence_and_its_run_goes_on(tmp_path):
    run = training(tmp_path / "run", steps=400)
    work = run.work()
    steps_of(work, 3)
    os.kill(run.pid, signal.SIGKILL)
    with pytest.raises(InputError) as caught:
        finish(work)
    sentence = "The training stopped because its process was ended (signal 9); " + ADVICE + "."
    assert str(caught.value) == sentence
    step = read_history(tmp_path / "run").step
    assert step >= 2
    again = Remote(RESUME, "The training", folder=tmp_path / "run")
    work = again.work()
    first = next(event for event in work if isinstance(event, StepDone))
    assert first.step == step + 1
    work.close()


def test_a_child_whose_parent_is_gone_saves_and_ends(tmp_path):
    run = training(tmp_path / "run", steps=100_000, save_seconds=1e9)
    work = run.work()
    steps_of(work, 3)
    process = run._child.process
    process.stdin.close()
    assert process.wait(30) == 0
    assert read_history(tmp_path / "run").step >= 3
    work.close()


def test_what_the_work_refuses_is_refused_here(tmp_path):
    with pytest.raises(InputError, match="larger than the data"):
        finish(training(tmp_path / "run", batch=64).work())
    assert not (tmp_path / "run").exists()


def test_a_defect_brings_its_traceback():
    with pytest.raises(RuntimeError, match="TypeError"):
        finish(remote(TRAIN, "The training", wrong=1))


ORPHANING = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_remote import steps_of, training
run = training(Path({folder!r}), steps=100_000, save_seconds=1e9)
work = run.work()
steps_of(work, 3)
print(run.pid, flush=True)
"""


def test_a_window_that_closes_lets_its_run_save_itself(tmp_path):
    script = ORPHANING.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "run"))
    root = Path(__file__).parents[2]
    parent = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    lock = FileLock(tmp_path / "run" / ".lock")
    with lock.acquire(timeout=30):  # held by the child until it has saved
        assert int(parent.stdout) > 0
        assert read_history(tmp_path / "run").step >= 3
