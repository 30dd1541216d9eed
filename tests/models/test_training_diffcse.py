"""DiffCSE: its generator, its discriminator, its loss, and what is left of them after training."""

import json
from dataclasses import replace
from math import exp, log

import pytest
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from text_kit import line, recipe, seeded
from tiny import SPECIAL, WORDS, bert_config, edit, save, save_bert

from models.__main__ import main
from models.encoders.catalog import load
from models.encoders.filler import Filler
from models.encoders.save_text import save_text_encoder
from models.encoders.trainable import read_base
from models.errors import InputError
from models.events import finish
from models.losses import replaced_tokens
from models.losses import simcse as simcse_loss
from models.training.checkpoints import CHECKPOINT, read_run
from models.training.loop import train
from models.training.recipes import diffcse
from models.training.recipes.masking import hide
from models.training.recipes.runs import resume_run
from models.training.recipes.text_catalog import (
    TextSource,
    load_text_task,
    train_texts,
    trained_text,
)
from models.vectors import encode

pytestmark = pytest.mark.usefixtures("one_thread")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def guesser(tmp_path_factory):
    """A random masked language model with the vocabulary of the base encoder."""
    from transformers import BertForMaskedLM

    folder = tmp_path_factory.mktemp("generator")
    torch.manual_seed(11)
    save(BertForMaskedLM(bert_config(num_hidden_layers=1)), folder)
    return folder


def made(files, guesser, **changes):
    plain = recipe(files, diffcse, generator=str(guesser), **changes)

    return finish(load_text_task(plain, TextSource(str(files / "lines.txt"))))


def started(files, guesser, **changes):
    task = made(files, guesser, **changes)
    return task, task.start(CPU, task.recipe.settings)


@pytest.fixture
def run(files, guesser, tmp_path):
    task = made(files, guesser)
    finish(train(task, task.recipe.settings, tmp_path / "run"))
    return tmp_path / "run"


def test_words_are_told_from_others_at_every_token_but_padding():
    scores = torch.tensor([[0.0, 2.0, 9.0], [-1.0, 3.0, 0.5]], dtype=torch.float64)
    replaced = torch.tensor([[False, True, True], [True, False, False]])
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    parts = [
        log(2),
        log(1 + exp(-2)),
        log(1 + exp(1)),
        log(1 + exp(3)),
        log(1 + exp(0.5)),
    ]
    assert replaced_tokens(scores, replaced, mask).item() == pytest.approx(sum(parts) / 5)
    for bad in (
        (scores[0], replaced, mask),
        (scores, replaced[:1], mask),
        (scores, replaced, 0 * mask),
    ):
        with pytest.raises(ValueError, match="do not fit"):
            replaced_tokens(*bad)


def test_the_generator_puts_its_likeliest_word_where_one_is_hidden(files, guesser):
    from transformers import BertForMaskedLM

    _, learner = started(files, guesser)
    ids = torch.tensor(learner.model.tokens([line(3), line(4)]))
    hidden = torch.zeros_like(ids, dtype=torch.bool)
    hidden[0, 2] = hidden[1, 1] = hidden[1, 3] = True
    shown = ids.masked_fill(hidden, SPECIAL.index("[MASK]"))
    mask = torch.ones_like(ids)
    theirs = BertForMaskedLM.from_pretrained(guesser).eval()
    likeliest = theirs(input_ids=shown, attention_mask=mask).logits.argmax(-1)
    wanted = torch.where(hidden, likeliest, ids)
    filler = Filler(read_base(str(guesser)), learner.model.tokens.tokenizer, 32)
    got = filler.fill(shown, mask, hidden)
    assert torch.equal(got, wanted) and not torch.equal(got, ids)


def test_the_loss_is_simcse_s_and_lambda_times_that_of_the_exchanged_words(files, guesser):
    task, learner = started(files, guesser, detection=0.25, net={"dropout": 0.0})
    model = learner.model
    loss = seeded(learner, [0, 1, 2, 3])
    texts = [task.texts.train[row][0] for row in (0, 1, 2, 3)] * 2
    model.train()
    vectors = model.training_only.head(model.embed(texts))
    ids = model.tokens(texts)
    longest = max(map(len, ids))
    padded = torch.tensor([[*row, *[1] * (longest - len(row))] for row in ids])
    mask = (torch.arange(longest) < torch.tensor([len(row) for row in ids])[:, None]).long()
    shown, hidden = hide(padded, mask, learner._masking, torch.Generator().manual_seed(3))
    filled = learner._filler.fill(shown, mask, hidden)
    # The discriminator by hand: the vector stands where [CLS] does, after the embedding layer.
    discriminator = model.training_only.discriminator
    states = discriminator.embeddings(filled)
    states = torch.cat([vectors[:, None], states[:, 1:]], 1)
    far = (1.0 - mask[:, None, None].float()) * -1e9
    states = discriminator.encoder(states, attention_mask=far).last_hidden_state
    scores = model.training_only.detect(states)[..., 0]
    second = replaced_tokens(scores, filled != padded, mask)
    first = simcse_loss(*vectors.chunk(2))
    torch.testing.assert_close(loss, first + 0.25 * second, atol=1e-5, rtol=1e-5)
    share = hidden.sum() / (mask.sum() - 2 * len(mask))
    assert 0.2 < share < 0.45 and (filled != padded).any()


