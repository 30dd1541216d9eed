"""``contrastive-models augment`` as a script sees it, and as a person reads it."""

import json

import pytest
from wordnet_files import write_wordnet

from models.__main__ import main
from models.augment import back_translation
from models.augment.text_spec import TEXT_METHODS

TEXT = "The cat sat on a big mat."
EDITS = [name for name, method in TEXT_METHODS.items() if method.needs != "translators"]


def augment(capsys, *arguments, code=0):
    """Runs the command; its lines, and what it said on standard error."""
    assert main(["augment", *arguments]) == code
    captured = capsys.readouterr()
    return captured.out.splitlines(), captured.err


def rows(capsys, *arguments):
    return [json.loads(line) for line in augment(capsys, *arguments, "--json")[0]]


@pytest.mark.parametrize("method", EDITS)
def test_each_method_prints_one_object_a_view(capsys, method):
    views = rows(capsys, "--method", method, "--count", "12", "--seed", "3", TEXT)
    assert [row["view"] for row in views] == list(range(12))
    assert len({row["text"] for row in views}) > 1
    for row in views:
        assert (row["original"], row["method"], row["seed"]) == (TEXT, method, 3)
        assert row["alpha"] == (None if method == "delete-one" else 0.1)
        assert bool(row["changes"]) == (row["text"] != TEXT)
        for change in row["changes"]:
            assert TEXT[slice(*change["source"])] == change["was"]
            assert row["text"][slice(*change["target"])] == change["now"]
    assert rows(capsys, "--method", method, "--count", "12", "--seed", "3", TEXT) == views
    assert rows(capsys, "--method", method, "--count", "12", "--seed", "4", TEXT) != views


def test_alpha_is_the_share_of_the_words(capsys):
    (row,) = rows(capsys, "--method", "crop", "--alpha", "0.6", TEXT)
    assert len(row["changes"]) == 4  # int(.6 · 7)
    assert {change["kind"] for change in row["changes"]} == {"deleted"}
    assert row["alpha"] == 0.6


def test_a_person_reads_the_original_the_result_and_the_changes(capsys):
    lines, _ = augment(capsys, "--method", "crop", "--alpha", "0.9", "One (two).")
    assert lines in (
        ["original  One (two).", "result    One.", "changes   One [-two-].", ""],
        ["original  One (two).", "result    (two).", "changes   [-One-] (two).", ""],
    )
    lines, _ = augment(capsys, "--method", "swap", "a1, b2!")
    assert lines[1:3] == ["result    b2, a1!", "changes   <b2>, <a1>!"]
    lines, _ = augment(capsys, "--method", "swap", "alone")
    assert lines[1:3] == ["result    alone", "changes   none"]


def test_synonyms_may_come_from_a_folder_of_ones_own(capsys, tmp_path):
    folder = str(write_wordnet(tmp_path / "dict"))
    own = ["--wordnet", folder, "--alpha", "1"]
    lines, _ = augment(capsys, "--method", "synonym", *own, "Mice stop")
    assert lines[2] == "changes   [-Mice-]{+Computer mouse+} [-stop-]{+halt+}"
    lines, _ = augment(capsys, "--method", "insertion", *own, "--alpha", ".1", "stop")
    assert lines[2] == "changes   {+halt+} stop"
    _, error = augment(capsys, "--method", "eda", "--wordnet", str(tmp_path), TEXT, code=2)
    assert "is no WordNet folder" in error and len(error.splitlines()) == 1


def test_a_file_has_a_text_on_each_line(capsys, tmp_path):
    path = tmp_path / "texts.txt"
    path.write_bytes("\ufeffFirst one.\r\n\n  \nالثانية هنا\n我爱你\nalone".encode())
    views = rows(capsys, "--method", "delete-one", "--count", "2", "--file", str(path))
    originals = [row["original"] for row in views]
    assert originals[::2] == originals[1::2] == ["First one.", "الثانية هنا", "我爱你", "alone"]
    assert [row["view"] for row in views] == [0, 1] * 4
    assert views[-1]["text"] == "alone"
    assert all(len(row["changes"]) == 1 for row in views[:-2])


def test_unreadable_places_in_a_file_are_told(capsys, tmp_path):
    path = tmp_path / "texts.txt"
    path.write_bytes(b"caf\xff one two\n" + "größer wäre schöner für später\n".encode() * 50)
    _, error = augment(capsys, "--method", "swap", "--file", str(path))
    assert "could not be read" in error


def test_back_translation_takes_two_models(capsys, monkeypatch, tmp_path):
    class Echo:
        def __init__(self, folder):
            self.folder = folder

        def __call__(self, texts, temperature, seed):
            return [f"{text} {self.folder.name} {temperature} {seed % 1000}" for text in texts]

    monkeypatch.setattr(back_translation, "_translator", Echo)
    models = ["--there", str(tmp_path / "de"), "--back", str(tmp_path / "en")]
    arguments = ["--method", "back-translation", *models, "--temperature", "0.5"]
    views = rows(capsys, *arguments, "--count", "2", "--seed", "7", "Hello")
    assert [row["view"] for row in views] == [0, 1]
    assert views[0]["text"].startswith("Hello de 0.5 ")
    assert " en 0.5 " in views[0]["text"]
    assert views[0]["text"] != views[1]["text"]
    assert views[0]["alpha"] is None
    assert {change["kind"] for change in views[0]["changes"]} == {"inserted"}
    monkeypatch.undo()
    _, error = augment(capsys, *arguments, "Hello", code=2)
    assert "de is no model folder" in error.splitlines()[-1]


def test_bad_input_is_one_sentence(capsys, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "blank.txt").write_text("\n \n")
    for arguments, words in [
        (["--method", "swap", " "], "The text is empty"),
        (["--method", "swap", "--alpha", "2", "a b"], "between 0 and 1"),
        (["--method", "delete-one", "--alpha", ".2", "a b"], "has no α"),
        (["--method", "back-translation", "a b"], "--there and --back"),
        (["--method", "swap", "--file", str(tmp_path / "none.txt")], "none.txt cannot be read"),
        (["--method", "swap", "--file", str(tmp_path)], "cannot be read"),
        (["--method", "swap", "--file", str(tmp_path / "empty.txt")], "holds no text"),
        (["--method", "swap", "--file", str(tmp_path / "blank.txt")], "holds no text"),
    ]:
        lines, error = augment(capsys, *arguments, code=2)
        assert lines == []
        assert words in error and len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--method", "shuffle", "a"], ["--method", "swap"], ["a"], ["--method", "swap", "a", "b"]],
)
def test_a_command_that_cannot_be_understood_shows_its_usage(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(["augment", *arguments])
    assert stop.value.code == 2
    assert "usage: contrastive-models" in capsys.readouterr().err
