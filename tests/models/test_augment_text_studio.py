"""The text studio: what is drawn, how it is compared, and what happens inside the network."""

import math
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from fakes import HashEncoder

from models.augment.cutoff import Cutoff, cutoff
from models.augment.text_passes import PASSES, PassNet, passes
from models.augment.text_studio import (
    MOST_LETTERS,
    MOST_WORDS,
    WORD_EDITS,
    SentenceMemory,
    StudioRequest,
    alpha_of,
    changed_words,
    compare,
    draw,
    one_line,
    way,
)
from models.encoders.catalog import load
from models.encoders.text_encoder import TextEncoder
from models.errors import InputError
from models.events import finish

SENTENCE = "the cat sat on a mat , far away from home"
SYNONYMS = {"cat": ("feline",), "mat": ("rug", "carpet"), "home": ("house",)}


def synonyms(word):
    return SYNONYMS.get(word, ())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("encoder") / "tiny"
    tiny.save_bert(place)
    return place


@pytest.fixture(scope="module")
def net(folder):
    """A random network, mean pooling, 64 tokens."""
    return PassNet(str(folder), load(str(folder)))


def test_a_line_is_cut_by_words_or_letters_and_says_so():
    assert one_line("  two\n\twords ") == ("two words", False)
    assert one_line(" \n ") == ("", False)
    words = " ".join("ab" for _ in range(MOST_WORDS))
    assert one_line(words) == (words, False)
    assert one_line(f"{words} more") == (words, True)
    line, cut = one_line("x" * 10_000)
    assert len(line) == MOST_LETTERS and cut
    many, cut = one_line("word " * 10_000)
    assert len(many.split()) == MOST_WORDS and cut


