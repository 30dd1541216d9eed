"""EDA's edits, deletion of one word and crop: their counts, their places, and any script."""

import random
from collections import Counter

import pytest

from models.augment.stop_words import STOP_WORDS
from models.augment.text import TEXT_METHODS, TextAugment, augment_text
from models.augment.words import split_words
from models.errors import InputError

SYNONYMS = {"cat": ("feline",), "dog": ("hound", "domestic dog"), "ran": ("sped",), "he": ("him",)}
TEN = "the cat saw one dog and a cat ran off"
EDITS = [name for name, method in TEXT_METHODS.items() if method.needs != "translators"]
#: Emoji, right to left, no spaces, no letters, nothing.
ODD = [
    "",
    "  ",
    "?!",
    "👍",
    "Hi",
    "我爱你，世界。",
    "مرحبا، يا عالم",
    "I ❤️ \U0001f1ec\U0001f1e7 \ud83d",
]


def synonyms(word):
    return SYNONYMS.get(word, ())


def view(text, method, alpha=0.1, seed=0):
    return augment_text(text, TextAugment(method, alpha), random.Random(seed), synonyms)


def views(text, method, alpha=0.1, count=200):
    return [view(text, method, alpha, seed) for seed in range(count)]


def kinds(edited):
    return Counter(mark.kind for mark in edited.marks)


def check(edited):
    """Marks cover every word of both texts exactly once and point at what they say."""
    sources = [mark.source for mark in edited.marks if mark.kind != "inserted"]
    targets = [mark.target for mark in edited.marks if mark.kind != "deleted"]
    assert sorted(sources) == list(split_words(edited.original).spans)
    assert targets == sorted(targets)
    ends = [place for mark in edited.marks for place in mark.target]
    assert ends == sorted(ends)
    for mark in edited.marks:
        was, now = edited.original[slice(*mark.source)], edited.text[slice(*mark.target)]
        assert bool(was) == (mark.kind != "inserted")
        assert bool(now) == (mark.kind != "deleted")
        if mark.kind in ("kept", "moved"):
            assert was == now
    if not edited.changes:
        assert edited.text == edited.original


def test_a_synonym_replaces_every_occurrence_and_no_stop_word():
    made = {edited.text for edited in views(TEN, "synonym")}
    assert made == {
        "the feline saw one dog and a feline ran off",
        "the cat saw one hound and a cat ran off",
        "the cat saw one domestic dog and a cat ran off",
        "the cat saw one dog and a cat sped off",
    }
    assert "he" in STOP_WORDS
    assert view("he saw it", "synonym").text == "he saw it"


@pytest.mark.parametrize(
    ("alpha", "words"), [(0.0, 0), (0.05, 1), (0.1, 1), (0.29, 2), (0.3, 3), (1.0, 3)]
)
def test_n_is_the_share_of_the_words_and_at_least_one(alpha, words):
    # Of ten words three different ones have synonyms, and more cannot be replaced.
    for edited in views(TEN, "synonym", alpha, 50):
        replaced = {
            edited.original[slice(*mark.source)] for mark in edited.marks if mark.kind == "replaced"
        }
        assert len(replaced) == words


def test_a_synonym_has_the_capitals_of_its_word():
    assert view("Cat.", "synonym").text == "Feline."
    assert view("CAT!", "synonym").text == "FELINE!"
    assert view("Cat and cat, CAT", "synonym").text == "Feline and feline, FELINE"


@pytest.mark.parametrize(("alpha", "count"), [(0.0, 0), (0.1, 1), (0.35, 3), (1.0, 10)])
def test_insertions_are_counted_and_never_last(alpha, count):
    firsts = set()
    for edited in views(TEN, "insertion", alpha):
        assert kinds(edited) == Counter(kept=10, **({"inserted": count} if count else {}))
        assert edited.text.endswith(" off")
        firsts.add(edited.marks[0].kind)
        words = edited.text.split()
        for known in ("feline", "hound", "domestic", "dog", "sped"):
            words = [word for word in words if word != known]
        assert words == [word for word in TEN.split() if word != "dog"]
    assert firsts == ({"kept", "inserted"} if count else {"kept"})


def test_an_insertion_into_one_word_stands_before_it():
    assert view("cat", "insertion").text == "feline cat"
    assert view("(cat)", "insertion").text == "(feline cat)"
    assert view("fish", "insertion").text == "fish"


