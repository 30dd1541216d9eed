"""Layouts that the field publishes its data in: SQuAD's JSON and BEIR's folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from models.data.decode import clean
from models.data.rows import Row, Rows
from models.events import Skipped


class Paragraph(NamedTuple):
    """One paragraph of SQuAD: ``id`` is the article and the paragraph's place in it, from 0."""

    id: str
    title: str
    context: str
    questions: list[Any]


def is_squad(value: object) -> bool:
    """Whether a JSON value is SQuAD's, v1.1 or v2.0: ``data`` is a list of articles."""
    articles = value.get("data") if isinstance(value, dict) else None
    return isinstance(articles, list) and any(
        isinstance(article, dict) and "paragraphs" in article for article in articles
    )


def squad_paragraphs(value: Mapping[str, Any], source: str) -> Iterator[Paragraph | Skipped]:
    """Every paragraph of a SQuAD file; Skipped for an article or paragraph that lacks a key.

    Args:
        value: the file's JSON, for which ``is_squad`` holds.
        source: the file's name in notices.
    """
    for a, article in enumerate(value["data"]):
        article_where = f"{source}, article {a + 1}"
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        if not isinstance(paragraphs, list):
            yield Skipped(article_where, "It has no list of paragraphs.")
            continue
        name = article.get("title")
        if not isinstance(name, str) or not name.strip():
            name = f"Article {a + 1}"
        name = clean(name)
        for p, paragraph in enumerate(paragraphs):
            context = paragraph.get("context") if isinstance(paragraph, dict) else None
            questions = paragraph.get("qas", []) if isinstance(paragraph, dict) else None
            where = f"{article_where}, paragraph {p + 1}"
            if not isinstance(context, str) or not context.strip():
                yield Skipped(where, "It has no context.")
            elif not isinstance(questions, list):
                yield Skipped(where, "Its questions are not a list.")
            else:
                yield Paragraph(
                    f"{name}/{p}", name.replace("_", " "), clean(context).strip(), questions
                )


def squad_rows(value: Mapping[str, Any], source: str) -> Rows:
    """The paragraphs of SQuAD as rows with the columns id, title and text."""
    for number, item in enumerate(squad_paragraphs(value, source), 1):
        if isinstance(item, Skipped):
            yield item
        else:
            yield Row(number, {"id": item.id, "title": item.title, "text": item.context})


def is_beir(folder: Path) -> bool:
    """Whether a folder is BEIR's: a corpus, with questions or judgements beside it."""
    return (folder / "corpus.jsonl").is_file() and (
        (folder / "queries.jsonl").is_file() or (folder / "qrels").is_dir()
    )
