"""SimCSE on the training loop: views, losses, heads, and what is watched."""

from itertools import chain

import pytest
import torch
from text_kit import line, seeded, started
from tiny import edit, save_bert

from models.augment.cutoff import CUTOFF_KINDS, Cutoff, cutoff
from models.encoders.trainable import TextNetSpec, build_text, read_base
from models.losses import simcse as simcse_loss
from models.training.recipes import simcse, simcse_nli
from models.training.recipes.text import VIEWS

pytestmark = pytest.mark.usefixtures("one_thread")


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
