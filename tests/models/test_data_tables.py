"""Rows of CSV and TSV; good rows survive bad ones."""

from pathlib import Path

import pytest

from models.data.delimited import delimited_rows, find_delimiter
from models.data.json_rows import jsonl_rows
from models.data.records import Document
from models.data.rows import Row
from models.data.tables import table_documents
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


def test_csv_columns_are_guessed_and_the_rest_become_fields(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'Title,Year,Text\nOne,1999,"First, and ""quoted"""\n')
    (document,), skipped = read(path)
    assert document == Document("a.csv/2", "One", 'First, and "quoted"', "a.csv", {"Year": "1999"})
    assert skipped == []


def test_chosen_columns_win_over_the_guess(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "title,text,note\nT,long text here,short\n")
    (document,), _ = read(path, text_column="note", title_column="text")
    assert (document.text, document.title) == ("short", "long text here")
    assert document.fields == {"title": "T"}
    (untitled,), _ = read(path, title_column="")
    assert (untitled.title, untitled.fields["title"]) == ("", "T")


def test_longest_text_column_when_no_name_tells(tmp_path: Path) -> None:
    rows = "\n".join(f"{n * 10**30},kurz,ein viel längerer Satz Nummer {n}" for n in range(3))
    (document, *_), _ = read(write(tmp_path, "a.csv", f"zahl,wort,satz\n{rows}\n"))
    assert document.text.startswith("ein viel längerer")


@pytest.mark.parametrize("column", ["text_column", "title_column"])
def test_absent_column_is_named_with_the_file_and_its_columns(tmp_path: Path, column: str) -> None:
    path = write(tmp_path, "a.csv", "title,text\nT,words\n")
    with pytest.raises(InputError, match=r"a\.csv .*no column named “body”, only: title, text"):
        read(path, **{column: "body"})


def test_table_without_text_says_which_columns_it_has(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column of it holds text; it has x, y"):
        read(write(tmp_path, "a.csv", "x,y\n1,2\n"))


@pytest.mark.parametrize("text", ["", "title,text\n", "\n\n"])
def test_table_without_rows(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="no row of it could be read"):
        read(write(tmp_path, "a.csv", text))


def test_csv_of_excel(tmp_path: Path) -> None:
    """A mark at the beginning, semicolons, Windows line ends, a line break in a cell."""
    text = 'sep=;\r\ntitle;text\r\nEins;"Zeile 1\r\nZeile 2"\r\nZwei;drei, vier\r\n'
    documents, skipped = read(write(tmp_path, "a.csv", text, "utf-8-sig"))
    assert [d.text for d in documents] == ["Zeile 1\nZeile 2", "drei, vier"]
    assert [d.title for d in documents] == ["Eins", "Zwei"]
    assert skipped == []


def test_tsv_of_excel_is_utf16(tmp_path: Path) -> None:
    documents, _ = read(write(tmp_path, "a.tsv", "title\ttext\r\nEins\tWörter\r\n", "utf-16"))
    assert [(d.title, d.text) for d in documents] == [("Eins", "Wörter")]


def test_rows_with_the_wrong_number_of_columns_are_skipped(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "title,text\nA,one\nB,two,extra\nC\nD,four\n")
    documents, skipped = read(path)
    assert [d.title for d in documents] == ["A", "D"]
    assert [s.where for s in skipped] == ["a.csv, line 3", "a.csv, line 4"]
    assert skipped[0].why == "It has 3 columns where the first row has 2."


def test_unclosed_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'title,text\nA,one\nB,"never closed\nC,three\nD,four\n')
    documents, skipped = read(path)
    assert [d.title for d in documents] == ["A", "C", "D"]
    assert skipped == [Skipped("a.csv, line 3", "Its quotation marks do not match.")]


