"""What goes wrong in training: one sentence each, and the run as it was."""

import json
import shutil

import pytest
import torch
from test_training_loop import SETTINGS, same_bits, steps_of, tensors
from toy_task import ToyTask

from models.errors import InputError
from models.events import finish
from models.training.checkpoints import CHECKPOINT, RUN
from models.training.devices import device, devices, trouble
from models.training.history import read_history
from models.training.loop import train
from models.training.settings import Settings, plan


def changed(**values):
    return Settings(**{**vars(SETTINGS), **values})


def refused(task, settings, folder, resume=False):
    with pytest.raises(InputError) as caught:
        finish(train(task, settings, folder, resume))
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


@pytest.fixture
def run(tmp_path):
    """A run that was stopped after 4 of its 11 steps."""
    work = train(ToyTask(), SETTINGS, tmp_path / "run")
    steps_of(work, 4)
    work.close()
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"batch": 65}, "65 is larger than the data (64 examples)"),
        ({"batch": 1}, "no negatives"),
        ({"epochs": 2}, "one of the two"),
        ({"steps": None}, "one of the two"),
        ({"steps": -1}, "count from 1"),
        ({"rate": -0.1}, "learning rate of -0.1"),
        ({"rate": float("nan")}, "learning rate of nan"),
        ({"device": "cuda:7"}, "no device cuda:7"),
        ({"optimiser": "adagrad"}, "adagrad"),
    ],
)
def test_settings_that_cannot_be(tmp_path, values, words):
    assert words in refused(ToyTask(), changed(**values), tmp_path / "run")


def test_a_nan_loss_stops_and_keeps_the_last_good_checkpoint(run):
    before = tensors(run)

    def spoil(calls, loss, model):
        return loss * float("nan") if calls == 3 else loss

    sentence = refused(ToyTask(spoil=spoil), SETTINGS, run, resume=True)
    assert "step 7" in sentence and "lower the learning rate" in sentence
    assert "kept as of step 4" in sentence
    assert read_history(run).step == 4
    same_bits(before, tensors(run))
    finish(train(ToyTask(), SETTINGS, run, resume=True))
    assert read_history(run).step == 11


def test_weights_that_are_no_numbers_are_not_saved(run):
    def spoil(calls, loss, model):
        with torch.no_grad():
            model[4].bias[0] = float("inf")
        return loss

    work = train(ToyTask(spoil=spoil), SETTINGS, run, resume=True, live=0)
    steps_of(work, 5)
    with pytest.raises(InputError, match="lower the learning rate"):
        work.close()
    assert read_history(run).step == 4


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        MemoryError(),
    ],
)
def test_out_of_memory_names_the_batch_and_keeps_the_run(run, error):
    def spoil(calls, loss, model):
        if calls == 2:
            raise error
        return loss

    sentence = refused(ToyTask(spoil=spoil), SETTINGS, run, resume=True)
    assert "ran out of memory in step 6 with a batch of 16; lower the batch size" in sentence
    assert "kept as of step 4" in sentence
    assert read_history(run).step == 4


def test_a_device_that_vanishes():
    error = RuntimeError("CUDA error: device-side assert triggered")
    sentence = str(trouble(error, "cuda", 16, 5, "the run is kept as of step 4"))
    assert sentence == (
        "The device cuda stopped answering in step 5; resume the run there or on another device "
        "(the run is kept as of step 4)."
    )
    assert trouble(error, "cpu", 16, 5, "") is None


def test_an_error_of_the_program_is_not_dressed_up(tmp_path):
    def spoil(calls, loss, model):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        finish(train(ToyTask(spoil=spoil), SETTINGS, tmp_path / "run"))


def test_the_cpu_is_always_there():
    assert devices()[-1].name == "cpu"
    assert device("cpu") == torch.device("cpu")


def test_a_folder_with_a_run_is_not_written_over(run):
    before = (run / CHECKPOINT).read_bytes()
    assert "holds a run already" in refused(ToyTask(), SETTINGS, run)
    assert (run / CHECKPOINT).read_bytes() == before


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("unfinished")
    assert "something else" in refused(ToyTask(), SETTINGS, tmp_path)
    assert not (tmp_path / RUN).exists()


def test_a_run_that_failed_before_its_first_checkpoint_does_not_hold_the_folder(tmp_path):
    def spoil(calls, loss, model):
        raise MemoryError

    sentence = refused(ToyTask(spoil=spoil), changed(batch=32), tmp_path / "run")
    assert "lower the batch size (nothing was saved yet)" in sentence
    finish(train(ToyTask(), SETTINGS, tmp_path / "run"))
    assert read_history(tmp_path / "run").step == 11


def test_there_must_be_a_run_to_resume(tmp_path):
    assert "no run to resume" in refused(ToyTask(), SETTINGS, tmp_path / "none", resume=True)
    assert not (tmp_path / "none").exists()
    (tmp_path / "empty").mkdir()
    assert "no training run" in refused(ToyTask(), SETTINGS, tmp_path / "empty", resume=True)


def test_a_resumed_run_keeps_its_settings_and_data(run):
    sentence = refused(ToyTask(), changed(batch=32), run, resume=True)
    assert "batch was 16, not 32" in sentence
    assert "data.mean was 0.0, not 2.0" in refused(ToyTask(mean=2.0), SETTINGS, run, resume=True)
    finish(train(ToyTask(), changed(save_seconds=0.0), run, resume=True))


def edit(path, change):
    value = json.loads(path.read_text("utf-8"))
    change(value)
    path.write_text(json.dumps(value), "utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda run: run["config"]["settings"].update(rate=0.5), "was changed after"),
        (lambda run: run["free"].update(device="cuda"), "was changed after"),
        (lambda run: run.pop("checksum"), "damaged"),
        (lambda run: run.pop("config"), "damaged"),
        (lambda run: run.update(checksum="0"), "was changed after"),
    ],
)
def test_a_run_edited_by_hand(run, change, words):
    edit(run / RUN, change)
    assert words in refused(ToyTask(), SETTINGS, run, resume=True)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '{"a": 1}', "\xff"])
def test_a_run_file_that_is_none(run, text):
    (run / RUN).write_bytes(text.encode("latin-1"))
    assert "damaged" in refused(ToyTask(), SETTINGS, run, resume=True)


def test_a_checkpoint_that_was_cut_or_changed(run):
    path = run / CHECKPOINT
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    assert "damaged" in refused(ToyTask(), SETTINGS, run, resume=True)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "was changed after" in refused(ToyTask(), SETTINGS, run, resume=True)
    path.write_bytes(b"no tensors at all")
    assert "damaged" in refused(ToyTask(), SETTINGS, run, resume=True)


def test_a_checkpoint_of_another_run(run, tmp_path):
    other = tmp_path / "other"
    finish(train(ToyTask(), changed(seed=9), other))
    shutil.copy(other / CHECKPOINT, run)
    assert "another run" in refused(ToyTask(), SETTINGS, run, resume=True)


def test_frames_that_are_gone_are_missed(run):
    shutil.copytree(run, run.parent / "cut")
    (run / "frames-000000.npy").unlink()
    with pytest.raises(InputError, match="frames"):
        read_history(run)
    (run.parent / "cut" / "frames-000000.npy").write_bytes(b"none")
    with pytest.raises(InputError, match="damaged"):
        read_history(run.parent / "cut")


def test_a_warm_up_is_at_most_a_tenth_of_the_run():
    assert plan(changed(warmup_epochs=10), 64).warmup == 1
    assert plan(changed(steps=None, epochs=100, warmup_epochs=10), 64).warmup == 40
