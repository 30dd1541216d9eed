"""SimCSE on the training loop: views, losses, probe sets, runs broken off, and what is refused."""

import json
import math
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from tiny import WORDS, edit, save_bert
from toy_task import ToyTask

from models.__main__ import main
from models.augment.cutoff import CUTOFF_KINDS, Cutoff, cutoff
from models.encoders.trainable import TextNetSpec, build_text, read_base
from models.errors import InputError
from models.events import finish
from models.losses import simcse as simcse_loss
from models.training import checkpoints
from models.training.checkpoints import CHECKPOINT, RUN, write_run
from models.training.estimate import estimate
from models.training.history import TEXTS, read_history
from models.training.loop import train
from models.training.recipes import catalog, simcse, simcse_nli
from models.training.recipes.runs import resume_run
from models.training.recipes.text import VIEWS, TextRecipe
from models.training.recipes.text_catalog import (
    TextSource,
    load_text_task,
    reopen_text,
    resume_texts,
    train_texts,
)
from models.training.settings import FREE, Settings, as_config, plan
from models.training.shelf import known_runs, read_card
from models.vector_sets import of_run
from models.wire import pack, unpack

CPU = torch.device("cpu")
SMALL = {"steps": 5, "epochs": None, "batch": 8, "frames": 2, "measurements": 2, "rate": 1e-3}