@pytest.mark.parametrize(("alpha", "most"), [(0.0, 0), (0.1, 2), (0.2, 4)])
def test_swaps_exchange_words_and_leave_the_gaps(alpha, most):
    text = "(one) two, three four: five six seven eight nine ten."
    gaps = split_words(text).gaps
    moved = set()
    for edited in views(text, "swap", alpha):
        found = split_words(edited.text)
        assert found.gaps == gaps
        assert sorted(found.words) == sorted(split_words(text).words)
        moved.add(kinds(edited)["moved"])
    assert max(moved) == most
    assert moved <= {0, 2, 3, 4}


def test_one_swap_reaches_every_pair_alike():
    counts = Counter(edited.text for edited in views("a1 b2 c3", "swap", count=900))
    assert set(counts) == {"b2 a1 c3", "c3 b2 a1", "a1 c3 b2"}
    assert all(240 < count < 360 for count in counts.values())


def test_deletion_drops_each_word_by_chance_and_keeps_one():
    made = views(TEN, "deletion", 0.3, 400)
    dropped = [kinds(edited)["deleted"] for edited in made]
    assert 2.7 < sum(dropped) / len(dropped) < 3.3  # 10 · .3, within four standard errors
    assert all(edited.text == " ".join(edited.text.split()) for edited in made)
    left = {edited.text for edited in views(TEN, "deletion", 1.0)}
    assert left == set(TEN.split())
    assert view(TEN, "deletion", 0.0).text == TEN
    assert view("alone", "deletion", 1.0).text == "alone"


def test_one_word_is_deleted_anywhere():
    made = {edited.text for edited in views("a1 b2 c3", "delete-one", 0.0)}
    assert made == {"b2 c3", "a1 c3", "a1 b2"}
    assert view("alone.", "delete-one").text == "alone."


@pytest.mark.parametrize(("alpha", "kept"), [(0.0, 10), (0.1, 9), (0.35, 7), (1.0, 1)])
def test_a_crop_is_one_piece_of_the_text(alpha, kept):
    made = {edited.text for edited in views(TEN, "crop", alpha)}
    words = TEN.split()
    assert made == {" ".join(words[start : start + kept]) for start in range(11 - kept)}


def test_a_crop_takes_along_the_punctuation_at_its_words():
    made = {edited.text for edited in views("One (two) three, four.", "crop", 0.5)}
    assert made == {"One (two).", "(two) three.", "three, four."}


def test_eda_is_one_of_its_four_edits_alike():
    seen = Counter()
    for edited in views(TEN, "eda", count=800):
        (kind,) = set(kinds(edited)) - {"kept"} or {"none"}
        seen[kind] += 1
    # A deletion of .1 leaves ten words whole in .9¹⁰ = 35% of all cases.
    assert set(seen) == {"replaced", "inserted", "moved", "deleted", "none"}
    assert all(160 < seen[kind] < 240 for kind in ("replaced", "inserted", "moved"))
    assert 160 < seen["deleted"] + seen["none"] < 240


@pytest.mark.parametrize("method", EDITS)
@pytest.mark.parametrize("text", [*ODD, TEN])
def test_any_text_keeps_its_words_accounted_for(method, text):
    for seed in range(20):
        edited = view(text, method, 0.4, seed)
        check(edited)
        assert bool(split_words(edited.text).words) == bool(split_words(text).words)


@pytest.mark.parametrize("method", EDITS)
def test_the_seed_decides(method):
    assert view(TEN, method, seed=1) == view(TEN, method, seed=1)
    assert len({edited.text for edited in views(TEN, method, count=20)}) > 1


@pytest.mark.parametrize("method", EDITS)
def test_ten_thousand_words_are_edited(method):
    text = f"{TEN}. " * 1000
    edited = view(text, method)
    check(edited)
    assert edited.changes
    changed = {"delete-one": 1, "crop": 1000, "insertion": 1000}
    if method in changed:
        assert len(edited.changes) == changed[method]


def test_texts_without_spaces_are_edited_by_character():
    made = {edited.text for edited in views("我爱你。", "delete-one")}
    assert made == {"爱你。", "我你。", "我爱。"}
    assert view("我爱", "swap").text == "爱我"


def test_synonyms_come_from_the_installed_wordnet():
    spec = TextAugment("synonym", 0.5)
    edited = augment_text("happy", spec, random.Random(0))
    assert edited.text in {"felicitous", "glad", "well-chosen"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TextAugment("shuffle"), "called shuffle; there are synonym, insertion"),
        (lambda: TextAugment("swap", 1.01), "between 0 and 1"),
        (lambda: TextAugment("swap", -0.1), "between 0 and 1"),
        (lambda: TextAugment("swap", float("nan")), "between 0 and 1"),
        (lambda: view("a", "back-translation"), "two translation models"),
    ],
)
def test_what_means_nothing_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()
