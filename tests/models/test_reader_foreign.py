"""Readers of other makers answer as the transformers library says, or are refused."""

import numpy as np
import pytest
import tiny

from models.errors import InputError
from models.events import finish
from models.reader.load import load_reader

TEXT = "the cat sat on a mat . the dog ran far away from home ."


def bert_qa(folder, **kwargs):
    import torch
    from transformers import BertForQuestionAnswering

    torch.manual_seed(5)
    return tiny.save(BertForQuestionAnswering(tiny.bert_config()), folder, **kwargs)


def dpr(folder):
    import torch
    from transformers import DPRConfig, DPRReader

    torch.manual_seed(6)
    return tiny.save(DPRReader(tiny.bert_config(DPRConfig)), folder)


def read(folder, question, *passages):
    return finish(load_reader(str(folder)).reading(question, passages))


def ids(*parts):
    """[CLS] a [SEP] b [SEP] … without a last [SEP], and where the last part begins."""
    made = tiny.tokenizer()
    found = [made.cls_token_id]
    for part in parts[:-1]:
        found += [*made.encode(part, add_special_tokens=False), made.sep_token_id]
    first = len(found)
    return found + made.encode(parts[-1], add_special_tokens=False), first


def longest_sum(start, end):
    pairs = [(i, j) for i in range(len(start)) for j in range(i, min(len(start), i + 10))]
    return max(pairs, key=lambda pair: start[pair[0]] + end[pair[1]])


def test_a_plain_reader_picks_the_library_s_best_span(tmp_path):
    import torch

    model = bert_qa(tmp_path)
    tokens, first = ids("where is cat ?", TEXT)
    tokens = [*tokens, tiny.tokenizer().sep_token_id]
    types = torch.tensor([[0] * first + [1] * (len(tokens) - first)])
    with torch.inference_mode():
        output = model(input_ids=torch.tensor([tokens]), token_type_ids=types)
    start, end = (x[0].numpy() for x in (output.start_logits, output.end_logits))
    best = longest_sum(start[first:-1], end[first:-1])
    reading = read(tmp_path, "where is cat ?", ("", TEXT))
    assert reading.answers[0].text == " ".join(TEXT.split()[best[0] : best[1] + 1])
    odds = start[first + best[0]] + end[first + best[1]] - start[0] - end[0]
    assert reading.answers[0].score == pytest.approx(1 / (1 + np.exp(-odds)), rel=1e-4)
    assert reading.none == pytest.approx(1 - reading.answers[0].score)


def test_a_dpr_reader_ranks_by_relevance_and_then_takes_the_span(tmp_path):
    import torch

    model = dpr(tmp_path)
    passages = [("cat", TEXT), ("paris", "paris is in france ."), ("dog", "dog ran home .")]
    relevance, texts = [], []
    for title, text in passages:
        tokens, first = ids("where is cat ?", title, text)
        with torch.inference_mode():
            output = model(input_ids=torch.tensor([tokens]))
        start, end = (x[0].numpy()[first:] for x in (output.start_logits, output.end_logits))
        best = longest_sum(start, end)
        texts.append(" ".join(text.split()[best[0] : best[1] + 1]))
        relevance.append(output.relevance_logits[0].item())
    shares = np.exp(relevance) / np.exp(relevance).sum()
    reading = read(tmp_path, "where is cat ?", *passages)
    order = np.argsort(-shares)
    assert [answer.passage for answer in reading.answers] == order.tolist()
    assert [answer.text for answer in reading.answers] == [texts[n] for n in order]
    np.testing.assert_allclose(
        [answer.score for answer in reading.answers], shares[order], rtol=1e-4
    )
    assert reading.none is None and reading.best is reading.answers[0]


def test_a_long_passage_is_read_in_parts_or_said_to_be_cut(tmp_path):
    bert_qa(tmp_path)
    long = " ".join([TEXT] * 8)
    assert read(tmp_path, "where is cat ?", ("", TEXT)).cut == 0
    reading = read(tmp_path, "where is cat ?", ("", long), ("", TEXT))
    assert reading.cut == 1
    assert all(long[a.start : a.end] == a.text for a in reading.answers if a.passage == 0)


def test_a_passage_without_text_is_passed_over(tmp_path):
    bert_qa(tmp_path)
    reading = read(tmp_path, "where is cat ?", ("title", "  "), ("", "dog"))
    assert [answer.passage for answer in reading.answers] == [1]
    assert read(tmp_path, "where is cat ?").best is None


def test_a_model_that_reads_nothing_is_refused(tmp_path):
    tiny.save_bert(tmp_path)
    with pytest.raises(InputError, match="BertModel, which reads no answers"):
        load_reader(str(tmp_path))
    with pytest.raises(InputError, match="no reader at"):
        load_reader(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no model folder"):
        load_reader(str(tmp_path / "empty"))


def test_a_pickle_is_refused(tmp_path):
    bert_qa(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(InputError, match="a pickle"):
        load_reader(str(tmp_path))


def test_another_model_s_tokenizer_is_refused(tmp_path):
    bert_qa(tmp_path, tokenizer_json=False)
    with (tmp_path / "vocab.txt").open("a") as file:
        file.write("extra\nwords\n")
    (tmp_path / "tokenizer.json").unlink(missing_ok=True)
    with pytest.raises(InputError, match="do not belong together"):
        load_reader(str(tmp_path))


def test_an_empty_question_is_refused(tmp_path):
    bert_qa(tmp_path)
    with pytest.raises(InputError, match="question is empty"):
        read(tmp_path, "  ", ("", TEXT))


def test_weights_of_another_kind_are_refused(tmp_path):
    tiny.save_bert(tmp_path)
    tiny.edit(tmp_path / "config.json", architectures=["BertForQuestionAnswering"])
    with pytest.raises(InputError, match="no tensor named qa_outputs"):
        load_reader(str(tmp_path))
