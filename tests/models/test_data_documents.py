"""Prose from text files, Markdown, web pages, PDF and Word."""

import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from models.data import office
from models.data.documents import file_documents, readable
from models.data.records import Document
from models.errors import InputError
from models.events import Skipped


def read(path: Path) -> tuple[Document, list[Skipped]]:
    items = list(file_documents(path, path.name))
    (document,) = (item for item in items if isinstance(item, Document))
    return document, [item for item in items if isinstance(item, Skipped)]


def write(tmp_path: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def write_pdf(path: Path, pages: list[list[str]], title: str = "", password: str = "") -> Path:
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(400, 400)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 380 Td {shown}ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return path


def test_plain_text(tmp_path: Path) -> None:
    document, skipped = read(
        write(tmp_path, "my_field-notes.txt", "\ufeff First.\r\n\r\nSecond.\n")
    )
    assert document == Document(
        "my_field-notes.txt", "My field notes", "First.\n\nSecond.", "my_field-notes.txt"
    )
    assert skipped == []


def test_replaced_characters_are_reported_and_the_document_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Zürich Köln Malmö ".encode() + b"\xff.")
    document, skipped = read(path)
    assert document.text == "Zürich Köln Malmö \ufffd."
    assert skipped[0].why == "1 character could not be read in a.txt and was replaced."


def test_empty_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.txt cannot be read: it holds no text"):
        read(write(tmp_path, "a.txt", " \n"))


def test_readable_names() -> None:
    assert readable("notes") == "Notes"
    assert readable("deep__dive-2") == "Deep dive 2"
    assert readable("___") == "___"


def test_markdown_becomes_plain_text(tmp_path: Path) -> None:
    text = """---
layout: page
---
# The *Title*

Some **bold** text with a [link](http://x.org), `code` and
a second line.

- one
- two

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1
```

<div><p>HTML</p></div>
"""
    document, _ = read(write(tmp_path, "a.md", text))
    assert document.title == "The Title"
    assert document.text.split("\n\n") == [
        "Some bold text with a link, code and\na second line.",
        "one",
        "two",
        "a | b",
        "1 | 2",
        "x = 1",
        "HTML",
    ]


def test_markdown_titles(tmp_path: Path) -> None:
    front = read(write(tmp_path, "a.md", '---\ntitle: "Front"\n---\n# Head\n\nText'))[0]
    assert (front.title, front.text) == ("Front", "Head\n\nText")
    late = read(write(tmp_path, "b.md", "Intro\n\n## Later\n\nText"))[0]
    assert (late.title, late.text) == ("Later", "Intro\n\nLater\n\nText")
    alone = read(write(tmp_path, "c.md", "# Only a heading"))[0]
    assert (alone.title, alone.text) == ("Only a heading", "Only a heading")
    assert read(write(tmp_path, "no_heading.md", "Text"))[0].title == "No heading"


def test_web_page(tmp_path: Path) -> None:
    page = """<!doctype html><html><head><title>A  &amp;
 B</title><style>p {}</style></head><body><nav>Home | About</nav>
    <!-- comment --><h1>Head</h1><p>First <b>bold</b>
    words.</p><script>var x;</script><ul><li>one<li>two</ul>
    <div role="navigation">menu</div><table><tr><th>x</th><th>y</th></tr><tr><td>1</td></tr></table>
    <pre>  keep
    this</pre>end<br>of it<footer>(c)</footer></body></html>"""
    document, _ = read(write(tmp_path, "a.html", page))
    assert document.title == "A & B"
    expected = "Head\n\nFirst bold words.\n\none\ntwo\n\nx y\n1\n\n  keep\n    this\n\nend\nof it"
    assert document.text == expected


def test_web_page_titles(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.htm", "<h1>From <i>h1</i></h1>x"))[0].title == "From h1"
    assert read(write(tmp_path, "some_page.htm", "<p>x"))[0].title == "Some page"


def test_web_page_says_its_encoding(tmp_path: Path) -> None:
    page = '<meta charset="iso-8859-2"><p>čeština příliš žluťoučký</p>'
    document, skipped = read(write(tmp_path, "a.html", page, "iso-8859-2"))
    assert (document.text, skipped) == ("čeština příliš žluťoučký", [])


def test_web_page_nested_deeper_than_the_stack(tmp_path: Path) -> None:
    page = "<div>" * 5000 + "deep" + "</div>" * 5000
    assert read(write(tmp_path, "a.html", page))[0].text == "deep"


def test_pdf(tmp_path: Path) -> None:
    pages = [["A sentence that is bro-", "ken over lines and goes", "on here."], ["Second page."]]
    document, skipped = read(write_pdf(tmp_path / "a_paper.pdf", pages, "On Vectors"))
    assert document.title == "On Vectors"
    assert document.text == (
        "A sentence that is broken over lines and goes on here.\n\nSecond page."
    )
    assert skipped == []


def test_pdf_title_that_is_none(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a_paper.pdf", [["Text."]], "Microsoft Word - draft3.doc")
    assert read(path)[0].title == "A paper"


@pytest.mark.parametrize("title", ["", "x", "Untitled", "paper_final.docx", "12.3", "Document1", 5])
def test_senseless_titles(title: object) -> None:
    assert office.sensible_title(title) == ""


def test_damaged_pdf(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "whole.pdf", [["Text."]]).read_bytes()
    for name, data in {"a.pdf": b"not a pdf", "b.pdf": b"", "c.pdf": whole[:100]}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=f"{name} cannot be read: it "):
            read(tmp_path / name)


def test_pdf_with_a_damaged_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_pdf(tmp_path / "a.pdf", [["One."], ["Two."], ["Three."]])
    extract = pypdf.PageObject.extract_text

    def fail_on_second(page: pypdf.PageObject) -> str:
        if page.page_number == 1:
            raise KeyError("/Font")
        return extract(page)

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail_on_second)
    document, skipped = read(path)
    assert document.text == "One.\n\nThree."
    assert skipped == [Skipped("a.pdf, page 2", "This page of the PDF is damaged.")]


def test_pdf_with_a_password(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it needs a password"):
        read(write_pdf(tmp_path / "a.pdf", [["Secret."]], password="s3cret"))


def test_pdf_with_a_cipher_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decrypt(*_: object) -> None:
        raise pypdf.errors.DependencyError("cryptography is required")

    monkeypatch.setattr(pypdf.PdfReader, "decrypt", decrypt)
    path = write_pdf(tmp_path / "a.pdf", [["Secret."]], password="s3cret")
    with pytest.raises(InputError, match="it is encrypted; save a copy"):
        read(path)


def test_pdf_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="pictures need OCR"):
        read(write_pdf(tmp_path / "a.pdf", [[], []]))


def test_word_document(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Report", level=0)
    document.add_paragraph("First paragraph.")
    table = document.add_table(rows=2, cols=2)
    for n, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cell {n}"
    table.cell(1, 0).merge(table.cell(1, 1)).text = "merged"
    document.add_paragraph("Last.")
    document.save(tmp_path / "a.docx")
    found, skipped = read(tmp_path / "a.docx")
    assert found.title == "Report"
    assert found.text == "Report\n\nFirst paragraph.\n\ncell 0 | cell 1\nmerged\n\nLast."
    assert skipped == []
    document.core_properties.title = "From properties"
    document.save(tmp_path / "a.docx")
    assert read(tmp_path / "a.docx")[0].title == "From properties"


def test_damaged_word_document(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"not a zip")
    (tmp_path / "b.docx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with zipfile.ZipFile(tmp_path / "c.docx", "w") as parts:
        parts.writestr("unrelated.txt", "x")
    for name, why in {"a": "not a whole Word", "b": "needs a password", "c": "not a whole"}.items():
        with pytest.raises(InputError, match=why):
            read(tmp_path / f"{name}.docx")


def test_word_document_that_would_unfold_too_far(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as parts:
        with parts.open("word/document.xml", "w") as part:
            for _ in range(257):
                part.write(b" " * (1 << 20))
    assert path.stat().st_size < 4 << 20
    with pytest.raises(InputError, match="unfold to 257 MiB"):
        read(path)
