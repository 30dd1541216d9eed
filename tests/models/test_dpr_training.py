"""DPR on the training loop: its loss, cached gradients, runs broken off, and what is exported."""

import json
import math

import numpy as np
import pytest
import torch
from dpr_kit import CPU, recipe, source, started, task
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from tiny import edit, save_bert

from models.data.dpr_questions import QuestionSource
from models.data.drafts import Columns
from models.encoders import catalog
from models.errors import InputError
from models.events import Shortened, Skipped, finish
from models.losses import dpr_nll
from models.text_encoders import load_text
from models.training.checkpoints import CHECKPOINT
from models.training.estimate import estimate
from models.training.history import read_history
from models.training.loop import train
from models.training.negatives import Negatives
from models.training.recipes.dpr import PRESETS, SIDES, DprRecipe
from models.training.recipes.dpr_catalog import (
    load_dpr_task,
    reopen_dpr,
    resume_dpr,
    train_dpr,
    trained_dual,
)
from models.training.recipes.runs import export_run, resume_run
from models.training.settings import FREE, as_config
from models.training.shelf import read_card
from models.vector_sets import of_run
from models.vectors import encode
from models.wire import pack, unpack

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def files(dpr_files):
    return dpr_files


def gradients(learner, rows=range(8), seed=3):
    """The loss of a training step and its gradients by name."""
    learner.model.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        loss = learner.loss(torch.tensor(list(rows)), torch.Generator().manual_seed(seed))
        loss.backward()
    found = {n: p.grad.clone() for n, p in learner.model.named_parameters() if p.grad is not None}
    learner.model.zero_grad()
    return loss.item(), found


@pytest.mark.parametrize("shared", [False, True])
def test_the_loss_is_dprs_over_all_passages_of_the_batch(files, shared):
    made, learner = started(files, shared=shared, net={"dropout": 0.0}, negatives={"hard": 2})
    loss, _ = gradients(learner)
    batch = learner._drawer.batch(list(range(8)), torch.Generator().manual_seed(3))
    with torch.no_grad():
        texts = [made.questions.train[row].text for row in batch.questions]
        asked = torch.cat([learner.model.question.embed([text]) for text in texts])
        context = learner.model.question if shared else learner.model.context
        told = torch.cat([context.embed([made.titled(row)]) for row in batch.contexts])
    assert told.shape == (24, 24)
    assert loss == pytest.approx(dpr_nll(asked, told, batch.positives)[0].item(), abs=1e-4)


@pytest.mark.parametrize("shared", [False, True])
def test_cached_gradients_are_those_of_the_plain_batch(files, shared):
    plain = started(files, shared=shared, net={"dropout": 0.0})[1]
    chunked = started(files, shared=shared, net={"dropout": 0.0}, chunk=3)[1]
    loss, expected = gradients(plain)
    cached_loss, found = gradients(chunked)
    assert cached_loss == pytest.approx(loss, abs=1e-5)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-5)
    assert torch.cat([g.flatten() for g in expected.values()]).norm() > 0.1
    _, other = gradients(chunked, range(8, 16))
    assert any((other[n] - expected[n]).abs().max() > 1e-3 for n in expected)


def test_two_halves_learn_apart_and_a_shared_one_is_one(files):
    learner = started(files)[1]
    names = {name.split(".")[0] for name, _ in learner.model.named_parameters()}
    assert names == {"question", "context"}
    _, found = gradients(learner)
    assert {name.split(".")[0] for name in found} == names
    shared = started(files, shared=True)[1].model
    assert shared.side("question") is shared.side("passage")
    assert {name.split(".")[0] for name, _ in shared.named_parameters()} == {"question"}


def test_a_title_is_a_segment_and_a_long_passage_keeps_its_last_sep(files):
    learner = started(files)[1]
    tokens = learner.model.context.tokens
    cls, sep = (tokens.tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))
    (ids,) = tokens([("paris", "is in france")])
    assert (ids[0], ids[2], ids[-1]) == (cls, sep, sep) and ids.count(sep) == 2
    (cut,) = tokens([("paris", "the cat sat on a mat " * 40)])
    assert len(cut) == 24 and cut[2] == cut[-1] == sep
    (asked,) = learner.model.question.tokens(["who sat " * 40])
    assert len(asked) == 24 and asked[-1] == sep and asked.count(sep) == 1


def test_the_cosine_has_a_temperature_and_the_product_none(files):
    one = gradients(started(files, net={"dropout": 0.0}, similarity="cosine")[1])[0]
    sharp = started(files, net={"dropout": 0.0}, similarity="cosine", temperature=0.1)[1]
    assert gradients(sharp)[0] != pytest.approx(one, abs=1e-3)
    assert one == pytest.approx(math.log(16), abs=0.5)  # cosines are within 1 of each other
    with pytest.raises(InputError, match="has no temperature"):
        task(files, temperature=0.1)


