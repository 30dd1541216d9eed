"""Runs that are scored on the way: when, what is kept, and what breaking them off changes."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits
from toy_task import ToyLearner, ToyTask

from models.errors import InputError
from models.events import Progress, finish
from models.training.best import best_score
from models.training.checkpoints import CHECKPOINT, RUN, read_checkpoint, read_run
from models.training.estimate import estimate
from models.training.events import Saved, Scored, StepDone
from models.training.history import read_history
from models.training.loop import train
from models.training.settings import Settings

SETTINGS = Settings(batch=16, steps=11, frames=3, measurements=2, score_every=4)


class JudgedTask(ToyTask):
    """The toy task, whose model is scored by a number that hangs on all its weights."""

    def start(self, device, settings):
        return JudgedLearner(self, device, settings)


class JudgedLearner(ToyLearner):
    def score(self):
        assert not self.model.training
        yield Progress("Scoring", 0, 2, "sentences")
        total = sum(float(p.detach().double().sum()) for p in self.model.parameters())
        yield Progress("Scoring", 1, 2, "sentences")
        return 50 + 40 * torch.sin(torch.tensor(1e3 * total, dtype=torch.float64)).item()


@pytest.fixture
def whole(tmp_path):
    """A whole run: its folder, result and events."""
    events = []
    result = finish(train(JudgedTask(), SETTINGS, tmp_path / "whole"), events.append)
    return tmp_path / "whole", result, events


def test_scores_come_before_the_first_step_at_every_fourth_and_at_the_end(whole):
    folder, result, events = whole
    scored = [event for event in events if isinstance(event, Scored)]
    assert [event.step for event in scored] == [0, 4, 8, 11]
    highest = float("-inf")
    for event in scored[1:]:
        assert event.best == (event.score > highest)
        highest = max(highest, event.score)
    assert not scored[0].best
    wanted = tuple((event.step, event.score) for event in scored)
    assert read_history(folder).scores == wanted
    assert result.best == best_score(wanted)
    assert result.best[1] == highest
    places = [type(event) for event in events]
    assert places.index(Scored) < places.index(StepDone)
    assert places[-1] is Saved and places.index(Scored) > 0


def test_the_best_weights_lie_beside_the_last(tmp_path):
    kept = {}

    class Watched(JudgedLearner):
        def score(self):
            kept[self.calls] = {n: t.clone() for n, t in self.model.state_dict().items()}
            return (yield from super().score())

    task = JudgedTask()
    task.start = lambda device, settings: Watched(task, device, settings)
    result = finish(train(task, SETTINGS, tmp_path / "run"))
    checkpoint = read_checkpoint(tmp_path / "run", read_run(tmp_path / "run"))
    same_bits(kept[result.best[0]], checkpoint.serving())
    same_bits(kept[11], checkpoint.part("model."))
    assert bool(checkpoint.part("best.")) == (result.best[0] < 11)


@pytest.mark.parametrize("stop", range(2, 30))
def test_broken_off_anywhere_a_run_ends_with_the_same_bits(whole, tmp_path, stop):
    work = train(JudgedTask(), SETTINGS, tmp_path / "broken")
    for _ in range(stop):
        try:
            next(work)
        except StopIteration:
            break
    work.close()
    result = finish(train(JudgedTask(), SETTINGS, tmp_path / "broken", resume=True))
    folder, unbroken, _ = whole
    same_bits(load_file(folder / CHECKPOINT), load_file(tmp_path / "broken" / CHECKPOINT))
    assert result.best == unbroken.best


def test_the_first_of_equal_scores_is_the_best_and_that_of_the_start_never():
    assert best_score([]) is None and best_score([(0, 90.0)]) is None
    assert best_score([(0, 90.0), (4, 70.0), (8, 80.0), (11, 80.0)]) == (8, 80.0)


def test_a_task_without_anything_to_score_by_is_not_scored(tmp_path):
    finish(train(ToyTask(), SETTINGS, tmp_path / "run"))
    assert read_history(tmp_path / "run").scores == ()
    tensors = load_file(tmp_path / "run" / CHECKPOINT)
    assert not [name for name in tensors if "best" in name or "scores" in name]


def test_a_run_from_before_there_were_scores_goes_on(tmp_path, monkeypatch):
    settings = replace(SETTINGS, score_every=0)
    work = train(ToyTask(), settings, tmp_path / "run")
    next(work)
    work.close()
    config = json.loads((tmp_path / "run" / RUN).read_text())["config"]
    monkeypatch.setattr("models.training.loop.read_run", lambda folder: _early(read_run(folder)))
    assert finish(train(ToyTask(), settings, tmp_path / "run", resume=True)).steps == 11
    assert config["plan"]["score_every"] == 0


def _early(run):
    config = json.loads(json.dumps(run.config))
    del config["settings"]["score_every"], config["plan"]["score_every"]
    return replace(run, config=config)


def test_an_estimate_counts_the_time_of_scores():
    task = JudgedTask()
    plain = finish(estimate(task, replace(SETTINGS, score_every=0)))

    class Slow(JudgedLearner):
        def score(self):
            import time

            time.sleep(0.05)
            return (yield from super().score())

    task.start = lambda device, settings: Slow(task, device, settings)
    assert finish(estimate(task, SETTINGS)).seconds > plain.seconds + 4 * 0.04


def test_a_score_cannot_be_asked_for_less_than_never(tmp_path):
    with pytest.raises(InputError, match="0 is never"):
        finish(train(JudgedTask(), replace(SETTINGS, score_every=-1), tmp_path / "run"))
