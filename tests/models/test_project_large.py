"""A project too large to be read at each opening: what is checked when, and what vanishes."""

import errno
import json
import os
import shutil

import pytest
from fakes import HashEncoder

from models import checksums
from models.__main__ import main
from models.data.cut import Cutting
from models.data.records import Passages
from models.errors import InputError
from models.events import Progress, Shortened, finish
from models.indexing import build
from models.opening import searcher_of
from models.project import Manifest, Project, Recipe
from models.retrieval.dense import IndexSpec
from models.samples import assets


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.tsv"
    rows = (f"p{n}\tA text about {n} and {n * n}, word{n % 7} word{n % 11}." for n in range(400))
    path.write_text("\n".join(["id\ttext", *rows]), "utf-8")
    return path


@pytest.fixture
def large(monkeypatch):
    """Limits so small that a small project is a large one."""
    monkeypatch.setattr(checksums, "_SMALL_PROJECT", 20_000)
    monkeypatch.setattr(checksums, "_SMALL_FILE", 4_000)
    monkeypatch.setattr(checksums, "_BLOCK", 16)
    monkeypatch.setattr(checksums, "_READ", 5_000)


def recipe(corpus, **changes):
    return Recipe(sources=(str(corpus),), cutting=Cutting(0), **changes)


def flip(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_small_project_has_no_large_files(corpus, tmp_path):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert project.manifest.large == {}
    assert "large" not in json.loads((tmp_path / "p" / "project.json").read_text("utf-8"))
    assert Manifest.read(assets() / "sample" / "project").large == {}


def test_an_opening_glances_and_checking_reads_all(corpus, tmp_path, large):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert {"vectors.npy", "passages.arrow", "keys.npy"} <= set(project.manifest.large)
    assert "bm25/params.index.json" not in project.manifest.large
    assert Manifest.read(tmp_path / "p") == project.manifest
    events = []
    finish(project.checking(), events.append)
    assert {event.stage for event in events} == {"Checking the files"}
    assert events[-1].done == events[-1].total
    flip(project.data / "vectors.npy", 20_011)  # between two glances
    reopened = Project.open(tmp_path / "p")
    with pytest.raises(InputError, match=r"vectors\.npy does not match .* build it again"):
        finish(reopened.checking())


@pytest.mark.parametrize("name", ["vectors.npy", "passages.arrow", "bm25/params.index.json"])
@pytest.mark.parametrize("how", ["truncated", "altered at its end", "gone"])
def test_what_an_opening_sees_of_a_large_project(corpus, tmp_path, large, name, how):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    path = project.data / name
    del project
    if how == "truncated":
        path.write_bytes(path.read_bytes()[:-8])
    elif how == "gone":
        path.unlink()
    else:
        flip(path, -1)
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        Project.open(tmp_path / "p")


def test_checking_can_be_closed_and_names_a_file_that_has_gone(corpus, tmp_path, large):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    work = project.checking()
    assert isinstance(next(work), Progress)
    work.close()
    (project.data / "keys.npy").unlink()
    with pytest.raises(InputError, match=r"keys\.npy .* cannot be read"):
        finish(project.checking())


def test_inspect_says_what_is_there_and_whether_it_is_whole(corpus, tmp_path, large, capsys):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder(), "Numbers"))
    folder = str(tmp_path / "p")
    assert main(["inspect", folder]) == 0
    said = capsys.readouterr().out
    assert "Numbers: 400 passages of 400 documents, 32 dimensions by hash, flat index" in said
    assert "vectors.npy" in said
    assert "as it was written" not in said
    assert main(["inspect", folder, "--verify", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["passages"], told["verified"]) == (400, True)
    assert told["bytes"] == sum(told["files"].values())
    flip(project.data / "vectors.npy", 20_011)
    assert main(["inspect", folder]) == 0
    capsys.readouterr()
    assert main(["inspect", folder, "--verify"]) == 2
    assert "vectors.npy" in capsys.readouterr().err


def test_a_corpus_that_shrank_is_told_and_followed(corpus, tmp_path):
    finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    lines = corpus.read_text("utf-8").splitlines()
    corpus.write_text("\n".join(lines[:301]), "utf-8")
    events, encoder = [], HashEncoder()
    project = finish(build(recipe(corpus), tmp_path / "p", encoder), events.append)
    (told,) = [event for event in events if isinstance(event, Shortened)]
    assert told.where == str(corpus)
    assert "400 passages when this was last indexed and there are 300 now" in told.why
    assert (len(project.passages), encoder.embedded, project.manifest.skipped) == (300, 0, 0)
    answer = searcher_of(project, HashEncoder()).search("word3 399 159201", 300)
    assert max(hit.row for hits in answer.hits.values() for hit in hits) < 300


def test_sources_that_have_gone_leave_the_project_as_it_was(corpus, tmp_path):
    before = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    corpus.unlink()
    with pytest.raises(InputError, match=r"corpus\.tsv"):
        finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert Project.open(tmp_path / "p").manifest == before.manifest


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder whose files are mapped")
@pytest.mark.parametrize("kind", ["flat", "ivfpq"])
def test_a_project_that_vanishes_while_it_is_open_answers_on(corpus, tmp_path, kind):
    made = recipe(corpus, index=IndexSpec(kind, lists=4))
    project = finish(build(made, tmp_path / "p", HashEncoder()))
    searcher = searcher_of(project, HashEncoder())
    before = searcher.search("word3 word5 text", 10)
    shutil.rmtree(tmp_path / "p")
    after = searcher.search("word3 word5 text", 10)
    assert before.hits == after.hits
    assert project.passages[before.hits["bm25"][0].row].text.startswith("A text")
    with pytest.raises(InputError, match="not a project"):
        Project.open(tmp_path / "p")
    with pytest.raises(InputError, match="cannot be read"):
        finish(project.checking())


@pytest.mark.parametrize(
    "where",
    [
        "models.data.passage_file.PassageFile.add",
        "models.corpus_vectors.np.save",
        "models.retrieval.lexical.Path.write_text",
        "models.indexing.summing",
    ],
)
def test_a_full_disk_at_any_step_leaves_the_old_project(corpus, tmp_path, monkeypatch, where):
    before = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(InputError, match="disk is full"):
            finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert Project.open(tmp_path / "p").manifest == before.manifest
    assert [path.name for path in (tmp_path / "p").glob(".building-*")] == []


def test_a_build_never_holds_a_whole_column(corpus, tmp_path, monkeypatch):
    def whole(self, name):
        raise AssertionError(f"The column {name} was read whole.")

    monkeypatch.setattr(Passages, "column", whole)
    monkeypatch.setattr("models.corpus_vectors._WINDOW", 64)
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert len(project.passages) == 400


def test_too_few_passages_for_an_index_are_one_sentence(corpus, tmp_path):
    made = recipe(corpus, index=IndexSpec("ivf", lists=4000))
    with pytest.raises(
        InputError, match=r"at least 4000 passages .* there are 400; choose the flat"
    ):
        finish(build(made, tmp_path / "p", HashEncoder()))
    assert not (tmp_path / "p" / "project.json").exists()