def test_questions_and_their_passages_are_watched(files, tmp_path):
    result = finish(train_dpr(recipe(files), source(files), tmp_path / "run"))
    history = read_history(tmp_path / "run")
    made = task(files)
    questions, passages = made.pairs
    assert history.texts == (*questions, *(f"{title}: {text}" for title, text in passages))
    assert history.labels.tolist() == [0] * 6 + [1] * 6 and history.classes == SIDES
    assert len(set(passages)) == 6
    assert not {q.text for q in made.questions.train} & set(questions)
    lengths = np.linalg.norm(history.frames.astype(np.float32), axis=2)
    np.testing.assert_allclose(lengths, 1, atol=2e-3)
    assert 0 <= result.last.knn <= 100
    card = read_card(tmp_path / "run")
    assert (card.kind, card.method, card.backbone) == ("question", "dpr", "base")
    shown = of_run(tmp_path / "run")
    assert shown.noun == "questions never trained on"
    assert shown.paired == "the passage that answers it"


def test_the_probe_is_the_same_however_it_is_looked_at(files):
    learner = started(files)[1]
    learner.model.eval()
    whole = learner.embed()
    parts = torch.cat([learner.embed(slice(at, at + 5)) for at in range(0, 12, 5)])
    torch.testing.assert_close(whole, parts, rtol=0, atol=1e-5)
    scores = torch.stack([learner.model.question.embed([t])[0] for t in learner._questions])
    told = torch.stack([learner.model.context.embed([t])[0] for t in learner._passages])
    right = ((scores @ told.T).argmax(1) == torch.arange(6)).float().mean().item()
    assert learner.figures(whole).knn == pytest.approx(100 * right, abs=1e-3)


def test_training_lets_questions_find_their_passages(files, tmp_path):
    settings = {"steps": 80, "batch": 16, "rate": 3e-3}
    made = recipe(files, settings=settings, negatives={"mask": True}, net={"dropout": 0.0})
    finish(train_dpr(made, source(files), tmp_path / "run"))
    losses = read_history(tmp_path / "run").losses
    assert losses[-8:].mean() < 0.5 * losses[:8].mean()


@pytest.mark.parametrize(
    "changes", [{}, {"chunk": 5}, {"shared": True, "negatives": {"random": 1}}]
)
def test_stopped_and_resumed_equals_unbroken(files, tmp_path, changes):
    made = task(files, **changes)
    finish(train(made, made.recipe.settings, tmp_path / "whole"))
    work = train(task(files, **changes), made.recipe.settings, tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    finish(resume_run(tmp_path / "broken"))
    whole, broken = (load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "broken"))
    same_bits(whole, broken)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("similarity", ["dot", "cosine"])
def test_an_export_gives_the_vectors_that_were_trained(files, tmp_path, shared, similarity):
    changes = {"shared": shared, "similarity": similarity}
    finish(train_dpr(recipe(files, **changes), source(files), tmp_path / "run"))
    made = export_run(tmp_path / "run", tmp_path / "pair", "ours")
    assert made.name == "ours" and "DPR" in (tmp_path / "pair" / "README.md").read_text()
    encoder = catalog.load(str(tmp_path / "pair"))
    net = trained_dual(tmp_path / "run").net
    assert encoder.card.conventions.similarity == similarity
    assert encoder.card.architecture == "DPR: BertModel"
    title, body = "paris", "is in france ."
    for role, text in (("question", "where is paris ?"), ("passage", (title, body))):
        with torch.no_grad():
            expected = net.side(role).embed([text])
        if similarity == "cosine":
            expected = torch.nn.functional.normalize(expected)
        found = encode([text], encoder, role).array
        np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)
    apart = encode(["where"], encoder, "question").array - encode(["where"], encoder).array
    assert bool(np.abs(apart).max() < 1e-6) is shared
    assert load_text(str(tmp_path / "run")).card.conventions == encoder.card.conventions


def test_a_half_reads_in_sentence_transformers(files, tmp_path):
    from sentence_transformers import SentenceTransformer

    finish(train_dpr(recipe(files), source(files), tmp_path / "run"))
    export_run(tmp_path / "run", tmp_path / "pair")
    half = SentenceTransformer(str(tmp_path / "pair" / "question_encoder"), device="cpu")
    encoder = catalog.load(str(tmp_path / "pair"))
    texts = ["where is paris ?", "who sat"]
    np.testing.assert_allclose(
        half.encode(texts), encode(texts, encoder, "question").array, atol=1e-5
    )


def test_a_recipe_crosses_between_processes_and_comes_back_from_its_folder(files, tmp_path):
    made = recipe(files, shared=True, negatives={"gold": 2, "mask": True}, chunk=4)
    where = QuestionSource("x", "y", Columns("a", None, "c"), 5)
    for value in (made, where):
        assert unpack(json.loads(json.dumps(pack(value)))) == value
    config = {"recipe": made.as_config(), "settings": as_config(made.settings)}
    free = {name: getattr(made.settings, name) for name in FREE}
    assert DprRecipe.from_config(json.loads(json.dumps(config)), free) == made
    with pytest.raises(InputError, match="not made by this version"):
        DprRecipe.from_config({"recipe": {"method": "dpr"}}, free)
    finish(train_dpr(made, source(files), tmp_path / "run"))
    assert reopen_dpr(tmp_path / "run") == (made, source(files))


