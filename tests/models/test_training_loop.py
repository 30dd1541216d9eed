"""The loop on a task without images: events in order, and runs that are broken off."""

import shutil
from itertools import chain

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from toy_task import ToyTask

from models.errors import InputError
from models.events import Progress, finish
from models.training.checkpoints import CHECKPOINT
from models.training.events import Measured, Saved, Snapshot, StepDone
from models.training.history import read_history
from models.training.loop import train
from models.training.settings import Settings, plan
from models.training.trainer import Trainer

SETTINGS = Settings(batch=16, steps=11, rate=0.01, warmup_epochs=0.5, frames=4, measurements=3)
OFTEN = Settings(**{**vars(SETTINGS), "save_seconds": 0.0})
KINDS = ("adamw", "sgd", "lars")


def with_kind(settings, kind):
    return Settings(**{**vars(settings), "optimiser": kind})


def tensors(folder):
    return load_file(folder / CHECKPOINT)


def same_bits(one, other):
    assert one.keys() == other.keys()
    for name in one:
        pair = [tensor.flatten().view(torch.uint8) for tensor in (one[name], other[name])]
        assert torch.equal(*pair), name


def steps_of(work, count):
    """Takes events up to and with the one that ends step ``count``, and leaves the work open."""
    for event in work:
        if isinstance(event, StepDone) and event.step == count:
            return


def test_events_come_in_order_and_agree_with_the_history(tmp_path):
    events = []
    result = finish(train(ToyTask(), SETTINGS, tmp_path / "run"), events.append)
    assert all(isinstance(event, Progress) for event in events)
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps] == list(range(1, 12))
    assert [event.epoch for event in steps] == [1] * 4 + [2] * 4 + [3] * 3
    assert {(event.done, event.total) for event in steps} == {(n, 11) for n in range(1, 12)}
    measured = [event for event in events if isinstance(event, Measured)]
    assert [event.step for event in measured] == [0, 4, 8, 11]
    assert (result.first, result.last, result.loss) == (measured[0], measured[-1], steps[-1].loss)
    assert isinstance(events[-1], Saved) and events[-1].path.name == CHECKPOINT

    history = read_history(tmp_path / "run")
    assert history.losses.tolist() == [event.loss for event in steps]
    assert list(history.measured) == measured
    assert history.frame_steps.tolist() == [0, 3, 6, 9, 11]
    snapshots = {event.step: event for event in events if isinstance(event, Snapshot)}
    for step, frame in zip(history.frame_steps, history.frames, strict=True):
        np.testing.assert_allclose(frame, snapshots[step].vectors, atol=1e-3)
    assert not snapshots[0].vectors.flags.writeable
    assert snapshots[0].vectors.dtype == np.float32
    assert (history.labels == ToyTask().labels).all()
    assert np.load(tmp_path / "run" / "probe-points.npy").shape == (8, 6)


def test_each_epoch_sees_each_example_at_most_once_in_another_order(tmp_path):
    task = ToyTask(examples=70)
    finish(train(task, SETTINGS, tmp_path / "run"))
    epochs = [list(chain(*task.seen[start : start + 4])) for start in (0, 4)]
    assert [len(set(epoch)) for epoch in epochs] == [64, 64]
    assert epochs[0] != epochs[1]


def test_the_seed_decides(tmp_path):
    other = Settings(**{**vars(SETTINGS), "seed": 1})
    for name, settings in (("a", SETTINGS), ("b", SETTINGS), ("c", other)):
        torch.manual_seed(hash(name))  # the process's own generator is of no account
        finish(train(ToyTask(), settings, tmp_path / name))
    same_bits(tensors(tmp_path / "a"), tensors(tmp_path / "b"))
    assert not torch.equal(
        tensors(tmp_path / "a")["model.0.weight"], tensors(tmp_path / "c")["model.0.weight"]
    )


