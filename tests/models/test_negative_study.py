"""Negatives of a question: against brute force, the loss, what is excluded and why, the picture."""

import json
import math

import numpy as np
import pytest
import torch
from fakes import HashEncoder

from models.data.dpr_questions import QuestionSource
from models.errors import InputError
from models.evaluation.ranking import has_answer
from models.events import finish
from models.losses import dpr_nll
from models.negative_study.around import around
from models.negative_study.gathered import gather
from models.negative_study.margins import margins
from models.negative_study.pick import KINDS, NEGATIVE, Spec
from models.negative_study.sight import Sight, look
from models.negative_study.study import study, weigh

CITIES = ("Rome", "Paris", "Oslo", "Cairo", "Lima", "Quito", "Delhi", "Seoul", "Accra", "Tunis")

QUESTION = "Which water flows through the town of Rome?"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))


def write(folder, extra=(), questions=()):
    """Ten cities with a passage that names the river, one that holds the answer without being
    known for it, and one that shares words alone."""
    passages, asked = [], []
    for n, city in enumerate(CITIES):
        river = f"river{n}"
        passages.append((f"right-{n}", f"Through the old town of {city} flows {river} to the sea."))
        passages.append((f"too-{n}", f"Many boats of {city} are found on {river} in the town."))
        passages.append((f"not-{n}", f"Nothing flows through the dry town near {city} at noon."))
        asked.append(
            {
                "id": f"q{n}",
                "question": f"Which water flows through the town of {city}?",
                "answers": [river],
                "passage": f"right-{n}",
            }
        )
    passages += extra
    corpus, file = folder / "passages.jsonl", folder / "questions.jsonl"
    rows = [json.dumps({"id": name, "text": text}) for name, text in passages]
    corpus.write_text("\n".join(rows), "utf-8")
    file.write_text("\n".join(json.dumps(each) for each in [*asked, *questions]), "utf-8")
    return QuestionSource(str(file), str(corpus))


@pytest.fixture
def gathered(tmp_path):
    return finish(gather(write(tmp_path)))


@pytest.fixture
def sights(gathered):
    encoders = HashEncoder(), HashEncoder(48, "hash-2")
    return tuple(finish(look(gathered, each, "A")) for each in encoders)


def ids(gathered, rows):
    names = gathered.passages.column("id")
    return [names[row] for row in rows]


def number(question):
    return next(n for n, city in enumerate(CITIES) if f" {city}?" in question.text)


def of_kind(found, kind):
    return [each for each in found.candidates if kind in each.kinds]


def test_each_kind_is_what_brute_force_finds(gathered, sights):
    spec = Spec(each=3, seed=5)
    for place, question in enumerate(gathered.questions):
        found = finish(study(gathered, sights, place, spec))
        wrong = [
            row
            for row in range(len(gathered.passages))
            if not has_answer(question.answers, gathered.text(row))
        ]
        bm25 = gathered.lexical.scores(question.text)
        order = sorted(wrong, key=lambda row: (-bm25[row], row))
        assert sorted(each.row for each in of_kind(found, "bm25")) == sorted(order[:3])
        for side, kind in enumerate(("dense_a", "dense_b")):
            scores = sights[side].passages @ sights[side].questions[place]
            order = sorted(wrong, key=lambda row: (-scores[row], row))
            assert sorted(each.row for each in of_kind(found, kind)) == sorted(order[:3])
        gold = {other.positives[0] for other in gathered.questions if other is not question}
        assert len(of_kind(found, "gold")) == 3
        assert {each.row for each in of_kind(found, "gold")} <= gold
        assert len(of_kind(found, "random")) == 3
        assert len({each.row for each in found.candidates}) == len(found.candidates)


def test_figures_are_the_encoder_s_own(gathered, sights):
    found = finish(study(gathered, sights, 2, Spec()))
    for candidate in found.candidates:
        for side, sight in enumerate(sights):
            scores = sight.passages @ sight.questions[2]
            assert candidate.scores[side] == pytest.approx(float(scores[candidate.row]))
            better = sum(1 for score in scores if score > scores[candidate.row])
            assert candidate.ranks[side] == better + 1
        weights = gathered.lexical.weights(found.question.text, candidate.row)
        assert candidate.bm25 == pytest.approx(sum(weights.values()), rel=1e-5)
        assert set(candidate.words) == {word for word, weight in weights.items() if weight > 0}


