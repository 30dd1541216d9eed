"""The bundled questions as if they were a file of SQuAD's: topics stand for articles."""

import json
from collections.abc import Iterator
from typing import Any

from models.data.formats import Paragraph
from models.data.records import Document
from models.samples import SAMPLES, bundled_questions

#: Stands for the questions over the bundled sample.
BUNDLED = "bundled"


def sample_paragraphs() -> Iterator[Paragraph]:
    """The sample's passages, each with the questions that it answers."""
    asked: dict[str, list[dict[str, Any]]] = {}
    for line in bundled_questions().read_text("utf-8").splitlines():
        row = json.loads(line)
        asked.setdefault(row["passage"], []).append(row)
    for document in SAMPLES[BUNDLED].documents():
        if not isinstance(document, Document):
            continue  # the sample has nothing to skip or to report
        text = document.text.strip()
        entries = [
            {"question": row["question"], "answers": _placed(row["answers"], text)}
            for row in asked.get(document.id, ())
        ]
        yield Paragraph(document.id, document.fields["topic"], text, entries)


def _placed(answers: list[str], text: str) -> list[dict[str, object]]:
    """The accepted strings, those that the passage holds first, with where they stand."""
    order = sorted(answers, key=lambda answer: answer not in text)
    return [{"text": answer, "answer_start": max(0, text.find(answer))} for answer in order]
