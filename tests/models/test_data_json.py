"""Rows of JSON Lines, JSON and Parquet, and the preview of tables."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.data.records import Document
from models.data.tables import preview, table_documents
from models.errors import InputError
from models.events import Skipped


def read(path: Path, **columns: str | None) -> tuple[list[Document], list[Skipped]]:
    items = list(table_documents(path, path.name, **columns))
    documents = [item for item in items if isinstance(item, Document)]
    return documents, [item for item in items if isinstance(item, Skipped)]


def write(tmp_path: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_jsonl_skips_bad_lines_and_goes_on(tmp_path: Path) -> None:
    text = '{"text": "one"}\nnot json\n[1, 2]\n\n{"other": 1}\n{"text": "six"}\n' + "[" * 9999
    documents, skipped = read(write(tmp_path, "a.jsonl", text))
    assert [(d.id, d.text) for d in documents] == [("a.jsonl/1", "one"), ("a.jsonl/6", "six")]
    assert [(s.where, s.why) for s in skipped] == [
        ("a.jsonl, line 2", "It is not JSON."),
        ("a.jsonl, line 3", "It is JSON, but not an object with named values."),
        ("a.jsonl, line 5", "Its column “text” is empty."),
        ("a.jsonl, line 7", "It is not JSON."),
    ]


def test_nested_values_become_text_and_lone_surrogates_go(tmp_path: Path) -> None:
    record = {
        "text": "x\ud800y",
        "\ud800": "z",
        "tags": ["a", "b"],
        "more": {"k": 1},
        "none": None,
        "n": 3,
    }
    (document,), _ = read(write(tmp_path, "a.jsonl", json.dumps(record)))
    assert document.text == "x\ufffdy"
    assert document.fields == {"\ufffd": "z", "tags": "a, b", "more": '{"k": 1}', "n": "3"}


def test_record_that_is_all_title(tmp_path: Path) -> None:
    text = '{"_id": "7", "title": "T", "text": ""}\n{"_id": "8", "title": "U", "text": "words"}'
    documents, _ = read(write(tmp_path, "a.jsonl", text))
    assert [(d.id, d.title, d.text) for d in documents] == [("7", "T", "T"), ("8", "U", "words")]


def test_an_id_column_that_repeats_names_no_rows(tmp_path: Path) -> None:
    text = "id,text\n" + "".join(f"article,part {n}\n" for n in range(9))
    documents, _ = read(write(tmp_path, "a.csv", text))
    assert len({d.id for d in documents}) == 9
    assert documents[0].fields == {"id": "article"}


@pytest.mark.parametrize(
    "text",
    [
        '[{"text": "one"}, {"text": "two"}]',
        '{"version": 1, "rows": [{"text": "one"}, {"text": "two"}]}',
        '{"text": "one"}\n{"text": "two"}\n',
    ],
)
def test_json_layouts(tmp_path: Path, text: str) -> None:
    documents, skipped = read(write(tmp_path, "a.json", text))
    assert [d.text for d in documents] == ["one", "two"]
    assert skipped == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"text": "one"', r"not well-formed JSON \(line 1\)"),
        ("[" * 100_000, "not well-formed JSON"),
        ("3", "no single list of objects"),
        ('{"a": [{}], "b": [{}]}', "no single list of objects"),
        ("", "not well-formed JSON"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(write(tmp_path, "a.json", text))


def test_json_entries_that_are_no_objects(tmp_path: Path) -> None:
    documents, skipped = read(write(tmp_path, "a.json", '[{"text": "one"}, 5]'))
    assert len(documents) == 1
    assert skipped == [Skipped("a.json, entry 2", "It is not an object.")]


def test_squad_paragraphs_are_documents(tmp_path: Path) -> None:
    article = {
        "title": "The_Normans",
        "paragraphs": [{"context": "One.", "qas": []}, {"qas": []}, {"context": "Three."}],
    }
    value = {"version": "1.1", "data": [article, {"title": "No paragraphs"}]}
    documents, skipped = read(write(tmp_path, "dev.json", json.dumps(value)))
    assert [(d.id, d.title, d.text) for d in documents] == [
        ("The_Normans/0", "The Normans", "One."),
        ("The_Normans/2", "The Normans", "Three."),
    ]
    assert [(s.where, s.why) for s in skipped] == [
        ("dev.json, article 1, paragraph 2", "It has no context."),
        ("dev.json, article 2", "It has no list of paragraphs."),
    ]


def test_parquet_batches_and_byte_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    count = 1300
    table = pa.table(
        {
            "context": [f"passage {n}" for n in range(count)],
            "title": pa.array(["A", "B"] * (count // 2)).dictionary_encode(),
            "picture": pa.array([b"\x89PNG"] * count),
            "image": [{"bytes": b"\x89PNG", "path": "x"}] * count,
            "year": list(range(count)),
        }
    )
    pq.write_table(table, path, row_group_size=600)
    documents, skipped = read(path)
    assert len(documents) == count
    assert documents[-1] == Document(
        "a.parquet/1300", "B", "passage 1299", "a.parquet", {"year": "1299"}
    )
    assert skipped == []


def test_parquet_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["one"]}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="not a whole Parquet file"):
        read(path)


def test_preview_shows_rows_and_guesses(tmp_path: Path) -> None:
    lines = [json.dumps({"name": f"T{n}", "body": "words", "n": n}) for n in range(30)]
    shown = preview(write(tmp_path, "a.jsonl", "\n".join(lines)), rows=3)
    assert shown.columns == ("name", "body", "n")
    assert shown.rows == (("T0", "words", "0"), ("T1", "words", "1"), ("T2", "words", "2"))
    assert (shown.text_column, shown.title_column) == ("body", "name")


def test_preview_of_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a table"):
        preview(write(tmp_path, "a.txt", "words"))
    only_numbers = preview(write(tmp_path, "a.csv", "x,y\n1,2\n"))
    assert only_numbers.text_column is None
