"""Hard negatives against brute force, and what a batch is made of."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.data.asked import Asked, QuestionSet, question_parts
from models.data.records import Passage, Passages
from models.errors import InputError
from models.evaluation.ranking import has_answer
from models.events import finish
from models.retrieval.lexical import LexicalIndex
from models.retrieval.mining import answer_bearing, mine
from models.training.negatives import Drawer, Negatives, check_negatives, free_rows, hard_pools

WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrt"]


def corpus(count=300, seed=1):
    rng = random.Random(seed)
    texts = [" ".join(rng.choices(WORDS, k=12)) for _ in range(count)]
    return Passages.of(Passage(str(n), str(n), "", text, "") for n, text in enumerate(texts))


def test_mined_are_the_best_by_bm25_that_hold_no_answer_and_are_not_its_own():
    passages = corpus()
    index = LexicalIndex.build(passages.column("text"))
    rng = random.Random(2)
    questions = [" ".join(rng.choices(WORDS, k=3)) for _ in range(40)]
    answers = [(rng.choice(WORDS), "not there") if n % 2 else () for n in range(40)]
    own = [(int(index.search(question, 1).rows[0]),) for question in questions]
    mined = finish(mine(questions, answers, own, passages, 15))
    held = 0
    for question, known, right, ranked in zip(questions, answers, own, mined, strict=True):
        scores = index.scores(question)
        order = sorted(range(len(passages)), key=lambda row: (-scores[row], row))
        wanted = []
        for row in order:
            holds = bool(known) and has_answer(known, passages[row].text)
            held += holds
            if scores[row] > 0 and row not in right and not holds:
                wanted.append(row)
        assert ranked.rows.tolist() == wanted[:15]
        np.testing.assert_array_equal(ranked.scores, scores[ranked.rows])
    assert held > 40  # or nothing was left out for its answer


def test_it_looks_deeper_where_most_of_the_top_holds_the_answer():
    texts = [f"topic answer number{n}" for n in range(200)] + [f"topic other{n}" for n in range(5)]
    passages = Passages.of(Passage(str(n), str(n), "", t, "") for n, t in enumerate(texts))
    (ranked,) = finish(mine(["answer to the topic"], [["answer"]], [[0]], passages, 5))
    assert ranked.rows.tolist() == [200, 201, 202, 203, 204]
    (none,) = finish(mine(["zzz"], [[]], [[0]], passages, 5))
    assert len(none.rows) == 0


def test_fourteen_is_not_in_1914_and_an_empty_answer_is_refused():
    texts = ["it was 1914 then", "it was 14 then", "then it was"]
    passages = Passages.of(Passage(str(n), str(n), "", t, "") for n, t in enumerate(texts))
    (ranked,) = finish(mine(["it was then 14"], [["14"]], [[2]], passages, 3))
    assert ranked.rows.tolist() == [] or 1 not in ranked.rows
    with pytest.raises(InputError, match="is empty"):
        finish(mine(["then"], [["  "]], [[]], passages, 3))


def test_the_best_passage_with_an_answer_stands_in_for_gold():
    texts = ["rain falls", "rain falls in spring", "snow", "rain in may"]
    passages = Passages.of(Passage(str(n), str(n), "", t, "") for n, t in enumerate(texts))
    pairs = [("when falls rain", ["spring"]), ("snow", ["hail"]), ("rain", [""])]
    assert finish(answer_bearing(pairs, passages)) == [1, None, None]


def asked(count=20, passages=60):
    return [
        Asked(f"q{n}", (), (n, n + 1), hard=(40, 41, 42), known=(n + 2,), group=str(n))
        for n in range(count)
    ]


def drawn(spec, rows=range(8), seed=3):
    train = asked()
    drawer = Drawer(train, np.arange(60), [q.hard for q in train], spec)
    return train, drawer.batch(list(rows), torch.Generator().manual_seed(seed))


def test_a_question_brings_its_positive_and_its_negatives_of_each_kind():
    train, batch = drawn(Negatives(hard=2, random=3, gold=1))
    assert len(batch.contexts) == 8 * 7 and batch.positives == tuple(range(0, 56, 7))
    assert batch.seen is None
    gold = {question.positives[0] for question in train}
    for place, row in enumerate(batch.questions):
        right = {*train[row].positives, *train[row].known}
        positive, *negatives = batch.contexts[7 * place : 7 * place + 7]
        assert positive in train[row].positives
        assert set(negatives[:2]) <= {40, 41, 42} and negatives[0] != negatives[1]
        assert negatives[5] in gold and not right & set(negatives)


def test_chance_is_the_generators_alone():
    _, one = drawn(Negatives(random=2))
    _, same = drawn(Negatives(random=2))
    _, other = drawn(Negatives(random=2), seed=4)
    assert one.contexts == same.contexts != other.contexts


def test_every_passage_is_drawn_as_often_as_another():
    train = asked(1)
    drawer = Drawer(train, np.arange(13), [()], Negatives(hard=0, random=64))
    generator = torch.Generator().manual_seed(0)
    drawn = [drawer.batch([0], generator).contexts[1:] for _ in range(60)]
    counts = np.bincount(np.concatenate(drawn), minlength=13)
    assert not counts[:3].any()  # they answer the question
    expected = counts.sum() / 10
    assert np.abs(counts[3:] - expected).max() < 5 * math.sqrt(expected)


def test_where_too_few_are_hard_chance_fills_up():
    train = asked(4)
    drawer = Drawer(train, np.arange(60), [(40,), (), (40, 41), (40, 41, 42)], Negatives(hard=2))
    batch = drawer.batch([0, 1, 2, 3], torch.Generator().manual_seed(0))
    assert len(batch.contexts) == 12 and batch.contexts[1] == 40
    assert set(batch.contexts[7:9]) == {40, 41}


def test_without_the_batch_each_question_sees_its_own_alone():
    _, batch = drawn(Negatives(in_batch=False, hard=1, random=1))
    for place in range(8):
        seen = torch.zeros(24, dtype=torch.bool)
        seen[3 * place : 3 * place + 3] = True
        assert torch.equal(batch.seen[place], seen)


def test_a_mask_hides_other_passages_that_answer_the_question_and_nothing_else():
    train, batch = drawn(Negatives(hard=0, mask=True))
    hidden = 0
    for place, row in enumerate(batch.questions):
        right = {*train[row].positives, *train[row].known}
        for column, context in enumerate(batch.contexts):
            own = column == batch.positives[place]
            assert bool(batch.seen[place, column]) is (own or context not in right)
            hidden += not batch.seen[place, column]
    assert hidden > 4


def test_pools_are_given_ones_first_and_mined_where_they_are_too_few():
    passages = corpus(50)
    texts = passages.column("text")
    train = (
        Asked(texts[0], (), (0,), hard=(7, 8, 9)),
        Asked(texts[1], (), (1,), hard=(7,)),
        Asked(texts[2], (), (2,)),
    )
    found = QuestionSet("x", passages, train, (), (), 0, "key")
    pools = finish(hard_pools(found, Negatives(hard=2, pool=4)))
    index = LexicalIndex.build(texts)
    assert pools[0] == (7, 8, 9)
    assert pools[1][0] == 7 and len(pools[1]) == 4 and 1 not in pools[1]
    assert pools[2] == tuple(row for row in index.search(texts[2], 5).rows.tolist() if row != 2)
    assert finish(hard_pools(found, Negatives(hard=0))) == ((), (), ())


def test_what_only_held_questions_ask_for_is_nobody_s_negative():
    passages = corpus(50)
    texts = passages.column("text")
    questions = [Asked(texts[n], (), (n,), known=(n + 1,), group=str(n // 4)) for n in range(48)]
    found = question_parts("x", passages, questions)
    rows = {row for q in (*found.dev, *found.held) for row in (*q.positives, *q.known)}
    learnt = {row for q in found.train for row in (*q.positives, *q.known)}
    assert found.apart == rows - learnt and len(found.apart) > 8 and rows & learnt
    spec = Negatives(hard=3, random=5, gold=2, pool=6)
    given = tuple(replace(q, hard=tuple(sorted(found.apart))[:3]) for q in found.train)
    for train in (found.train, given):
        chosen = replace(found, train=train)
        pools = finish(hard_pools(chosen, spec))
        drawer = Drawer(train, free_rows(chosen), pools, spec)
        batches = [
            drawer.batch(range(len(train)), torch.Generator().manual_seed(n)) for n in range(20)
        ]
        drawn = {row for batch in batches for row in batch.contexts}
        assert not drawn & found.apart and {48, 49} <= drawn | found.apart
    limited = question_parts("x", passages, questions, limit=20)
    assert limited.apart == found.apart  # those left out by the limit are held out no less


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (Negatives(hard=-1), "0 to 64 hard"),
        (Negatives(random=65), "0 to 64 random"),
        (Negatives(pool=0), "one passage at least"),
        (Negatives(in_batch=False, hard=0), "there is no negative"),
    ],
)
def test_what_cannot_be_trained_with_is_one_sentence(spec, words):
    with pytest.raises(InputError, match=words):
        check_negatives(spec)
