"""From files to a project folder: whole, resumable, incremental, and refused when damaged."""

import errno
import json
import os
from dataclasses import replace

import numpy as np
import pytest
from fakes import HashEncoder

from models.data.cut import Cutting
from models.errors import InputError
from models.events import Progress, Skipped, finish
from models.indexing import build
from models.opening import searcher_of
from models.project import Project, Recipe
from models.unfinished import Unfinished


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for n in range(6):
        words = " ".join(f"word{n}x{i}" for i in range(150))
        (folder / f"doc{n}.txt").write_text(f"Heading {n}. {words}", "utf-8")
    return folder


def recipe(corpus, **changes):
    return Recipe(sources=(str(corpus),), cutting=Cutting(50, 0), **changes)


def test_a_folder_becomes_a_project_that_opens_and_answers(corpus, tmp_path):
    encoder = HashEncoder()
    project = finish(build(recipe(corpus), tmp_path / "p", encoder))
    assert len(project.passages) == len(project.vectors.array) == project.manifest.passages
    again = Project.open(tmp_path / "p")
    np.testing.assert_array_equal(again.vectors.array, project.vectors.array)
    answer = searcher_of(again, encoder).search("word3x5 word3x6", 3)
    assert again.passages[answer.hits["bm25"][0].row].source == "doc3.txt"


def test_changed_files_alone_are_embedded_again(corpus, tmp_path):
    encoder = HashEncoder()
    first = finish(build(recipe(corpus), tmp_path / "p", encoder))
    count, encoder.embedded = encoder.embedded, 0
    assert count == len(first.passages)
    finish(build(recipe(corpus), tmp_path / "p", encoder))
    assert encoder.embedded == 0
    (corpus / "doc2.txt").write_text("Quite another text now, and a short one.", "utf-8")
    changed = finish(build(recipe(corpus), tmp_path / "p", encoder))
    assert encoder.embedded == 1
    assert "Quite another" in " ".join(changed.passages.column("text"))


def test_a_build_broken_off_goes_on_where_it_stopped(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("models.store._FLUSH_VECTORS", 1)
    for n in range(60):
        (corpus / f"more{n}.txt").write_text(f"more {n} " + f"m{n} n{n} " * 24, "utf-8")
    encoder = HashEncoder()
    encoder.fail_after = 40
    with pytest.raises(KeyboardInterrupt):
        finish(build(recipe(corpus), tmp_path / "p", encoder))
    with pytest.raises(InputError, match="not a project"):
        Project.open(tmp_path / "p")
    done = encoder.embedded
    encoder.fail_after, encoder.embedded = None, 0
    project = finish(build(recipe(corpus), tmp_path / "p", encoder))
    assert 0 < encoder.embedded < len(project.passages)
    assert encoder.embedded + done >= len(project.passages)
    assert not (tmp_path / "p" / "embedding").exists()


def test_cancelling_keeps_the_project_that_was_there(corpus, tmp_path):
    before = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    (corpus / "doc0.txt").write_text("new words entirely " * 30, "utf-8")
    work = build(recipe(corpus), tmp_path / "p", HashEncoder())
    for event in work:
        if isinstance(event, Progress) and event.stage == "Embedding":
            break
    work.close()
    after = Project.open(tmp_path / "p")
    assert after.manifest == before.manifest
    leftovers = [p.name for p in (tmp_path / "p").iterdir() if p.name.startswith(".building")]
    assert leftovers == []


def test_another_encoder_embeds_everything_again(corpus, tmp_path):
    finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    other = HashEncoder(key="hash-2")
    project = finish(build(recipe(corpus), tmp_path / "p", other))
    assert other.embedded == len(project.passages)
    with pytest.raises(InputError, match="build it again"):
        searcher_of(project, HashEncoder(key="hash-1"))


def test_a_full_disk_is_one_sentence_and_the_old_project_stays(corpus, tmp_path, monkeypatch):
    before = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("models.store.VectorStore.rows", full)
    with pytest.raises(InputError, match="disk is full"):
        finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert Project.open(tmp_path / "p").manifest == before.manifest


@pytest.mark.parametrize("name", ["vectors.npy", "passages.arrow", "keys.npy"])
def test_a_truncated_file_is_refused_by_name(corpus, tmp_path, name):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    path = project.data / name
    data = path.read_bytes()
    del project
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=name):
        Project.open(tmp_path / "p")