def test_the_paper_deviates_in_nothing_and_says_so_elsewhere(files):
    assert PRESETS["paper"].deviations == ()
    assert PRESETS["paper"].negatives == Negatives(pool=1)
    changed = recipe(files, shared=True, similarity="cosine", negatives={"mask": True})
    assert len(changed.deviations) == 4


def test_an_estimate_knows_that_caching_needs_less_memory(files):
    settings = {"batch": 32}
    plain = finish(estimate(task(files, settings=settings), recipe(files).settings))
    made = task(files, settings=settings, chunk=4)
    cached = finish(estimate(made, made.recipe.settings))
    assert plain.steps == cached.steps == 5
    assert cached.memory < 0.6 * plain.memory


def test_changed_questions_do_not_go_on_with_a_run(files, tmp_path):
    table = tmp_path / "questions.csv"
    table.write_text((files / "questions.csv").read_text())
    made = recipe(files)
    work = train_dpr(made, QuestionSource(str(table)), tmp_path / "run")
    steps_of(work, 1)
    work.close()
    table.write_text("\n".join(table.read_text().splitlines()[:-3]))  # a corpus that shrank
    with pytest.raises(InputError, match=r"other settings: data\."):
        finish(resume_dpr(tmp_path / "run"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"negatives": {"in_batch": False, "hard": 0}}, "no negative"),
        ({"similarity": "l2"}, "no similarity l2"),
        ({"similarity": "cosine", "temperature": 0.0}, "temperature is 0.0"),
        ({"chunk": -1}, "one text at least"),
        ({"probe": 1}, "Two questions at least"),
        ({"net": {"head": "kept"}}, "has no head"),
        ({"net": {"max_length": 65}}, "cannot read 65 tokens"),
        ({"settings": {"batch": 99}}, "larger than the data"),
    ],
)
def test_settings_out_of_range_are_one_sentence(files, tmp_path, changes, words):
    with pytest.raises(InputError, match=words):
        finish(train_dpr(recipe(files, **changes), source(files), tmp_path / "run"))
    assert not (tmp_path / "run" / CHECKPOINT).exists()


def test_another_base_is_refused_when_the_run_is_opened(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    made = recipe(files, net={"base": str(base)})
    finish(train_dpr(made, source(files), tmp_path / "run"))
    edit(base / "config.json", layer_norm_eps=1e-6)
    with pytest.raises(InputError, match="not the one that training began with"):
        trained_dual(tmp_path / "run")


def test_questions_without_a_passage_are_told_one_by_one(files, tmp_path):
    (tmp_path / "corpus.txt").write_text("the cat is dog and 0 far\n\nhome is france and 1 far\n")
    told = []
    where = QuestionSource(str(files / "questions.csv"), str(tmp_path / "corpus.txt"))
    with pytest.raises(InputError, match="takes four at least"):
        finish(
            load_dpr_task(recipe(files), where),
            lambda event: told.append(event) if isinstance(event, Skipped) else None,
        )
    assert len(told) > 50 and all("No passage of the corpus" in event.why for event in told)


def test_scores_on_the_way_are_ranks_of_dev_questions_and_the_best_weights_serve(files, tmp_path):
    made = task(files, settings={"score_every": 2, "rate": 1e-2})
    learner = made.start(CPU, made.recipe.settings)
    with torch.no_grad():
        asked = learner.model.question.embed([q.text for q in made.questions.dev])
        rows = range(len(made.questions.passages))
        told = learner.model.context.embed([made.titled(row) for row in rows])
    order = (-(asked @ told.T)).argsort(1).tolist()
    pairs = zip(order, made.questions.dev, strict=True)
    expected = [1 / (1 + places.index(q.positives[0])) for places, q in pairs]
    assert finish(learner.score()) == pytest.approx(100 * np.mean(expected), abs=1e-3)
    assert len(expected) > 3 and 0.02 < np.mean(expected) < 0.98
    result = finish(train(made, made.recipe.settings, tmp_path / "run"))
    history = read_history(tmp_path / "run")
    assert [step for step, _ in history.scores] == [0, 2, 4, 5]
    assert result.best == max(history.scores[1:], key=lambda score: score[1])
    served = trained_dual(tmp_path / "run").net
    learner.model.load_state_dict(served.state_dict())
    learner.model.eval()
    assert finish(learner.score()) == pytest.approx(result.best[1], abs=1e-3)


def test_passages_longer_than_is_read_are_counted(files, tmp_path):
    rows = [f"q{n} ?,{' '.join(['cat'] * n)}" for n in range(1, 9)]
    (tmp_path / "a.csv").write_text("\n".join(["question,passage", *rows]))
    told = []
    for length in (8, 10):  # the longest has 8 words, [CLS] and [SEP]
        made = recipe(files, net={"max_length": length}, settings={"batch": 2})
        finish(
            load_dpr_task(made, QuestionSource(str(tmp_path / "a.csv"))),
            lambda event: told.extend([event] if isinstance(event, Shortened) else []),
        )
    assert [event.why for event in told] == [
        "2 of 8 are longer than 8 tokens; only their beginning is read."
    ]