def test_training_leaves_the_process_generator_alone(tmp_path):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    finish(train(ToyTask(), SETTINGS, tmp_path / "run"))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [0, 1, 3, 6, 10])
def test_stopped_and_resumed_equals_unbroken(tmp_path, kind, stop):
    settings = with_kind(SETTINGS, kind)
    finish(train(ToyTask(), settings, tmp_path / "whole"))
    work = train(ToyTask(), settings, tmp_path / "broken")
    if stop:
        steps_of(work, stop)
    else:
        next(work)
    work.close()
    finish(train(ToyTask(), settings, tmp_path / "broken", resume=True))
    same_bits(tensors(tmp_path / "whole"), tensors(tmp_path / "broken"))
    same_history(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_run_has_the_optimiser_of_an_unbroken_one(tmp_path, kind):
    settings = with_kind(SETTINGS, kind)
    for name, stops in (("whole", (8,)), ("broken", (3, 5, 8))):
        for stop in stops:
            work = train(ToyTask(), settings, tmp_path / name, (tmp_path / name).exists())
            steps_of(work, stop)
            work.close()
    one, other = tensors(tmp_path / "whole"), tensors(tmp_path / "broken")
    assert sum(name.startswith("optimiser.") for name in one) >= 6
    same_bits(one, other)


def test_a_finished_run_needs_no_optimiser(tmp_path):
    finish(train(ToyTask(), SETTINGS, tmp_path / "run"))
    assert not any(name.startswith("optimiser.") for name in tensors(tmp_path / "run"))


@pytest.mark.parametrize("kind", KINDS)
def test_killed_between_saves_and_resumed_equals_unbroken(tmp_path, kind):
    settings = with_kind(SETTINGS, kind)
    finish(train(ToyTask(), settings, tmp_path / "whole"))
    work = train(ToyTask(), settings, tmp_path / "first")
    steps_of(work, 4)
    work.close()  # saves step 4
    work = train(ToyTask(), settings, tmp_path / "first", resume=True)
    steps_of(work, 9)
    # What a kill leaves is what lies on disk now, five steps after the last save.
    shutil.copytree(tmp_path / "first", tmp_path / "broken")
    work.close()
    assert read_history(tmp_path / "broken").step == 4
    resumed = train(ToyTask(), settings, tmp_path / "broken", resume=True)
    events = []
    finish(resumed, events.append)
    assert next(event.step for event in events if isinstance(event, StepDone)) == 5
    same_bits(tensors(tmp_path / "whole"), tensors(tmp_path / "broken"))
    same_history(tmp_path)


def test_killed_between_frames_and_checkpoint_leaves_no_frame_twice(tmp_path):
    finish(train(ToyTask(), SETTINGS, tmp_path / "whole"))
    work = train(ToyTask(), OFTEN, tmp_path / "run")
    steps_of(work, 4)
    shutil.copytree(tmp_path / "run", tmp_path / "broken")
    steps_of(work, 6)  # a later frame, whose checkpoint the copy never gets
    for path in (tmp_path / "run").glob("frames-*.npy"):
        shutil.copy(path, tmp_path / "broken")
    work.close()
    assert len(read_history(tmp_path / "broken").frames) == 2
    finish(train(ToyTask(), OFTEN, tmp_path / "broken", resume=True))
    same_history(tmp_path)


def same_history(folder):
    whole, broken = (read_history(folder / name) for name in ("whole", "broken"))
    assert broken.losses.tolist() == whole.losses.tolist()
    assert broken.measured == whole.measured
    assert broken.frame_steps.tolist() == whole.frame_steps.tolist()
    assert (broken.frames == whole.frames).all()


def test_killed_before_the_first_save_starts_again(tmp_path):
    work = train(ToyTask(), SETTINGS, tmp_path / "first")
    steps_of(work, 2)
    shutil.copytree(tmp_path / "first", tmp_path / "broken")
    work.close()
    finish(train(ToyTask(), SETTINGS, tmp_path / "broken", resume=True))
    finish(train(ToyTask(), SETTINGS, tmp_path / "whole"))
    same_bits(tensors(tmp_path / "whole"), tensors(tmp_path / "broken"))


def test_a_finished_run_resumes_to_its_result(tmp_path):
    result = finish(train(ToyTask(), SETTINGS, tmp_path / "run"))
    again = finish(train(ToyTask(), SETTINGS, tmp_path / "run", resume=True))
    assert (again.steps, again.loss, again.last) == (result.steps, result.loss, result.last)


def test_no_listener_means_no_snapshots_besides_the_frames(tmp_path):
    events = []
    finish(train(ToyTask(), SETTINGS, tmp_path / "run", live=0), events.append)
    steps = [event.step for event in events if isinstance(event, Snapshot)]
    assert steps == [0, 3, 4, 6, 8, 9, 11]  # frames, and what measurements look at


def test_a_watcher_gets_more(tmp_path):
    events = []
    finish(train(ToyTask(), SETTINGS, tmp_path / "run", live=1e9), events.append)
    assert len([event for event in events if isinstance(event, Snapshot)]) == 12
    assert len(read_history(tmp_path / "run").frames) == 5


def test_a_glance_sees_a_quarter_anew_and_all_in_four(tmp_path):
    task = ToyTask()
    schedule = plan(SETTINGS, task.examples)
    trainer = Trainer(task, SETTINGS, schedule, torch.device("cpu"))
    seen = [trainer.observe()[0].vectors]
    trainer.update()
    for _ in range(4):
        seen.append(trainer.glance().vectors)
    whole = trainer.observe()[0].vectors
    fresh = [(vectors == whole).all(axis=1) for vectors in seen]
    for turn in range(5):
        assert fresh[turn].tolist() == [row < 4 * turn for row in range(16)]


def test_two_processes_do_not_share_a_run(tmp_path):
    work = train(ToyTask(), SETTINGS, tmp_path / "run")
    steps_of(work, 1)
    with pytest.raises(InputError, match="Another process is training"):
        finish(train(ToyTask(), SETTINGS, tmp_path / "run", resume=True))
    work.close()