def line(number, words=6):
    return " ".join(
        WORDS[(number * 7 + 3 * place * place + number // 5) % 22] for place in range(words)
    )


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Networks of a few kilobytes gain nothing from a second one, and lose where it is busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A tiny base encoder, 60 sentences and 40 triplets."""
    folder = tmp_path_factory.mktemp("text")
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


def test_both_views_go_through_in_one_pass_with_masks_of_their_own(files):
    made, learner = started(files)
    loss = seeded(learner, [0, 1, 2, 3])
    texts = [text for (text,) in made.texts.train[:4]]
    torch.manual_seed(3)
    first, second = learner.model.project([*texts, *texts]).chunk(2)
    assert torch.equal(loss, simcse_loss(first, second))
    assert not torch.isclose(first, second, atol=1e-3).all(1).any()


def test_the_same_mask_twice_is_what_two_passes_of_one_seed_give(files):
    made, learner = started(files, views="same-mask")
    loss = seeded(learner, [0, 1, 2, 3])
    loss.backward()
    parameters = list(learner.model.parameters())
    got = [p.grad.clone() for p in parameters]
    learner.model.zero_grad()
    texts = [text for (text,) in made.texts.train[:4]]
    views = []
    for _ in range(2):
        torch.manual_seed(3)
        views.append(learner.model.project(texts))
    assert torch.equal(*views)
    again = simcse_loss(*views)
    again.backward()
    assert torch.equal(loss, again)
    for one, parameter in zip(got, parameters, strict=True):
        torch.testing.assert_close(one, parameter.grad)


def test_without_dropout_both_views_are_one_vector_and_the_masks_differ_otherwise(files):
    for dropout, alike in ((0.0, True), (0.1, False)):
        made, learner = started(files, net={"dropout": dropout})
        first, second = learner.embed().chunk(2)
        assert torch.allclose(first, second, atol=1e-6) is alike
        assert (learner.figures(learner.embed()).alignment < 1e-9) is alike
        assert made.single


def test_dropout_is_set_where_the_config_file_does_not_name_it(tmp_path):
    save_bert(tmp_path)
    edit(tmp_path / "config.json", hidden_dropout_prob=None, attention_probs_dropout_prob=None)
    net = build_text(TextNetSpec(dropout=0.37), read_base(str(tmp_path)), 0)
    rates = {m.p for m in net.modules() if isinstance(m, torch.nn.Dropout)}
    assert rates == {0.37}


def test_a_word_is_left_out_of_the_second_view_only(files):
    made, learner = started(files, views="delete-one", net={"dropout": 0.0})
    seen = []
    project = learner.model.project
    learner.model.project = lambda texts, erase: seen.append(texts) or project(texts, erase)
    seeded(learner, list(range(8)))
    originals, edited = seen[0][:8], seen[0][8:]
    assert originals == [text for (text,) in made.texts.train[:8]]
    for whole, cut in zip(originals, edited, strict=True):
        words = whole.split()
        assert cut in {" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))}
    places = [len(cut.split()) for cut in edited]
    assert places == [len(whole.split()) - 1 for whole in originals]


MADE_BY_EDITS = [v for v in VIEWS if not v.startswith("cutoff") and v != "back-translation"]


@pytest.mark.parametrize("views", MADE_BY_EDITS)
def test_views_are_drawn_by_the_step_s_generator_alone(files, views):
    _, learner = started(files, views=views, alpha=0.4)
    first, again, other = (seeded(learner, [0, 1, 2, 3], seed) for seed in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize("kind", CUTOFF_KINDS)
def test_cutoff_erases_of_second_views_only_what_it_says(files, kind):
    from transformers import BertModel

    made, learner = started(
        files, views=f"cutoff-{kind}", alpha=0.5, net={"dropout": 0.0, "head": "none"}
    )
    loss = seeded(learner, [0, 1, 2])
    assert not learner.model.transformer.embeddings._forward_hooks
    reference = BertModel.from_pretrained(files / "base").eval()
    texts = [t for (t,) in made.texts.train[:3]]
    ids = learner.model.tokens([*texts, *texts])
    longest = max(map(len, ids))
    padded = torch.tensor([[*row, *[1] * (longest - len(row))] for row in ids])
    mask = (torch.arange(longest) < torch.tensor([len(row) for row in ids])[:, None]).long()
    spec, generator = Cutoff(kind, 0.5), torch.Generator().manual_seed(3)
    with torch.no_grad():
        embeddings = reference.embeddings(padded)
        cut, kept = cutoff(embeddings[3:], mask[3:], spec, generator)
        embeddings, mask = torch.cat([embeddings[:3], cut]), torch.cat([mask[:3], kept])
        hidden = (1.0 - mask[:, None, None].float()) * -1e9
        states = reference.encoder(embeddings, attention_mask=hidden).last_hidden_state
        first, second = states[:, 0].chunk(2)
        torch.testing.assert_close(loss, simcse_loss(first, second), atol=1e-4, rtol=1e-4)
        assert not torch.isclose(first, second, atol=1e-3).all(1).any()


def test_triplets_are_told_apart_from_all_contradictions_with_weight_on_their_own(files):
    made, learner = started(
        files, simcse_nli, temperature=0.1, hard_negative_weight=3.0, net={"dropout": 0.0}
    )
    loss = seeded(learner, [4, 1, 7])
    rows = [made.texts.train[row] for row in (4, 1, 7)]
    h, p, n = learner.model.project(list(chain(*zip(*rows, strict=True)))).chunk(3)
    total = 0.0
    for i in range(3):
        close = [torch.cosine_similarity(h[i], p[j], 0) / 0.1 for j in range(3)]
        far = [torch.cosine_similarity(h[i], n[j], 0) / 0.1 for j in range(3)]
        whole = sum(e.exp() for e in close) + sum(
            (3.0 if i == j else 1.0) * e.exp() for j, e in enumerate(far)
        )
        total = total - torch.log(close[i].exp() / whole)
    torch.testing.assert_close(loss, total / 3)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_the_head_serves_in_training_only_unless_it_is_kept(files, pooling):
    from transformers import AutoTokenizer, BertModel

    folder = files / "base"
    texts = ["the cat sat on a mat", "who ?", line(3, 50)]
    reference, tokenizer = (
        BertModel.from_pretrained(folder).eval(),
        AutoTokenizer.from_pretrained(folder),
    )
    batch = tokenizer(texts, padding=True, truncation=True, max_length=32, return_tensors="pt")
    with torch.no_grad():
        states = reference(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        wanted = states[:, 0] if pooling == "cls" else (states * mask).sum(1) / mask.sum(1)
        for head in ("training", "kept", "none"):
            net = build_text(TextNetSpec(pooling=pooling, head=head), read_base(str(folder)), 0)
            projected = wanted if net.head is None else torch.tanh(net.head(wanted))
            torch.testing.assert_close(net.project(texts), projected, atol=1e-5, rtol=1e-4)
            served = projected if head == "kept" else wanted
            torch.testing.assert_close(net.embed(texts), served, atol=1e-5, rtol=1e-4)


def test_the_seed_decides_the_head_and_nothing_else(files):
    base = read_base(str(files / "base"))
    first, again, other = (build_text(TextNetSpec(), base, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    differing = {name for name in first if not torch.equal(first[name], other[name])}
    assert differing == {"head.weight"}
    assert not any("pooler" in name for name in first)


@pytest.mark.parametrize("method", [simcse, simcse_nli])
def test_part_of_the_probe_set_is_seen_as_in_the_whole(files, method):
    _, learner = started(files, method, probe=40)
    learner.model.eval()
    whole = learner.embed()
    assert not learner.model.training
    for rows in (slice(0, 5), slice(3, 17), slice(30, 50), slice(15, None)):
        assert torch.equal(learner.embed(rows), whole[rows])


def test_a_run_is_events_frames_texts_and_a_card(files, tmp_path):
    folder = tmp_path / "20260102-030405"
    result = finish(train_texts(recipe(files), source(files), folder))
    history = read_history(folder)
    assert result.steps == history.step == 5
    assert history.pixels is None and len(history.texts) == 20
    assert history.texts[:10] == history.texts[10:]
    assert (history.labels == -1).all() and history.frames.shape[1:] == (20, 24)
    lengths = np.linalg.norm(history.frames.astype(np.float32), axis=2)
    np.testing.assert_allclose(lengths, 1, atol=2e-3)
    trained = {text for (text,) in task(files).texts.train}
    assert not trained & set(history.texts) and len(trained) == 50
    (card,) = known_runs(tmp_path)
    assert (card.kind, card.method, card.backbone) == ("text", "simcse", "base")
    assert (card.dimensions, card.temperature, card.finished) == (24, 0.05, True)
    assert card.title == "SimCSE on lines, 2 Jan 03:04"
    assert reopen_text(folder) == (recipe(files), source(files))
    shown = of_run(folder)
    assert shown.noun == "sentences never trained on"
    assert shown.paired == "the same sentence under another dropout mask"


def test_a_run_on_triplets_is_watched_as_premise_and_entailment(files, tmp_path):
    finish(train_texts(recipe(files, simcse_nli), source(files, simcse_nli), tmp_path / "run"))
    history = read_history(tmp_path / "run")
    held = task(files, simcse_nli).texts.held
    assert history.texts == (*(e[0] for e in held), *(e[1] for e in held))
    assert of_run(tmp_path / "run").paired == "a sentence that follows from it"


def test_images_and_text_are_not_taken_for_each_other(files, tmp_path):
    finish(train_texts(recipe(files), source(files), tmp_path / "text"))
    with pytest.raises(InputError, match="not trained on images"):
        catalog.reopen(tmp_path / "text")
    with pytest.raises(InputError, match="not trained on images"):
        catalog.load_image_encoder(tmp_path / "text")
    images = ["--data", "shapes", "--limit", "60", "--batch", "16", "--steps", "1"]
    assert main(["train", "simclr", *images, "--out", str(tmp_path / "image")]) == 0
    with pytest.raises(InputError, match="not trained on text"):
        reopen_text(tmp_path / "image")
    assert {card.kind for card in known_runs(tmp_path)} == {"image", "text"}
    assert read_card(tmp_path / "image").kind == "image"


@pytest.mark.parametrize(
    ("method", "changes"),
    [(simcse, {}), (simcse, {"views": "delete-one"}), (simcse_nli, {"net": {"pooling": "mean"}})],
)
def test_stopped_and_resumed_equals_unbroken(files, tmp_path, method, changes):
    made = task(files, method, **changes)
    finish(train(made, made.recipe.settings, tmp_path / "whole"))
    work = train(task(files, method, **changes), made.recipe.settings, tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    finish(resume_run(tmp_path / "broken"))
    whole, broken = (load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "broken"))
    same_bits(whole, broken)
    frames = [read_history(tmp_path / name).frames for name in ("whole", "broken")]
    assert np.array_equal(*frames)


def test_training_finds_sentences_and_brings_their_views_together(files, tmp_path):
    settings = {"steps": 60, "batch": 16, "rate": 5e-3}
    result = finish(train_texts(recipe(files, settings=settings), source(files), tmp_path / "run"))
    losses = read_history(tmp_path / "run").losses
    assert losses[-5:].mean() < 0.8 * math.log(16) < losses[:5].mean()
    assert result.last.alignment < 0.8 * result.first.alignment


def test_a_recipe_crosses_between_processes_and_comes_back_from_its_folder(files):
    for value in (recipe(files, simcse_nli, views="crop"), source(files)):
        assert unpack(json.loads(json.dumps(pack(value)))) == value
    made = recipe(files, hard_negative_weight=2.0, alpha=0.3)
    config = {"recipe": made.as_config(), "settings": as_config(made.settings)}
    free = {name: getattr(made.settings, name) for name in FREE}
    assert TextRecipe.from_config(json.loads(json.dumps(config)), free) == made
    with pytest.raises(InputError, match="not made by this version"):
        TextRecipe.from_config({"recipe": {"method": "simcse"}}, free)


def test_an_estimate_counts_the_optimiser_and_writes_nothing(files):
    made = task(files)
    guess = finish(estimate(made, made.recipe.settings))
    count = sum(p.numel() for p in made.start(CPU, made.recipe.settings).model.parameters())
    assert guess.steps == 5 and guess.seconds > 0 and guess.memory > 4 * 4 * count


def test_the_rate_falls_in_a_line(files):
    schedule = plan(recipe(files).settings, 50)
    rates = [schedule.rate_at(step) / schedule.rate for step in range(5)]
    assert rates == pytest.approx([1, 0.8, 0.6, 0.4, 0.2])


def test_a_run_from_before_there_were_schedules_goes_on(tmp_path, monkeypatch):
    settings = Settings(batch=16, steps=3, warmup_epochs=0.5)
    monkeypatch.setattr("models.training.loop.write_run", _without_schedule)
    work = train(ToyTask(), settings, tmp_path / "run")
    next(work)
    work.close()
    monkeypatch.undo()
    assert "schedule" not in json.loads((tmp_path / "run" / RUN).read_text())["config"]["settings"]
    assert finish(train(ToyTask(), settings, tmp_path / "run", resume=True)).steps == 3
    with pytest.raises(InputError, match="schedule was cosine, not linear"):
        finish(train(ToyTask(), replace(settings, schedule="linear"), tmp_path / "run", True))


def _without_schedule(folder, config, free):
    del config["settings"]["schedule"], config["plan"]["schedule"]
    return write_run(folder, config, free)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temperature": 0.0}, "temperature is 0.0"),
        ({"hard_negative_weight": -1.0}, "weight of hard negatives is -1.0"),
        ({"net": {"dropout": 1.0}}, "dropout of 1.0"),
        ({"net": {"max_length": 65}}, "cannot read 65 tokens"),
        ({"settings": {"batch": 51}}, "larger than the data"),
        ({"settings": {"schedule": "steps"}}, "no schedule"),
        ({"views": "mirror"}, "no views called mirror"),
        ({"views": "crop", "alpha": 2.0}, "between 0 and 1"),
        ({"views": "cutoff-token", "alpha": -0.1}, "between 0 and 1"),
    ],
)
def test_settings_out_of_range_are_one_sentence(files, tmp_path, changes, words):
    with pytest.raises(InputError, match=words):
        finish(train_texts(recipe(files, **changes), source(files), tmp_path / "run"))
    assert not (tmp_path / "run" / CHECKPOINT).exists()


def test_a_tokenizer_of_another_model_is_refused(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    words = json.loads((base / "tokenizer.json").read_text())
    words["model"]["vocab"] |= {f"new{n}": 100 + n for n in range(9)}
    (base / "tokenizer.json").write_text(json.dumps(words))
    with pytest.raises(InputError, match="do not belong together"):
        build_text(TextNetSpec(), read_base(str(base)), 0)


def test_a_base_that_writes_or_is_missing_is_refused(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    edit(base / "config.json", is_decoder=True)
    with pytest.raises(InputError, match="writes texts"):
        read_base(str(base))
    with pytest.raises(InputError, match="There is no encoder at"):
        read_base(str(tmp_path / "no" / "where" / "else"))


def test_another_base_does_not_go_on_with_a_run(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    made = recipe(files, net={})
    made = replace(made, net=replace(made.net, base=str(base)))
    work = train_texts(made, source(files), tmp_path / "run")
    steps_of(work, 1)
    work.close()
    edit(base / "config.json", layer_norm_eps=1e-6)
    with pytest.raises(InputError, match=r"base\.key was"):
        finish(resume_texts(tmp_path / "run"))


def test_texts_of_another_run_are_not_shown(files, tmp_path):
    finish(train_texts(recipe(files), source(files), tmp_path / "run"))
    np.save(tmp_path / "run" / f"{TEXTS}.npy", np.array(["one"]))
    with pytest.raises(InputError, match="does not hold the texts"):
        read_history(tmp_path / "run")


def test_the_checksum_covers_the_recipe(files, tmp_path):
    finish(train_texts(recipe(files), source(files), tmp_path / "run"))
    path = tmp_path / "run" / RUN
    path.write_text(path.read_text().replace('"views": "dropout"', '"views": "same-mask"'))
    with pytest.raises(InputError, match="changed after"):
        checkpoints.read_run(tmp_path / "run")
