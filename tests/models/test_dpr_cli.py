"""``train dpr``, ``mine-negatives`` and ``evaluate dpr`` as a script sees them."""

import json

import numpy as np
import pytest

from models.__main__ import main
from models.data.biencoder import json_entries
from models.data.dpr_questions import QuestionSource, question_set
from models.data.questions import Question
from models.evaluation.dual import DUAL, kept_dual
from models.evaluation.fusing import WEIGHTS
from models.evaluation.ranking import has_answer
from models.evaluation.retrieval import evaluate_retrieval
from models.events import finish
from models.retrieval.dense import DenseIndex
from models.retrieval.lexical import LexicalIndex
from models.retrieval.searcher import Searcher
from models.text_encoders import load_text
from models.training.checkpoints import read_run
from models.training.shelf import read_card
from models.vectors import encode

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = ["--batch", "8", "--probe", "6", "--frames", "2", "--max-length", "24", "--json"]


def said(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(scope="module")
def files(dpr_files):
    return dpr_files


def command(files, *options):
    data = ["--data", str(files / "questions.csv"), "--base", str(files / "base")]
    return ["train", "dpr", *data, *SMALL, *options]


def test_a_line_a_measurement_and_the_last_is_done(files, tmp_path, capsys):
    assert main([*command(files, "--steps", "3"), "--out", str(tmp_path / "run")]) == 0
    *lines, last = said(capsys)
    assert [line["step"] for line in lines] == [0, 1, 2, 3]
    assert all(0 <= line["top1"] <= 100 and "knn" not in line for line in lines)
    assert last["done"] is True and last["before"]["alignment"] == lines[0]["alignment"]


def test_every_option_reaches_the_run(files, tmp_path, capsys):
    options = "--hard 2 --random 1 --gold 3 --pool 4 --no-in-batch --mask --shared --chunk 5"
    options += " --similarity cosine --temperature 0.1 --pooling cls --steps 1 --limit 50"
    options += " --question-column question --passage-column passage --rate 0.002"
    options += " --dev-every 1"
    assert main([*command(files, *options.split()), "--out", str(tmp_path / "run")]) == 0
    config = read_run(tmp_path / "run").config
    recipe = config["recipe"]
    assert recipe["negatives"] == {
        "hard": 2,
        "random": 1,
        "gold": 3,
        "pool": 4,
        "in_batch": False,
        "mask": True,
    }
    assert (recipe["shared"], recipe["chunk"], recipe["temperature"]) == (True, 5, 0.1)
    assert (recipe["similarity"], recipe["net"]["pooling"]) == ("cosine", "cls")
    assert config["data"]["columns"]["question"] == "question"
    assert (config["data"]["limit"], config["settings"]["rate"]) == (50, 0.002)
    assert config["settings"]["score_every"] == 1
    assert (config["settings"]["clip"], config["settings"]["schedule"]) == (2.0, "linear")


def test_a_run_goes_on_by_its_folder_alone_and_is_exported_indexed_and_asked(
    files,
    tmp_path,
    capsys,
):
    run, pair = str(tmp_path / "run"), str(tmp_path / "pair")
    assert main([*command(files, "--steps", "2"), "--out", run]) == 0
    assert main(["train", "dpr", "--out", run, "--resume", "--json"]) == 0
    assert said(capsys)[-1]["step"] == 2
    assert main(["train", "simcse", "--out", run, "--resume"]) == 2
    assert main(["export", run, "--out", pair, "--json"]) == 0
    (tmp_path / "corpus.txt").write_text("the cat sat\n\nparis is in france\n\na dog ran far\n")
    for encoder in (pair, run):
        index = str(tmp_path / f"index-{encoder[-3:]}")
        line = ["index", str(tmp_path / "corpus.txt"), "--out", index, "--encoder", encoder]
        assert main([*line, "--json"]) == 0
        capsys.readouterr()
        assert main(["search", index, "where is paris", "--json"]) == 0
        assert "france" in capsys.readouterr().out


def test_mined_negatives_are_a_file_that_trains(files, tmp_path, capsys):
    out = tmp_path / "mined.json"
    mine = ["mine-negatives", "bundled", "--out", str(out), "--count", "5", "--random", "2"]
    assert main([*mine, "--json"]) == 0
    (told,) = said(capsys)
    assert told["questions"] == 204 and told["passages"] == 318
    entries = list(json_entries(out))
    for entry in entries:
        assert entry["positive_ctxs"][0]["score"] == 1000
        scores = [context["score"] for context in entry["hard_negative_ctxs"]]
        assert scores == sorted(scores, reverse=True) and len(scores) <= 5
        for context in entry["hard_negative_ctxs"]:
            assert not has_answer(entry["answers"], context["text"])
    assert sum(len(entry["hard_negative_ctxs"]) for entry in entries) == told["hard_negatives"]
    bundled = finish(question_set(QuestionSource("bundled")))
    mined = finish(question_set(QuestionSource(str(out))))
    assert {q.text for q in bundled.held} == {q.text for q in mined.held}
    train = ["train", "dpr", "--data", str(out), "--base", str(files / "base"), *SMALL]
    assert main([*train, "--steps", "1", "--out", str(tmp_path / "run")]) == 0


def test_one_part_of_the_split_is_mined_alone(tmp_path, capsys):
    out = tmp_path / "held.json"
    assert main(["mine-negatives", "bundled", "--out", str(out), "--part", "held"]) == 0
    bundled = finish(question_set(QuestionSource("bundled")))
    assert [entry["question"] for entry in json_entries(out)] == [q.text for q in bundled.held]


def as_questions(asked, found):
    ids = found.passages.column("id")
    return [
        Question(str(n), q.text, q.answers, {ids[row]: 1 for row in (*q.positives, *q.known)})
        for n, q in enumerate(asked)
    ]


def by_both(name, found):
    """A searcher of the passages with their titles."""
    encoder = load_text(name)
    titled = list(zip(found.passages.column("title"), found.passages.column("text"), strict=True))
    vectors = encode(titled, encoder)
    dense = DenseIndex.flat(vectors.array, encoder.card.conventions.similarity)
    lexical = LexicalIndex.build([f"{title}\n{text}" if title else text for title, text in titled])
    return Searcher(found.passages, vectors, encoder, dense, lexical)


@pytest.mark.parametrize("part", ["held", "dev"])
def test_a_run_is_measured_against_its_base(files, tmp_path, capsys, part):
    run = str(tmp_path / "run")
    assert main([*command(files, "--steps", "1"), "--out", run]) == 0
    capsys.readouterr()
    assert main(["evaluate", "dpr", run, "--part", part, "--json"]) == 0
    (told,) = said(capsys)
    found = finish(question_set(QuestionSource(str(files / "questions.csv"))))
    asked = found.held if part == "held" else found.dev
    assert told["after"]["questions"] == len(asked)
    titled = list(zip(found.passages.column("title"), found.passages.column("text"), strict=True))
    for key, name in (("before", str(files / "base")), ("after", run)):
        encoder = load_text(name)
        passages = encode(titled, encoder).array
        if encoder.card.conventions.similarity == "cosine":
            passages = passages / np.linalg.norm(passages, axis=1, keepdims=True)
        scores = encode([q.text for q in asked], encoder, "question").array @ passages.T
        ranks = (-scores).argsort(1, kind="stable")
        for k in (1, 5):
            right = [
                bool(set(row[:k]) & {*q.positives}) for row, q in zip(ranks, asked, strict=True)
            ]
            assert told[key][f"top{k}"] == pytest.approx(100 * np.mean(right))
    kept = read_card(tmp_path / "run").scores
    assert kept == {f"top{k}": told["after"][f"top{k}"] for k in (1, 5, 20, 100)}
    assert kept_dual(tmp_path / "run").hybrid_before == told["hybrid_before"]
    searcher, chosen = by_both(run, found), told["weight_after"]
    reached = []
    for searcher.weight in sorted({*WEIGHTS, chosen}):
        dev = finish(evaluate_retrieval(searcher, as_questions(found.dev, found)))
        reached.append((dev["hybrid"]["mrr10"], searcher.weight))
    assert len({score for score, _ in reached}) > 1  # the weight matters here
    assert chosen in WEIGHTS and dict(map(reversed, reached))[chosen] == max(reached)[0]
    searcher.weight = chosen
    mixed = finish(evaluate_retrieval(searcher, as_questions(asked, found)))["hybrid"]
    assert told["hybrid_after"]["mrr10"] == pytest.approx(mixed["mrr10"])
    assert main(["export", run, "--out", str(tmp_path / "pair")]) == 0
    line = f"| BM25 | {told['bm25']['top1']:.1f} | {told['bm25']['top5']:.1f} |"
    assert line in (tmp_path / "pair" / "README.md").read_text()
    (tmp_path / "run" / DUAL).write_text("{}")
    assert kept_dual(tmp_path / "run") is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["train", "dpr"], "bundled, or questions"),
        (["train", "dpr", "--data", "bundled", "--views", "crop"], "--views is no option of dpr"),
        (["train", "simcse", "--data", "bundled", "--hard", "2"], "--hard is no option of simcse"),
        (["train", "simclr", "--data", "shapes", "--corpus", "x"], "--corpus is no option of"),
        (["train", "dpr", "--data", "nowhere.json"], "nowhere.json"),
        (["train", "dpr", "--data", "bundled", "--base", "no/where/else"], "no encoder"),
        (["train", "dpr", "--data", "bundled", "--corpus", "nowhere"], "nowhere"),
        (["train", "dpr", "--data", "bundled", "--hard", "0", "--no-in-batch"], "no negative"),
        (
            ["train", "dpr", "--data", "bundled", "--similarity", "dot", "--temperature", "2"],
            "has no temperature",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path, monkeypatch, capsys, line, words):
    monkeypatch.chdir(tmp_path)
    assert main([*line, "--out", "run"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and words in captured.err.splitlines()[-1]
    assert not (tmp_path / "run").exists()


def test_questions_or_a_corpus_that_changed_are_not_measured_by(files, tmp_path, capsys):
    table = tmp_path / "questions.csv"
    table.write_text((files / "questions.csv").read_text())
    line = ["train", "dpr", "--data", str(table), "--base", str(files / "base"), *SMALL]
    assert main([*line, "--steps", "1", "--out", str(tmp_path / "run")]) == 0
    table.write_text("\n".join(table.read_text().splitlines()[:-3]))
    assert main(["evaluate", "dpr", str(tmp_path / "run")]) == 2
    assert "have changed since it was trained" in capsys.readouterr().err


def test_the_product_drops_the_temperature_of_a_preset(files, tmp_path):
    line = command(files, "--steps", "1", "--similarity", "dot")
    assert main([*line, "--out", str(tmp_path / "run")]) == 0
    recipe = read_run(tmp_path / "run").config["recipe"]
    assert (recipe["similarity"], recipe["temperature"]) == ("dot", 1.0)
