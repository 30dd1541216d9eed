"""Masked language modelling: what is hidden, what is asked, and the folder that comes of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from text_kit import CPU, SMALL, seeded, source
from tiny import SPECIAL, WORDS, bert_config, save, save_bert

from models.__main__ import main
from models.encoders.catalog import load
from models.encoders.trainable import padded
from models.errors import InputError
from models.events import finish
from models.training.checkpoints import CHECKPOINT
from models.training.history import read_history
from models.training.loop import train
from models.training.recipes import mlm
from models.training.recipes.masking import Masking, hide
from models.training.recipes.runs import export_run, resume_run
from models.training.recipes.text_catalog import load_text_task, train_texts
from models.training.shelf import read_card
from models.vectors import encode

pytestmark = pytest.mark.usefixtures("one_thread")
TEXTS = ["the cat sat on a mat", "who ?", "", "猫 the dog", "Paris is in France ."]
_SIZE = len(SPECIAL) + len(WORDS)
_SPECIAL = frozenset(range(5))
_MASK = 4


def recipe(files, **changes):
    plain = mlm.PRESETS["laptop"]
    settings = replace(plain.settings, **(SMALL | changes.pop("settings", {})))
    net = replace(plain.net, base=str(changes.pop("base", files / "base")), dropout=0.0)
    return replace(plain, settings=settings, net=net, **{"probe": 10, **changes})


def task(files, **changes):
    return finish(load_text_task(recipe(files, **changes), source(files)))


def started(files, **changes):
    made = task(files, **changes)
    return made, made.start(CPU, made.recipe.settings)


def rows_of(lengths):
    """Ids and mask of texts of so many words between [CLS] and [SEP], none of them twice."""
    ids = [[2, *(5 + (7 * n + place) % 20 for place in range(words)), 3] for n, words in lengths]
    return padded(ids, 1)


def test_of_each_text_its_share_of_words_is_hidden_and_one_at_least():
    ids, mask = rows_of(enumerate([1, 2, 10, 20, 40, 0]))
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        shown, hidden = hide(ids, mask, Masking(0.15, _MASK, _SPECIAL, _SIZE), generator)
        assert hidden.sum(1).tolist() == [1, 1, 2, 3, 6, 0]
        assert not hidden[(ids < 5) | (mask == 0)].any()
        assert torch.equal(shown[~hidden], ids[~hidden])


def test_eight_in_ten_hidden_words_are_masked_one_is_another_one_stays():
    ids, mask = rows_of((n, 40) for n in range(500))
    generator = torch.Generator().manual_seed(0)
    shown, hidden = hide(ids, mask, Masking(0.5, _MASK, _SPECIAL, _SIZE), generator)
    masked, kept = shown[hidden] == _MASK, shown[hidden] == ids[hidden]
    assert hidden.sum() == 500 * 20
    assert masked.float().mean() == pytest.approx(0.8, abs=0.015)
    # Another word is now and then the same one by chance.
    assert kept.float().mean() == pytest.approx(0.1 + 0.1 / (_SIZE - 5), abs=0.015)
    others = shown[hidden][~masked & ~kept]
    assert set(others.tolist()) == set(range(5, _SIZE))


def test_every_word_is_hidden_as_often_and_by_the_generator_alone():
    ids, mask = rows_of([(0, 20)] * 2000)
    masking = Masking(0.15, _MASK, _SPECIAL, _SIZE)
    first, again, other = (
        hide(ids, mask, masking, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first[0], again[0]) and not torch.equal(first[1], other[1])
    often = first[1][:, 1:21].float().mean(0)
    np.testing.assert_allclose(often.numpy(), 0.15, atol=0.03)


def masked_bert(folder):
    """A random BERT with the library's own head, to compare with."""
    from transformers import BertForMaskedLM

    torch.manual_seed(3)
    return save(BertForMaskedLM(bert_config()), folder)


def test_the_loss_is_that_of_the_library_s_own_masked_language_model(files, tmp_path):
    reference = masked_bert(tmp_path / "base")
    made, learner = started(files, base=tmp_path / "base")
    rows = list(range(40))
    loss = seeded(learner, rows)
    texts = learner.model.tokens([made.texts.train[row][0] for row in rows])
    texts.sort(key=len)
    generator = torch.Generator().manual_seed(3)
    losses = []
    for start in range(0, 40, 32):
        ids, mask = padded(texts[start : start + 32], 1)
        shown, hidden = hide(ids, mask, Masking(0.15, _MASK, _SPECIAL, _SIZE), generator)
        with torch.no_grad():
            scores = reference(input_ids=shown, attention_mask=mask).logits[hidden]
        losses.append(torch.nn.functional.cross_entropy(scores, ids[hidden], reduction="none"))
    torch.testing.assert_close(loss, torch.cat(losses).mean())


def test_words_learn_from_both_ends_and_the_head_alone_is_new(files):
    _, learner = started(files)
    seeded(learner, [0, 1, 2, 3]).backward()
    embeddings = learner.model.transformer.get_input_embeddings().weight
    both = embeddings.grad.clone()
    learner.model.zero_grad()
    model = learner.model.training_only
    states = torch.randn(3, 24)
    model(states, embeddings.detach()).sum().backward()
    assert embeddings.grad is None or not embeddings.grad.any()
    # Words that no text holds have a gradient too, for every word is a guess.
    assert (both.abs().sum(1) > 0).sum() == _SIZE
    names = {name for name, _ in learner.model.named_parameters() if "training_only" in name}
    assert names == {f"training_only.{n}" for n in (
        "dense.weight", "dense.bias", "norm.weight", "norm.bias", "bias"
    )}  # fmt: skip


