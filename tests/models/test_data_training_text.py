"""Texts to train on: every source, what is held out, and input of every kind."""

from pathlib import Path

import pytest

from models.data.training_text import hold_out, sentence_set, triplet_set
from models.errors import InputError
from models.events import Skipped, finish
from models.samples import assets

REAL = Path(__file__).parents[2].parent / "shared" / "data"


def sentences(path, text=None, *, held=0, encoding="utf-8", **kwargs):
    if text is not None:
        path.write_text(text, encoding)
    events = []
    made = finish(sentence_set(str(path), held, **kwargs), events.append)
    skipped = [event for event in events if isinstance(event, Skipped)]
    return [text for (text,) in made.train], skipped


def test_one_sentence_a_line_without_empty_and_repeated_ones(tmp_path):
    found, skipped = sentences(tmp_path / "a.txt", "One two.\n\n  Three\tfour \nOne two.\nFive\n")
    assert found == ["One two.", "Three four", "Five"] and skipped == []
    assert sentences(tmp_path / "a.txt", limit=2)[0] == ["One two.", "Three four"]


def test_every_script_and_a_line_of_ten_thousand_words(tmp_path):
    lines = ["猫がマットに座った。", "جلست القطة على السجادة", "👩‍👩‍👧 🐈", "so " * 10_000, "?"]
    found, _ = sentences(tmp_path / "a.txt", "\n".join(lines))
    assert found == [line.strip() for line in lines]


def test_the_passages_of_a_project_sentence_by_sentence(tmp_path):
    project = assets() / "sample" / "project"
    found, _ = sentences(project)
    assert found == sentences("bundled")[0]  # the sample is indexed record by record
    (tmp_path / "project.json").write_text("{}")
    with pytest.raises(InputError, match="damaged"):
        sentences(tmp_path)
    (tmp_path / "project.json").unlink()
    with pytest.raises(InputError, match="There is no file"):
        sentences(tmp_path)


def test_a_column_of_a_table_chosen_or_guessed(tmp_path):
    text = 'id,sentence,other\n1,"A cat, sat.",no\n2,A dog ran.,no way at all this long\n3,,x\n'
    found, skipped = sentences(tmp_path / "a.csv", text)
    assert found == ["A cat, sat.", "A dog ran."]
    assert [event.where for event in skipped] == ["a.csv, line 4"]
    found, _ = sentences(tmp_path / "a.csv", column="other")
    assert found == ["no", "no way at all this long", "x"]
    with pytest.raises(InputError, match="no column named “text”"):
        sentences(tmp_path / "a.csv", column="text")
    with pytest.raises(InputError, match="no table"):
        sentences(tmp_path / "a.txt", "One\nTwo", column="text")


def test_both_sentences_of_the_benchmark_s_pairs(tmp_path):
    text = (
        'news\tf\t2012\t1\t2.5\tA "quoted word.\tAnother one.\n'
        "news\tf\t2012\t2\t5.000\tA third.\tAnother one.\tlicence\tof it\n"
    )
    found, skipped = sentences(tmp_path / "sts-dev.csv", text)
    assert found == ['A "quoted word.', "Another one.", "A third."] and skipped == []


def test_the_bundled_passages_are_sentences():
    made = finish(sentence_set("bundled", 128))
    assert len(made.train) > 1000 and len(made.held) == 128
    assert all(text[0] == text[0].strip() and "\n" not in text[0] for text in made.train)


def test_what_is_held_out_is_the_same_each_time_and_not_trained_on():
    examples = [(f"text {n}",) for n in range(100)]
    first, again, more = (hold_out("s", examples, n) for n in (20, 20, 90))
    assert (first.train, first.held, first.key) == (again.train, again.held, again.key)
    assert sorted(first.train + first.held) == sorted(examples) and len(first.held) == 20
    assert list(first.train) == [e for e in examples if e in set(first.train)]
    assert len(more.held) == 25 and more.key != first.key
    assert hold_out("s", examples[1:], 20).key != first.key


def test_triplets_with_missing_parts_are_told_and_left_out(tmp_path):
    path = tmp_path / "nli.csv"
    path.write_text("sent0,sent1,hard_neg\na,b,c\nd,,f\ng,h,i\na,b,c\nj,k,l\n")
    events = []
    made = finish(triplet_set(str(path), 0), events.append)
    assert made.train == (("a", "b", "c"), ("g", "h", "i"), ("j", "k", "l"))
    assert [e.where for e in events if isinstance(e, Skipped)] == ["nli.csv, line 3"]
    assert finish(triplet_set(str(path), 0, limit=2)).train == made.train[:2]


@pytest.mark.parametrize(
    ("text", "words"), [("", "0 texts"), ("\n \n", "0 texts"), ("one\none\n", "1 texts")]
)
def test_too_little_text_is_one_sentence(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        sentences(tmp_path / "a.txt", text)


def test_files_that_are_none(tmp_path):
    with pytest.raises(InputError, match="no file"):
        sentences(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(InputError, match="binary"):
        sentences(tmp_path / "b.txt")
    with pytest.raises(InputError, match="no file"):
        finish(triplet_set(str(tmp_path / "nli.csv"), 0))


@pytest.mark.skipif(not REAL.is_dir(), reason="the data published by others is not here")
def test_published_files():
    wiki = finish(sentence_set(str(REAL / "text" / "wiki_sentences.txt"), 128))
    assert 11_000 < len(wiki.train) < 11_914
    benchmark = REAL / "senteval" / "STS" / "STSBenchmark" / "sts-train.csv"
    pairs = finish(sentence_set(str(benchmark), 128))
    assert 10_000 < len(pairs.train) < 2 * 5749
    snli = finish(triplet_set(str(REAL / "nli" / "snli_1.0_dev.jsonl"), 128))
    assert len(snli.train) + len(snli.held) == 2943
