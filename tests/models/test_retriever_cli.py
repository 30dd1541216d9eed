"""``evaluate retrieval`` with several retrievers, on the bundled sample."""

import json
import shutil

import pytest

from models.__main__ import main
from models.samples import assets, bundled_questions


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """What was embedded and found is kept from one test to the next."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def compare(home, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    questions = tmp_path / "questions.jsonl"
    lines = bundled_questions().read_text("utf-8").splitlines()[:30]
    questions.write_text("\n".join(lines), "utf-8")
    project = tmp_path / "project"
    shutil.copytree(assets() / "sample" / "project", project)

    def run(*options):
        status = main(["evaluate", "retrieval", str(project), str(questions), *map(str, options)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_rankings_are_exported_imported_and_compared(compare, tmp_path):
    run = tmp_path / "dense.trec"
    status, out, _ = compare("--curves", "--export", run, "--export-from", "dense", "--json")
    assert status == 0
    result = json.loads(out)
    assert list(result) == ["bm25", "dense", "hybrid"]
    dense = result["dense"]
    assert dense["top20"]["low"] <= dense["top20"]["value"] <= dense["top20"]["high"]
    assert dense["curve"]["value"][19] == pytest.approx(dense["top20"]["value"], abs=1e-3)
    assert len(dense["answer_match"]["curve"]["low"]) == 100
    assert (dense["questions"], dense["without_gold"]) == (30, 0)
    assert result["bm25"]["against_bm25"]["mrr10"]["p"] == 1
    assert 0 <= result["hybrid"]["dev_weight"] <= 1
    status, out, _ = compare("--import", run, "--json")
    again = json.loads(out)
    assert status == 0 and list(again) == ["bm25", "dense", "hybrid", "dense (2)"]
    for name in ("top1", "top5", "top20", "top100", "mrr10", "ndcg10"):
        assert again["dense (2)"][name] == dense[name]


def test_people_get_intervals_and_tests(compare):
    status, out, _ = compare("--curves")
    assert status == 0
    assert "30 of 30 questions" in out and "[" in out and "Against bm25" in out
    assert "one half of the questions chooses" in out


def test_bad_input_is_one_sentence(compare, tmp_path):
    path = tmp_path / "x.trec"
    status, out, err = compare("--export", path, "--export-from", "none")
    assert (status, out) == (2, "") and "There is no retriever 'none'" in err
    assert not path.exists()
    status, _, err = compare("--import", tmp_path / "missing.trec")
    assert status == 2 and "There is no file" in err


def test_an_index_of_another_encoder_is_refused(compare, tmp_path):
    path = tmp_path / "project" / "project.json"
    values = json.loads(path.read_text("utf-8"))
    values["encoder"]["key"] = "another"
    path.write_text(json.dumps(values), "utf-8")
    status, _, err = compare("--curves")
    assert status == 2 and "build it again" in err


def test_an_index_that_lost_passages_is_refused(compare, tmp_path):
    (data,) = (tmp_path / "project").glob("data-*")
    passages = data / "passages.arrow"
    passages.write_bytes(passages.read_bytes()[:-500])
    status, _, err = compare("--curves")
    assert status == 2 and "build it again" in err