def test_a_passage_with_the_answer_is_excluded_and_says_why(gathered, sights):
    found = finish(study(gathered, sights, 0, Spec(each=6)))
    n = number(found.question)
    (right,) = of_kind(found, "positive")
    assert ids(gathered, [right.row]) == [f"right-{n}"]
    assert right.used and f"holds the answer “river{n}”" in right.why
    (false,) = of_kind(found, "false")
    assert ids(gathered, [false.row]) == [f"too-{n}"]
    assert not false.used and false.kinds == ("false",)
    assert false.why.startswith(f"It holds the answer “river{n}”: excluded as a false negative.")


def test_every_sentence_says_what_is_so(gathered, sights):
    found = finish(study(gathered, sights, 1, Spec(each=2, seed=9)))
    count = len(gathered.passages)
    for candidate in of_kind(found, "bm25"):
        assert f"{len(candidate.words)} words" in candidate.why or "a rare word" in candidate.why
        assert "does not hold the answer" in candidate.why
    city = CITIES[number(found.question)]
    near = next(c for c in of_kind(found, "bm25") if city in gathered.text(c.row))
    assert f"1 of them rare ({city.lower()})" in near.why
    for candidate in of_kind(found, "dense_b"):
        assert f"{candidate.ranks[1]:,} under B, of {count}" in candidate.why
    for candidate in of_kind(found, "gold"):
        asked = next(q for q in gathered.questions if q.positives[0] == candidate.row)
        assert f"“{asked.text}”" in candidate.why
    assert all("with seed 9" in each.why for each in of_kind(found, "random"))


def test_known_passages_and_the_same_text_again_are_no_negatives(tmp_path):
    text = "Through the old town of Rome flows river0 to the sea."
    extra = [("again", text), ("second", "Trams cross the city of Wien.")]
    asked = {"id": "w", "question": "What crosses the city of Wien?", "passage": "second"}
    twice = {"id": "r", "question": "Through which old town of Rome?", "passage": "right-0"}
    gathered = finish(gather(write(tmp_path, extra, [asked, twice])))
    place = next(
        at for at, q in enumerate(gathered.questions) if not q.answers and "Rome" in q.text
    )
    encoders = HashEncoder(), HashEncoder()
    sights = tuple(finish(look(gathered, each, "A")) for each in encoders)
    found = finish(study(gathered, sights, place, Spec()))
    (false,) = of_kind(found, "false")
    assert ids(gathered, [false.row]) == ["again"]
    assert "has the same text as the right passage" in false.why
    assert not of_kind(found, "dense_b")  # the same encoder: what is near is near in both
    assert all("is not known to answer it" in each.why for each in of_kind(found, "bm25"))


def test_a_passage_that_two_questions_of_the_batch_share_says_so(tmp_path):
    twice = {"id": "r", "question": "What flows by Rome?", "passage": "right-0"}
    gathered = finish(gather(write(tmp_path, questions=[twice])))
    sight = finish(look(gathered, HashEncoder(), "A"))
    texts = [question.text for question in gathered.questions]
    for place, other in ((texts.index(twice["question"]), 0), (texts.index(QUESTION), 1)):
        (right,) = of_kind(finish(study(gathered, (sight, sight), place, Spec())), "positive")
        asked = (QUESTION, twice["question"])[other]
        assert f"another question in the batch too, “{asked}”" in right.why
    alone = texts.index("Which water flows through the town of Lima?")
    (right,) = of_kind(finish(study(gathered, (sight, sight), alone, Spec())), "positive")
    assert "in the batch" not in right.why


