"""Back-translation as training views: made once, kept, and taken up where they were broken off."""

import json
from dataclasses import replace

import pytest
import tiny
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from text_kit import recipe, seeded, source
from transformers import MarianConfig, MarianMTModel

from models.__main__ import main
from models.errors import InputError
from models.events import Progress, finish
from models.losses import simcse as simcse_loss
from models.training.checkpoints import CHECKPOINT
from models.training.recipes import translated
from models.training.recipes.runs import export_run, resume_run
from models.training.recipes.text_catalog import estimate_texts, load_text_task, train_texts

pytestmark = pytest.mark.usefixtures("one_thread")


def save_marian(folder, seed):
    config = MarianConfig(
        vocab_size=len(tiny.SPECIAL) + len(tiny.WORDS),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=40,
        pad_token_id=1,
        eos_token_id=3,
        forced_eos_token_id=None,
        decoder_start_token_id=1,
        init_std=0.3,
    )
    torch.manual_seed(seed)
    folder.mkdir()
    tiny.save(MarianMTModel(config), folder)
    # Marian's own tokenizer takes a library that need not be installed.
    tiny.edit(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    return str(folder)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two random translation models; what they say has no meaning, but hangs on the text."""
    root = tmp_path_factory.mktemp("translators")
    return save_marian(root / "there", 1), save_marian(root / "back", 2)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "translations"


def wanted(files, pair, **changes):
    return recipe(files, views="back-translation", there=pair[0], back=pair[1], **changes)


def test_the_second_view_is_the_translation_and_the_first_the_sentence(files, pair):
    made = finish(load_text_task(wanted(files, pair), source(files)))
    plain = finish(load_text_task(recipe(files), source(files)))
    assert [example[0] for example in made.texts.train] == [e[0] for e in plain.texts.train]
    assert made.texts.held == plain.texts.held and made.single
    assert made.texts.key != plain.texts.key
    views = [example[1] for example in made.texts.train]
    assert all(views) and sum(v != e[0] for v, e in zip(views, made.texts.train, strict=True)) > 40
    learner = made.start(torch.device("cpu"), made.recipe.settings)
    loss = seeded(learner, [0, 3, 5])
    rows = [made.texts.train[row] for row in (0, 3, 5)]
    torch.manual_seed(3)
    first, second = learner.model.project([*(r[0] for r in rows), *(r[1] for r in rows)]).chunk(2)
    assert torch.equal(loss, simcse_loss(first, second))


def test_views_are_made_once_and_hang_on_the_models(files, pair, home, monkeypatch):
    made = finish(load_text_task(wanted(files, pair), source(files)))
    assert len(list(home.iterdir())) == 2  # 50 sentences in blocks of 32
    with monkeypatch.context() as patch:
        patch.setattr(translated, "back_translate", lambda *_: pytest.fail("made again"))
        again = finish(load_text_task(wanted(files, pair), source(files)))
    assert again.texts.train == made.texts.train and again.texts.key == made.texts.key
    swapped = finish(load_text_task(wanted(files, pair[::-1]), source(files)))
    assert swapped.texts.key != made.texts.key and len(list(home.iterdir())) == 4
    for path in home.iterdir():
        path.write_text("[1]" if path.stem < "8" else "{", "utf-8")
    whole = finish(load_text_task(wanted(files, pair), source(files)))
    assert whole.texts.key == made.texts.key


def test_what_was_made_before_a_stop_is_kept(files, pair, home):
    work = load_text_task(wanted(files, pair), source(files))
    seen = []
    for event in work:
        seen.append(event)
        if event == Progress("Translating", 32, 50, "sentences"):
            break
    work.close()
    assert len(list(home.iterdir())) == 1
    stopped = home / next(home.iterdir()).name
    before = stopped.stat().st_mtime_ns
    finish(load_text_task(wanted(files, pair), source(files)))
    assert stopped.stat().st_mtime_ns == before and len(list(home.iterdir())) == 2


def test_stopped_and_resumed_equals_unbroken(files, pair, home, tmp_path):
    finish(train_texts(wanted(files, pair), source(files), tmp_path / "whole"))
    work = train_texts(wanted(files, pair), source(files), tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    for path in home.iterdir():
        path.unlink()  # they are made again, and are the same
    finish(resume_run(tmp_path / "broken"))
    whole, broken = (load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "broken"))
    same_bits(whole, broken)
    export_run(tmp_path / "whole", tmp_path / "out")
    assert "translated and back" in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_an_estimate_translates_a_part_and_counts_the_rest(files, pair, home, monkeypatch):
    clock = iter(range(0, 10**6, 100))
    monkeypatch.setattr(translated.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(translated, "_BLOCK", 10)
    seconds = finish(
        translated.translation_seconds(
            finish(load_text_task(recipe(files), source(files))).texts,
            translated.translators(*pair),
        )
    )
    monkeypatch.undo()
    assert seconds == 100 * 4  # one of five blocks was made for it


def test_an_estimate_of_the_whole_run_makes_no_more_than_a_part(files, pair, tmp_path):
    guess = finish(estimate_texts(wanted(files, pair), source(files)))
    assert guess.steps == 5 and guess.seconds > 0


def test_the_command_takes_two_folders(files, pair, tmp_path, capsys):
    line = ["train", "simcse", "--data", str(files / "lines.txt"), "--base", str(files / "base")]
    line += ["--batch", "8", "--probe", "6", "--steps", "2", "--json", "--out", str(tmp_path / "r")]
    views = ["--views", "back-translation"]
    assert main([*line, *views, "--translators", *pair]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["step"] == 2
    for options, words in (
        (views, "takes two models"),
        ([*views, "--translators", pair[0], "no/where"], "with a model that translates back"),
        ([*views, "--translators", pair[0], str(files)], "weights are missing"),
        ([*views, "--translators", pair[0], str(files / "base")], "it has no decoder"),
        (["--translators", *pair], "is for --views back-translation"),
    ):
        other = [*line[:-1], str(tmp_path / "other")]
        assert main([*other, *options]) == 2
        assert words in capsys.readouterr().err.splitlines()[-1]
        assert not (tmp_path / "other").exists()


def test_a_model_that_is_gone_is_one_sentence(files, pair, tmp_path):
    with pytest.raises(InputError, match="with a model that translates from the sentences"):
        finish(load_text_task(wanted(files, (str(tmp_path / "gone"), pair[1])), source(files)))
    bare = replace(wanted(files, pair), there="")
    with pytest.raises(InputError, match="takes two models"):
        finish(load_text_task(bare, source(files)))


def test_a_disk_that_is_full_costs_time_only(files, pair, home, monkeypatch):
    def full(*_):
        raise InputError("The disk is full.")

    monkeypatch.setattr(translated, "write_json", full)
    made = finish(load_text_task(wanted(files, pair), source(files)))
    assert len(made.texts.train[0]) == 2 and not home.exists()