def test_an_altered_byte_is_refused(corpus, tmp_path):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    path = project.data / "vectors.npy"
    data = bytearray(path.read_bytes())
    del project
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="checksum"):
        Project.open(tmp_path / "p")


def test_a_damaged_project_is_simply_built_anew(corpus, tmp_path):
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    (project.data / "vectors.npy").write_bytes(b"")
    rebuilt = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    assert len(rebuilt.passages) > 0


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}', '{"format": 99}', ""])
def test_a_broken_manifest_is_one_sentence(tmp_path, text):
    (tmp_path / "project.json").write_text(text)
    with pytest.raises(InputError, match=r"project\.json"):
        Project.open(tmp_path)


def test_a_folder_of_other_files_is_never_touched(corpus, tmp_path):
    holiday = tmp_path / "holiday"
    holiday.mkdir()
    (holiday / "photo.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match="already holds other files"):
        finish(build(recipe(corpus), holiday, HashEncoder()))
    assert [p.name for p in holiday.iterdir()] == ["photo.jpg"]


def test_a_build_of_nothing_leaves_no_folder_behind(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no readable documents"):
        finish(build(recipe(tmp_path / "empty"), tmp_path / "p", HashEncoder()))
    assert not (tmp_path / "p").exists()


def test_two_builds_in_one_folder_do_not_mix(corpus, tmp_path):
    work = build(recipe(corpus), tmp_path / "p", HashEncoder())
    next(work)
    with pytest.raises(InputError, match="Another process"):
        finish(build(recipe(corpus), tmp_path / "p", HashEncoder()))
    work.close()


def test_skipped_records_are_counted_and_listed(corpus, tmp_path):
    (corpus / "rows.jsonl").write_text('{"text": "a good row of words"}\nnot json\n', "utf-8")
    events = []
    project = finish(build(recipe(corpus), tmp_path / "p", HashEncoder()), events.append)
    skipped = [event for event in events if isinstance(event, Skipped)]
    assert project.manifest.skipped == len(skipped) == 1
    assert "rows.jsonl" in project.manifest.skipped_shown[0][0]


def test_files_of_different_columns_make_one_table(tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.jsonl").write_text(json.dumps({"text": "alpha beta", "year": 1999}) + "\n")
    (folder / "b.txt").write_text("gamma delta epsilon")
    made = Recipe(sources=(str(folder),), cutting=Cutting(0))
    project = finish(build(made, tmp_path / "p", HashEncoder()))
    assert project.passages.fields == ("year",)
    assert sorted(project.passages.column("year")) == ["", "1999"]


def test_only_a_build_that_was_broken_off_leaves_a_mark_to_go_on(corpus, tmp_path):
    folder = tmp_path / "p"
    work = build(recipe(corpus), folder, HashEncoder(), "My corpus")
    for event in work:
        if isinstance(event, Progress) and event.stage == "Embedding":
            break
    work.close()
    mark = Unfinished.read(folder)
    assert (mark.name, mark.recipe.sources) == ("My corpus", (str(corpus),))
    project = finish(build(mark.recipe, folder, HashEncoder(), mark.name))
    assert project.manifest.name == "My corpus"
    assert Unfinished.read(folder) is None
    (corpus / "extra.txt").write_text("one more")
    missing = replace(mark.recipe, sources=(str(tmp_path / "gone"),))
    with pytest.raises(InputError):
        finish(build(missing, folder, HashEncoder(), mark.name))
    assert Unfinished.read(folder) is None


@pytest.mark.parametrize("text", ["", "[]", '{"name": "x"}', '{"name": 1, "recipe": 2}'])
def test_a_broken_mark_is_no_mark(tmp_path, text):
    (tmp_path / "unfinished.json").write_text(text)
    assert Unfinished.read(tmp_path) is None