def test_the_seed_draws_and_draws_the_same_again(gathered, sights):
    def drawn(seed):
        found = finish(study(gathered, sights, 0, Spec(seed=seed)))
        return [each.row for each in found.candidates if {"gold", "random"} & set(each.kinds)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


@pytest.mark.parametrize("temperature", [0.05, 0.7])
def test_the_loss_and_its_weights_are_those_of_dpr(gathered, sights, temperature):
    found = finish(study(gathered, sights, 3, Spec()))
    used = [each for each in found.candidates if each.used]
    assert len(used) < len(found.candidates)
    for side, sight in enumerate(sights):
        weighed = weigh(found, side, temperature)
        question = torch.tensor(sight.questions[3:4], dtype=torch.float64, requires_grad=True)
        contexts = torch.tensor(
            sight.passages[[each.row for each in used]], dtype=torch.float64, requires_grad=True
        )
        loss, _ = dpr_nll(question / temperature, contexts, [0])
        assert weighed.loss == pytest.approx(loss.item(), abs=1e-5)
        loss.backward()
        # Each context's gradient is its share of the push along the question.
        lengths = contexts.grad.norm(dim=1) * temperature / question.norm()
        shares = weighed.shares[[each.used for each in found.candidates]]
        assert shares.sum() == pytest.approx(1)
        np.testing.assert_allclose(lengths[1:].detach(), shares[1:], atol=1e-5)
        assert lengths[0].item() == pytest.approx(1 - shares[0], abs=1e-5)
        assert np.isnan(weighed.shares[[not each.used for each in found.candidates]]).all()


def test_dot_products_are_not_divided(gathered, sights):
    card = sights[0].card
    dot = type(card.conventions)("cls", False, "dot", 256)
    loud = Sight(
        type(card)(**{**card.as_dict(), "conventions": dot, "notes": (), "key": "loud"}),
        sights[0].passages * 3,
        sights[0].questions * 2,
    )
    found = finish(study(gathered, (sights[0], loud), 0, Spec()))
    assert found.cosine == (True, False)
    assert weigh(found, 1, 0.05).loss == weigh(found, 1, 0.5).loss
    assert weigh(found, 1, 0.05).loss == pytest.approx(weigh(found, 0, 1 / 6).loss, abs=1e-4)


def test_margins_of_all_questions_are_those_of_each(gathered, sights):
    spec = Spec(each=3, seed=2)
    found = finish(margins(gathered, sights, spec))
    assert found.kinds == tuple(kind for kind in NEGATIVE if kind != "given")
    firsts = np.zeros((2, len(gathered.questions)), bool)
    for place in range(len(gathered.questions)):
        one = finish(study(gathered, sights, place, spec))
        assert found.false[place] == len(of_kind(one, "false"))
        for side in (0, 1):
            right = max(each.scores[side] for each in of_kind(one, "positive"))
            for at, kind in enumerate(found.kinds):
                hardest = max(each.scores[side] for each in of_kind(one, kind))
                assert found.values[side, at, place] == pytest.approx(right - hardest, abs=1e-6)
            negatives = [each for each in one.candidates if each.kind in NEGATIVE]
            firsts[side, place] = all(each.scores[side] < right for each in negatives)
    assert found.outranking == pytest.approx(tuple(100 * firsts.mean(axis=1)))
    assert 0 < min(found.outranking) < 100
    low, _, middle, _, high = found.spread("random", 0)
    assert low <= middle <= high
    assert middle == pytest.approx(np.median(found.values[0, -1]))


def test_the_picture_has_the_true_angles_all_the_way():
    rng = np.random.default_rng(3)
    first = rng.normal(size=8).astype(np.float32), rng.normal(size=(30, 8)).astype(np.float32)
    second = rng.normal(size=12).astype(np.float32), rng.normal(size=(30, 12)).astype(np.float32)
    found = around(first, second)
    for side, (question, passages) in enumerate((first, second)):
        cosine = passages @ question / np.linalg.norm(passages, axis=1) / np.linalg.norm(question)
        np.testing.assert_allclose(found.angles[side, 1:], np.arccos(cosine), atol=1e-5)
        points = found.at(side, "globe")
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
        np.testing.assert_allclose(points[0], (0, 0, 1), atol=1e-7)
        np.testing.assert_allclose(points[1:] @ points[0], cosine, atol=1e-5)
        flat = found.at(side, "flat")
        ratio = np.linalg.norm(flat[1:], axis=1) / found.angles[side, 1:]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)
        assert np.abs(flat).max() <= 1 and not flat[:, 2].any()
    half = found.at(0.5, "globe")
    angles = np.arccos(np.clip(half[1:, 2], -1, 1))
    np.testing.assert_allclose(angles, found.angles[:, 1:].mean(axis=0), atol=1e-3)