@pytest.mark.parametrize("words", [1, 2, 3, 7, 10, 49, 98, 128])
def test_every_number_of_words_has_its_alpha(words):
    for n in range(1, words + 1):
        alpha = alpha_of(n, words)
        assert 0 < alpha <= 1 and changed_words(alpha, words) == n
    assert changed_words(0.1, words) == max(1, words // 10)
    assert changed_words(0, words) == changed_words(0.1, 0) == alpha_of(3, 0) == 0


def test_a_view_stays_when_there_are_more_and_changes_with_the_seed():
    few, many = (draw(StudioRequest(SENTENCE, count=n), synonyms) for n in (2, 6))
    other = draw(StudioRequest(SENTENCE, count=6, seed=1), synonyms)
    assert set(few.views) == set(WORD_EDITS) and few.words == 10
    for method in WORD_EDITS:
        assert many.views[method][:2] == few.views[method]
        assert [view.original for view in many.views[method]] == [SENTENCE] * 6
    assert [v.text for v in many.views["swap"]] != [v.text for v in other.views["swap"]]
    cropped = draw(StudioRequest(SENTENCE, crop=0.5, count=2), synonyms)
    assert cropped.views["swap"] == few.views["swap"]
    assert all(len(view.changes) == 5 for view in cropped.views["crop"])
    assert all(len(view.changes) == 1 for view in many.views["delete-one"])


@pytest.mark.parametrize("text", ["", "word", "!!!", "🎉 👩‍🚀", "今天下雪", "قرأت الطالبة كتابا"])
def test_any_text_is_drawn(text):
    drawn = draw(StudioRequest(text, alpha=0.5), synonyms)
    for views in drawn.views.values():
        assert len(views) == 4 and all(view.original == text for view in views)
    if drawn.words < 2:
        assert {view.text for view in drawn.views["swap"]} == {text}


def test_cosines_are_those_of_the_encoder_and_nothing_is_encoded_twice():
    encoder = HashEncoder()
    memory = SentenceMemory(encoder)
    drawn = draw(StudioRequest(SENTENCE), synonyms)
    found = finish(compare(SENTENCE, drawn.views, ["the dog ran", SENTENCE], memory))

    def vector(text):
        return encoder.forward(encoder.tokenize([text], "passage"), "passage")[0]

    for method, views in drawn.views.items():
        wanted = [float(vector(view.text) @ vector(SENTENCE)) for view in views]
        np.testing.assert_allclose(found.views[method], wanted, atol=1e-6)
    # The sentence itself is no other sentence.
    np.testing.assert_allclose(found.others, [vector("the dog ran") @ vector(SENTENCE)], atol=1e-6)
    before = encoder.embedded
    finish(compare(SENTENCE, drawn.views, ["the dog ran"], memory))
    assert encoder.embedded == before
    with pytest.raises(ValueError, match="read-only"):
        found.others[0] = 0


def test_the_way_to_another_sentence_is_a_share():
    views, others = np.float32([0.9, 0.7]), np.float32([0.1, 0.3])
    assert way(views, others) == pytest.approx(0.25)
    assert way(np.float32([1, 1]), others) == 0
    assert math.isnan(way(views, np.float32([]))) and math.isnan(way(views, np.float32([1, 1])))


def test_erased_views_are_those_of_cutoff(net):
    request = StudioRequest(SENTENCE, cutoff=0.4, count=3, seed=5)
    found = finish(passes(request, net))
    assert set(found.cosines) == set(PASSES)
    assert found.tokens == 13  # ten words, a comma, [CLS] and [SEP]
    for kind in ("token", "span"):
        for spans in found.spans[f"cutoff-{kind}"]:
            assert len(spans) == 4  # .4 of 11, rounded down
            assert all(SENTENCE[a:b] in SENTENCE.split() for a, b in spans)
    for spans in found.spans["cutoff-span"]:
        first, last = spans[0][0], spans[-1][1]
        assert len(SENTENCE[first:last].split()) == 4
    masks = found.masks["cutoff-feature"]
    assert masks.shape == (3, 1, 24) and (masks.sum(2) == 9).all()
    # The same draw by hand, in eval mode.
    generator = torch.Generator().manual_seed(15)
    with torch.no_grad():
        clean = net.net.project([SENTENCE])
        views = net.net.project(
            [SENTENCE] * 3, lambda e, m: cutoff(e, m, Cutoff("token", 0.4), generator)
        )
    wanted = torch.cosine_similarity(clean, views)
    np.testing.assert_allclose(found.cosines["cutoff-token"], wanted, atol=1e-5)
    assert (found.cosines["cutoff-token"] < 0.9999).all()


def test_dropout_differs_between_passes_and_the_same_mask_does_not(net):
    request = StudioRequest(SENTENCE, dropout=0.3, count=5)
    found = finish(passes(request, net))
    assert (found.cosines["dropout"] < 0.999).all()
    np.testing.assert_allclose(found.cosines["same-mask"], 1, atol=1e-5)
    first, second = (found.masks["dropout"][:, at] for at in (0, 1))
    assert first.shape == (5, 24) and (first != second).any(1).all()
    assert 0.15 < found.masks["dropout"].mean() < 0.45
    again = found.masks["same-mask"]
    assert (again[:, 0] == again[:, 1]).all() and (again[:, 0] == first).all()


def test_the_same_seed_gives_the_same_passes_and_leaves_torch_as_it_was(net):
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    one = finish(passes(StudioRequest(SENTENCE, seed=4), net))
    assert torch.rand(1) == wanted
    two = finish(passes(StudioRequest(SENTENCE, seed=4), net))
    three = finish(passes(StudioRequest(SENTENCE, seed=5), net))
    for name in PASSES:
        np.testing.assert_array_equal(one.cosines[name], two.cosines[name])
    assert (one.cosines["dropout"] != three.cosines["dropout"]).any()
    assert not net.net.training


def test_without_dropout_or_cutoff_nothing_moves(net):
    found = finish(passes(StudioRequest(SENTENCE, dropout=0.0, cutoff=0.0), net))
    for name in PASSES:
        np.testing.assert_allclose(found.cosines[name], 1, atol=1e-5)
    assert not found.masks["dropout"].any() and not any(found.spans["cutoff-token"])
    assert found.masks["dropout"].shape == (4, 2, 24)


@pytest.mark.parametrize("text", ["cat", "🎉", "今天下雪", "قرأت", "a \ud83d b", "the " * 500])
def test_any_text_goes_through(net, text):
    found = finish(passes(StudioRequest(text, cutoff=0.5, count=2), net))
    assert all(np.isfinite(part).all() for part in found.cosines.values())
    for views in found.spans.values():
        assert all(0 <= a < b <= len(text) for spans in views for a, b in spans)
    assert found.tokens <= 64


def test_the_network_is_the_encoder(folder):
    for pooling in ("mean", "cls"):
        encoder = load(str(folder), pooling=pooling)
        net = PassNet(str(folder), encoder)
        with torch.no_grad():
            rows = net.net.project([SENTENCE, "the dog ran"])
        own = encoder.forward(encoder.tokenize([SENTENCE, "the dog ran"], "passage"), "passage")
        wanted = own[0] @ own[1] / np.linalg.norm(own[0]) / np.linalg.norm(own[1])
        assert net.cosines(rows[:1], rows[1:])[0] == pytest.approx(wanted, abs=1e-5)


def test_what_follows_the_pooling_counts(folder):
    plain = load(str(folder))
    turned = torch.linspace(-1, 2, 24)
    side = replace(plain.side("passage"), tail=(lambda rows: torch.tanh(rows * turned),))
    encoder = TextEncoder(plain.card, {"question": side, "passage": side})
    net = PassNet(str(folder), encoder)
    with torch.no_grad():
        rows = net.net.project([SENTENCE, "the dog ran"])
    own = encoder.forward(encoder.tokenize([SENTENCE, "the dog ran"], "passage"), "passage")
    wanted = own[0] @ own[1] / np.linalg.norm(own[0]) / np.linalg.norm(own[1])
    assert net.cosines(rows[:1], rows[1:])[0] == pytest.approx(wanted, abs=1e-5)
    assert wanted != pytest.approx(float(torch.cosine_similarity(*rows, dim=0)), abs=1e-3)


def test_other_poolings_are_refused_in_one_sentence(folder):
    with pytest.raises(InputError, match="mean pooling and \\[CLS\\]"):
        PassNet(str(folder), load(str(folder), pooling="max"))