def test_the_exchanged_words_teach_the_encoder_through_its_vector_alone(files, guesser):
    _, learner = started(files, guesser, net={"dropout": 0.0})
    model = learner.model
    model.train()
    texts = [line(n) for n in range(4)]
    vectors = model.training_only.head(model.project(texts))
    learner._detect(texts, vectors, torch.Generator().manual_seed(0)).backward()
    moved = {n for n, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert any(n.startswith("transformer.encoder") for n in moved)
    assert any(n.startswith("training_only.discriminator") for n in moved)
    assert not any(p.requires_grad for p in learner._filler._model.parameters())


def test_the_discriminator_begins_as_the_encoder_and_becomes_another(files, guesser, tmp_path):
    task, learner = started(files, guesser)
    before = learner.model.state_dict()
    inner = "training_only.discriminator."
    own = {n.removeprefix(inner): t for n, t in before.items() if n.startswith(inner)}
    assert own
    for name, tensor in own.items():
        assert torch.equal(tensor, before[f"transformer.{name}"])
    finish(train(task, task.recipe.settings, tmp_path / "run"))
    after = load_file(tmp_path / "run" / CHECKPOINT)
    name = "encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(after[f"model.{inner}{name}"], after[f"model.transformer.{name}"])


def test_stopped_and_resumed_equals_unbroken(files, guesser, run, tmp_path):
    task = made(files, guesser)
    work = train(task, task.recipe.settings, tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    finish(resume_run(tmp_path / "broken"))
    same_bits(load_file(run / CHECKPOINT), load_file(tmp_path / "broken" / CHECKPOINT))


def test_what_is_left_is_the_encoder_alone(run, tmp_path):
    encoder = trained_text(run)
    assert not any("training_only" in name for name in encoder.net.state_dict())
    save_text_encoder(tmp_path / "out", encoder, "")
    texts = ["the cat sat on a mat", "who ?"]
    with torch.no_grad():
        wanted = torch.nn.functional.normalize(encoder.net.embed(texts), dim=1).numpy()
    got = encode(texts, load(str(tmp_path / "out"))).array
    assert abs(got - wanted).max() < 1e-5
    assert not (tmp_path / "out" / "2_Dense").exists()


def test_a_base_that_guesses_words_is_its_own_generator(files, guesser, tmp_path):
    plain = recipe(files, diffcse, net={})
    plain = replace(plain, net=replace(plain.net, base=str(guesser)))

    source_ = TextSource(str(files / "lines.txt"))
    assert finish(train_texts(plain, source_, tmp_path / "run")).steps == 5


def test_the_command_trains_and_its_card_says_how(files, guesser, tmp_path, capsys):
    out = tmp_path / "run"
    line_ = ["train", "diffcse", "--data", str(files / "lines.txt"), "--base", str(files / "base")]
    line_ += ["--generator", str(guesser), "--detection", ".01", "--masked", ".4", "--steps", "2"]
    line_ += ["--batch", "8", "--probe", "6", "--json", "--out", str(out)]
    assert main(line_) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["step"] == 2
    config = read_run(out).config
    assert (config["recipe"]["detection"], config["recipe"]["masked"]) == (0.01, 0.4)
    assert config["data"]["generator"] == read_base(str(guesser)).key
    assert main(["export", str(out), "--out", str(tmp_path / "small")]) == 0
    card = (tmp_path / "small" / "README.md").read_text("utf-8")
    assert "DiffCSE (Chuang et al. 2022)" in card and "0.01 times" in card and "40% hidden" in card


def test_another_generator_does_not_go_on_with_a_run(files, guesser, tmp_path):
    from transformers import BertForMaskedLM

    own = tmp_path / "generator"
    torch.manual_seed(12)
    save(BertForMaskedLM(bert_config(num_hidden_layers=1)), own)
    task = made(files, own)
    work = train(task, task.recipe.settings, tmp_path / "run")
    steps_of(work, 1)
    work.close()
    edit(own / "config.json", layer_norm_eps=1e-5)
    with pytest.raises(InputError, match="generator was"):
        finish(resume_run(tmp_path / "run"))


def test_generators_that_cannot_serve_are_one_sentence(files, guesser, tmp_path):
    with pytest.raises(InputError, match="no head that guesses hidden words"):
        started(files, files / "base")
    with pytest.raises(InputError, match="There is no encoder at"):
        made(files, tmp_path / "none" / "at" / "all")
    from transformers import BertForMaskedLM

    short = tmp_path / "short"
    save(BertForMaskedLM(bert_config(max_position_embeddings=20)), short)
    with pytest.raises(InputError, match="reads 20 tokens, not 32"):
        started(files, short)
    other = tmp_path / "other"
    save(BertForMaskedLM(bert_config()), other)
    words = json.loads((other / "tokenizer.json").read_text())
    vocabulary = words["model"]["vocab"]
    one, two = WORDS[0], WORDS[1]
    vocabulary[one], vocabulary[two] = vocabulary[two], vocabulary[one]
    (other / "tokenizer.json").write_text(json.dumps(words))
    with pytest.raises(InputError, match="do not have the same vocabulary"):
        started(files, other)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"detection": 0.0}, "weight of exchanged words is 0.0"),
        ({"masked": 1.0}, "share of 1.0 hidden words"),
        ({"masked": 0.0}, "share of 0.0 hidden words"),
    ],
)
def test_settings_out_of_range_are_one_sentence(files, guesser, changes, words):
    with pytest.raises(InputError, match=words):
        made(files, guesser, **changes)


def test_a_base_without_a_mask_token_is_one_sentence(files, guesser, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    text = (base / "tokenizer.json").read_text().replace("[MASK]", "[HIDE]")
    (base / "tokenizer.json").write_text(text)
    plain = recipe(files, diffcse, generator=str(guesser))

    plain = replace(plain, net=replace(plain.net, base=str(base)))
    task = finish(load_text_task(plain, TextSource(str(files / "lines.txt"))))
    with pytest.raises(InputError, match=r"vocabulary|mask token"):
        task.start(CPU, plain.settings)