def test_a_turned_encoder_moves_nothing():
    rng = np.random.default_rng(4)
    question, passages = rng.normal(size=6), rng.normal(size=(20, 6))
    turned, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    pairs = [(question, passages), (question @ turned, passages @ turned)]
    first, second = ((q.astype(np.float32), x.astype(np.float32)) for q, x in pairs)
    found = around(first, second)
    np.testing.assert_allclose(found.at(0, "globe"), found.at(1, "globe"), atol=1e-4)
    zero = np.zeros((2, 6), np.float32)
    assert np.isfinite(around((zero[0], zero), (first[0], zero)).at(0.5, "globe")).all()


def test_what_is_left_out_is_counted_and_named(tmp_path):
    bad = {"id": "lost", "question": "Where is Atlantis?", "answers": ["no"], "passage": "gone"}
    again = {
        "id": "again",
        "question": "Which water flows through the  town of ROME?",
        "answers": ["river0"],
        "passage": "right-0",
    }
    gathered = finish(gather(write(tmp_path, questions=[bad, again])))
    (item,) = gathered.left_out
    assert "Atlantis" in item.where and "No passage" in item.why
    assert gathered.repeated == 1
    assert gathered.sentence == (
        "11 questions over 30 passages; 1 left out; 1 asked in the same words as another."
    )


def test_a_set_without_any_passage_is_refused(tmp_path):
    source = write(tmp_path)
    (tmp_path / "passages.jsonl").write_text('{"id": "a", "text": "Nothing."}\n' * 1, "utf-8")
    with pytest.raises(InputError, match="0 questions whose passage is in the corpus"):
        finish(gather(source))


def test_of_many_passages_the_right_ones_stay(tmp_path):
    source = write(tmp_path, extra=[(f"more-{n}", f"filler {n}") for n in range(60)])
    whole, part = finish(gather(source)), finish(gather(source, 20))
    assert (len(whole.passages), len(part.passages), part.of) == (90, 20, 90)
    assert "20 of 90 passages" in part.sentence
    assert np.all(np.diff(part.rows) > 0)
    for one, other in zip(whole.questions, part.questions, strict=True):
        assert ids(whole, one.positives) == ids(part, other.positives)
    names = whole.passages.column("id")
    assert [names[row] for row in part.rows] == part.passages.column("id")


def test_of_many_questions_some_are_drawn(tmp_path):
    gathered = finish(gather(write(tmp_path), 6))
    assert (len(gathered.questions), gathered.asked, len(gathered.parts)) == (6, 10, 6)
    assert gathered.sentence.startswith("6 of 10 questions, drawn at random, over ")
    for question in gathered.questions:
        (text,) = [gathered.text(row) for row in question.positives]
        assert question.answers[0] in text


def test_a_project_s_own_vectors_are_not_made_again():
    encoder = HashEncoder()
    source = QuestionSource("bundled", str(_sample()))
    gathered = finish(gather(source, 250))
    own = gathered.project.vectors
    encoder.card = type(encoder.card)(
        **{
            **encoder.card.as_dict(),
            "conventions": encoder.card.conventions,
            "notes": (),
            "key": own.encoder_key,
        }
    )
    sight = finish(look(gathered, encoder, "A"))
    assert encoder.embedded == len(gathered.questions)
    np.testing.assert_allclose(sight.passages, own.array[gathered.rows], atol=1e-6)
    assert set(gathered.parts) == {"train", "dev", "held"}
    assert math.isclose(len(gathered.questions), 204)


def _sample():
    from models.samples import assets

    return assets() / "sample" / "project"


def test_kinds_are_in_the_order_of_their_weight():
    assert KINDS[:2] == ("positive", "false") and set(KINDS) == {"positive", "false", *NEGATIVE}
