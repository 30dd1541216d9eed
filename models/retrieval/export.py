"""Hits as files that others read: DPR's retriever output, CSV and Markdown."""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

from models.data.records import Passages
from models.errors import InputError
from models.evaluation.ranking import has_answer
from models.files import write_text
from models.retrieval.searcher import Answer, Method

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_TITLES: dict[Method, str] = {"dense": "Dense", "bm25": "BM25", "hybrid": "Hybrid"}


def retriever_json(
    answers: Sequence[Answer],
    passages: Passages,
    method: Method,
    gold: Sequence[Sequence[str]] | None = None,
) -> str:
    """DPR's retriever output: question, answers, and ctxs with id, title, text, score, has_answer.

    ``gold`` holds the accepted answers of each question, if they are known; without any,
    ``has_answer`` is false. Scores are strings, as in DPR's own files.
    """
    records = []
    for answer, accepted in zip(answers, gold or [()] * len(answers), strict=True):
        contexts = []
        for hit in answer.hits[method]:
            passage = passages[hit.row]
            contexts.append(
                {
                    "id": passage.id,
                    "title": passage.title,
                    "text": passage.text,
                    "score": str(hit.score),
                    "has_answer": has_answer(accepted, passage.text),
                }
            )
        records.append({"question": answer.question, "answers": list(accepted), "ctxs": contexts})
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


def hits_csv(answers: Sequence[Answer], passages: Passages) -> str:
    """A row a hit of every method, after a header (RFC 4180).

    Text stands as it is in the corpus, whatever it begins with: nothing is prefixed to keep a
    spreadsheet from reading a formula, since that would change the data.
    """
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(("question", "method", "rank", "score", "id", "title", "text"))
    for answer in answers:
        for method, hits in answer.hits.items():
            for hit in hits:
                passage = passages[hit.row]
                found = (passage.id, passage.title, passage.text)
                writer.writerow((answer.question, method, hit.rank, hit.score, *found))
    return target.getvalue()


def hits_markdown(answers: Sequence[Answer], passages: Passages) -> str:
    """A heading a question and a table a method; markup inside the corpus is escaped."""
    lines = []
    for answer in answers:
        lines += [f"## {_escaped(answer.question)}", ""]
        for method, hits in answer.hits.items():
            lines += [f"### {_TITLES[method]}", ""]
            if not hits:
                lines += ["No passage was found.", ""]
                continue
            lines += ["| Rank | Score | Title | Passage |", "| ---: | ---: | --- | --- |"]
            for hit in hits:
                passage = passages[hit.row]
                title, text = _escaped(passage.title), _escaped(passage.text)
                lines.append(f"| {hit.rank} | {hit.score:.4f} | {title} | {text} |")
            lines.append("")
    return "\n".join(lines)


def write(
    path: Path,
    answers: Sequence[Answer],
    passages: Passages,
    method: Method = "hybrid",
    gold: Sequence[Sequence[str]] | None = None,
) -> None:
    """Writes ``answers`` by atomic rename, in the format that the name of ``path`` ends with.

    ``method`` and ``gold`` concern .json, which holds one method; .csv and .md hold all.

    Raises:
        InputError: another ending, or a file that cannot be written.
    """
    ending = path.suffix.lower()
    if ending == ".json":
        write_text(path, retriever_json(answers, passages, method, gold))
    elif ending == ".csv":
        write_text(path, hits_csv(answers, passages))
    elif ending == ".md":
        write_text(path, hits_markdown(answers, passages))
    else:
        raise InputError(f"{path.name} must end with .json, .csv or .md.")


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