def test_texts_without_a_known_word_teach_nothing_and_break_nothing(files, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("\n".join("猫" * n for n in range(1, 40)))
    unknown = replace(source(files), source=str(lines))
    result = finish(train_texts(recipe(files), unknown, tmp_path / "run"))
    assert result.steps == 5 and result.loss == 0


def test_training_learns_to_guess_words(files, tmp_path):
    made = recipe(files, settings={"steps": 150, "batch": 32, "rate": 1e-2})
    finish(train_texts(made, source(files), tmp_path / "run"))
    losses = read_history(tmp_path / "run").losses
    assert losses[-10:].mean() < 0.8 * losses[:3].mean()


def test_stopped_and_resumed_equals_unbroken(files, tmp_path):
    made = task(files)
    finish(train(made, made.recipe.settings, tmp_path / "whole"))
    work = train(task(files), made.recipe.settings, tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    finish(resume_run(tmp_path / "broken"))
    same_bits(*(load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "broken")))


@pytest.fixture(scope="module")
def run(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlm") / "run"
    finish(train_texts(recipe(files, settings={"rate": 5e-3}), source(files), folder))
    return folder


def test_what_is_exported_guesses_words_and_is_an_encoder_as_well(run, tmp_path):
    from sentence_transformers import SentenceTransformer
    from transformers import BertForMaskedLM, BertModel

    export_run(run, tmp_path / "out")
    guessing = BertForMaskedLM.from_pretrained(tmp_path / "out").eval()
    kept = {n.removeprefix("model."): t for n, t in load_file(run / CHECKPOINT).items()}
    for own, theirs in (
        ("training_only.dense.weight", guessing.cls.predictions.transform.dense.weight),
        ("training_only.bias", guessing.cls.predictions.decoder.bias),
        ("transformer.embeddings.word_embeddings.weight", guessing.cls.predictions.decoder.weight),
    ):
        assert torch.equal(kept[own], theirs)
    encoder = load(str(tmp_path / "out"))
    assert encoder.card.conventions.pooling == "mean"
    ours = encode(TEXTS, encoder).array
    theirs = SentenceTransformer(str(tmp_path / "out"), device="cpu").encode(TEXTS)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    bare = BertModel.from_pretrained(tmp_path / "out").eval()
    ids = encoder.tokenize(TEXTS[:1], "passage")[0]
    with torch.no_grad():
        state = bare(torch.tensor([ids])).last_hidden_state[0].mean(0)
    np.testing.assert_allclose(ours[0], torch.nn.functional.normalize(state, dim=0), atol=1e-5)


def test_training_goes_on_with_the_head_that_was_exported(files, run, tmp_path):
    export_run(run, tmp_path / "out")
    _, learner = started(files, base=tmp_path / "out")
    trained = {n.removeprefix("model."): t for n, t in load_file(run / CHECKPOINT).items()}
    for name, tensor in learner.model.state_dict().items():
        assert torch.equal(tensor, trained[name]), name


def test_the_card_says_what_kind_of_model_it_is(run, tmp_path):
    export_run(run, tmp_path / "out", name="Mine")
    text = (tmp_path / "out" / "README.md").read_text()
    assert "Masked language model (Devlin et al. 2019) on 50 sentences of lines" in text
    assert "15 %" in text and "temperature" not in text and "Positive" not in text
    assert read_card(run).method == "mlm"


def test_half_precision_is_smaller_and_gives_all_the_same_vectors(run, tmp_path):
    from sentence_transformers import SentenceTransformer

    export_run(run, tmp_path / "whole")
    assert main(["export", str(run), "--out", str(tmp_path / "half"), "--half"]) == 0
    sizes = [(tmp_path / n / "model.safetensors").stat().st_size for n in ("whole", "half")]
    assert sizes[1] < 0.6 * sizes[0]
    tensors = load_file(tmp_path / "half" / "model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    whole, half = (encode(TEXTS, load(str(tmp_path / n))).array for n in ("whole", "half"))
    np.testing.assert_allclose(half, whole, atol=2e-3)
    theirs = SentenceTransformer(str(tmp_path / "half"), device="cpu")
    assert {p.dtype for p in theirs.parameters()} == {torch.float32}
    np.testing.assert_allclose(theirs.encode(TEXTS), half, atol=1e-5)


def test_a_tokenizer_without_a_mask_token_is_refused(files, tmp_path):
    save_bert(tmp_path / "base")
    path = tmp_path / "base" / "tokenizer.json"
    path.write_text(path.read_text("utf-8").replace("[MASK]", "[HIDE]"), "utf-8")
    with pytest.raises(InputError, match="no mask token"):
        started(files, base=tmp_path / "base")


@pytest.mark.parametrize("option", ["--views=crop", "--temperature=0.1", "--hard-weight=2"])
def test_options_of_other_methods_are_refused(files, tmp_path, capsys, option):
    out = ["--data", source(files).source, "--base", str(files / "base"), "--out", str(tmp_path)]
    assert main(["train", "mlm", *out, option]) == 2
    assert "is no option of mlm" in capsys.readouterr().err
