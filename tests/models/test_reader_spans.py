"""Windows keep characters exact, and the best span is the best one."""

from itertools import pairwise

import numpy as np
import pytest
from tokenizers import BertWordPieceTokenizer

from models.encoders.catalog import bundled_folder
from models.encoders.tokens import read_tokenizer
from models.reader.spans import Best, Scores, best_span, characters
from models.reader.windows import MOST, frame, read_until, windows


@pytest.fixture(scope="module")
def tokenizer():
    made = read_tokenizer(bundled_folder())
    made.no_padding()
    made.no_truncation()
    return made


def parts(tokenizer, text, question="Who is it?", length=64, stride=16):
    body = tokenizer.encode(text, add_special_tokens=False)
    return windows(body, frame(tokenizer, question), length, stride)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("In 1914 the café in Zürich, Switzerland, opened.", "Zürich"),
        ("🎉🎉 The party 🥳 was in Łódź\u0301 that year.", "party"),
        ("東京は日本の首都です。", "京"),
        ("e\u0301cole is a school", "e\u0301cole"),
        ("Unbelievably, antidisestablishmentarianism won.", "antidisestablishmentarianism"),
    ],
)
def test_a_span_of_tokens_is_exactly_its_characters(tokenizer, text, answer):
    (window,) = parts(tokenizer, text)
    start = text.index(answer)
    inside = [n for n, (a, b) in enumerate(window.spans) if a >= start and b <= start + len(answer)]
    assert inside
    found = characters(text, window, Best(inside[0], inside[-1], 1.0))
    assert text[slice(*found)] == answer


def test_a_piece_of_a_word_becomes_the_word(tokenizer):
    text = "They saw antidisestablishmentarianism rise."
    (window,) = parts(tokenizer, text)
    piece = next(n for n, span in enumerate(window.spans) if span != window.words[n])
    start, end = characters(text, window, Best(piece, piece, 1.0))
    assert text[start:end] == "antidisestablishmentarianism"


def test_the_best_span_is_that_of_brute_force():
    rng = np.random.default_rng(3)
    for size in (1, 2, 9, 30):
        start, end = rng.normal(size=(2, size)).astype(np.float32) * 3
        pairs = [(i, j) for i in range(size) for j in range(i, min(size, i + 10))]
        best = max(pairs, key=lambda pair: start[pair[0]] + end[pair[1]])
        found = best_span(Scores(start, end, 0.0))
        assert (found.first, found.last) == best
        shares = np.exp(start) / np.exp(start).sum(), np.exp(end) / np.exp(end).sum()
        assert found.share == pytest.approx(shares[0][best[0]] * shares[1][best[1]], rel=1e-5)


def test_no_span_is_longer_than_ten_tokens():
    start, end = np.zeros(40, np.float32), np.zeros(40, np.float32)
    start[2], end[30] = 50, 50
    found = best_span(Scores(start, end, 0.0))
    assert 0 <= found.last - found.first < 10


def test_long_passages_are_read_in_windows_that_overlap(tokenizer):
    text = " ".join(f"word{n}" for n in range(60))
    found = parts(tokenizer, text, length=64, stride=16)
    assert 1 < len(found) <= MOST
    assert all(len(window.ids) <= 64 for window in found)
    for before, after in pairwise(found):
        assert after.spans[0] < before.spans[-1]  # shared tokens
    assert {window.ids[0] for window in found} == {tokenizer.token_to_id("[CLS]")}
    assert {window.ids[-1] for window in found} == {tokenizer.token_to_id("[SEP]")}


def test_what_no_window_reaches_is_known(tokenizer):
    text = " ".join(f"word{n}" for n in range(2000))
    found = parts(tokenizer, text)
    assert len(found) == MOST and read_until(found) < len(text)
    short = "a short one"
    assert read_until(parts(tokenizer, short)) == len(short)


def test_a_question_that_is_too_long_leaves_room(tokenizer):
    found = parts(tokenizer, "It was Ada.", question="why " * 500, length=128)
    assert len(found) == 1 and len(found[0].ids) <= 128
    assert parts(tokenizer, "   ") == ()


def test_the_frame_of_a_dpr_reader_has_the_title_between():
    words = ["[UNK]", "[CLS]", "[SEP]", "who", "ada", "title"]
    plain = BertWordPieceTokenizer({word: n for n, word in enumerate(words)})._tokenizer
    around = frame(plain, "who", "title")
    assert [words[n] for n in around.before] == ["[CLS]", "who", "[SEP]", "title", "[SEP]"]
    assert around.after == () and around.types == (0, 0, 0)