def test_quotation_marks_inside_a_quoted_cell(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'title,text\nA,"say "hi" to me"\nB,fine\n')
    documents, skipped = read(path)
    assert [d.title for d in documents] == ["B"]
    assert [s.where for s in skipped] == ["a.csv, line 2"]


def test_cells_beyond_the_csv_module_limit_are_read(tmp_path: Path) -> None:
    long = "word " * 60_000
    (document,), skipped = read(write(tmp_path, "a.csv", f'title,text\nA,"{long}"\n'))
    assert (document.text, skipped) == (long.strip(), [])


def test_line_over_the_limit_is_skipped_in_csv_and_jsonl(tmp_path: Path) -> None:
    table = write(tmp_path, "a.csv", f"title,text\nA,one\nB,{'x' * 3000}\nC,three\n")
    lines = write(tmp_path, "a.jsonl", f'{{"text": "one"}}\n{{"text": "{"x" * 3000}"}}\n{{}}\n')
    for items in (
        list(delimited_rows(table, "t", limit=1000)),
        list(jsonl_rows(lines, "t", limit=1000)),
    ):
        assert [type(item) for item in items] == [Row, Skipped, Row]
        assert items[1].why == "It is longer than a line may be."


def test_line_over_the_limit_inside_a_quoted_cell(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", f'title,text\nA,"open\n{"x" * 3000}\nC,three\n')
    items = list(delimited_rows(path, "t", limit=1000))
    assert [item.where for item in items[:2]] == ["t, line 2", "t, line 3"]
    assert items[2] == Row(4, {"title": "C", "text": "three"})


def test_nul_and_unreadable_bytes_are_reported_and_the_rows_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("title,text\nZürich,Köln Malmö\nB,".encode() + b"a\0b \xff c\n")
    documents, skipped = read(path)
    assert documents[1].text == "a\ufffdb \ufffd c"
    assert skipped == [
        Skipped("a.csv", "2 characters could not be read in a.csv and were replaced.")
    ]


def test_csv_in_a_western_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "title,text\nCafé,Über die Brücke\n", "cp1252")
    (document,), skipped = read(path)
    assert (document.title, document.text, skipped) == ("Café", "Über die Brücke", [])


def test_separator_is_the_one_that_gives_even_rows() -> None:
    assert find_delimiter(["a,b", "1,x;y", "2,z"]) == ","
    assert find_delimiter(["a;b", "1;x, y, z", "2;z"]) == ";"
    assert find_delimiter(["a|b", "1|x"]) == "|"
    assert find_delimiter(["one column", "of words"]) == ","


def test_tsv_without_header_or_quoting(tmp_path: Path) -> None:
    """As MS MARCO's: a number and a text that may begin with a quotation mark."""
    path = write(tmp_path, "a.tsv", '0\tfirst words\n1\t"Quoted" start of it\n2\t"open end\n')
    documents, skipped = read(path)
    assert [d.text for d in documents] == ["first words", '"Quoted" start of it', '"open end']
    assert documents[0].fields == {"column 1": "0"}
    assert skipped == []


def test_dpr_passages(tmp_path: Path) -> None:
    text = 'id\ttext\ttitle\n1\t"Aaron ( ""Ahärôn"") is a prophet."\tAaron\n2\tMore words\tB\n'
    documents, skipped = read(write(tmp_path, "psgs_w100.tsv", text))
    first = Document("1", "Aaron", 'Aaron ( "Ahärôn") is a prophet.', "psgs_w100.tsv")
    assert (documents[0], documents[1].id, skipped) == (first, "2", [])


def test_quoted_cell_over_two_lines_in_tsv(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", 'title\ttext\nA\t"one\ntwo"\nB\tthree\n')
    assert [d.text for d in read(path)[0]] == ["one\ntwo", "three"]
    path = write(tmp_path, "b.tsv", 'text\ttitle\n"one\ntwo"\tA\nthree\tB\n')
    assert [d.text for d in read(path)[0]] == ["one\ntwo", "three"]
