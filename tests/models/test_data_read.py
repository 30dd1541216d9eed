"""A corpus from folders and files: what is found, in which order, under which ids."""

import json
from pathlib import Path

import pytest

from models.data import folders
from models.data.read import NOTICES, Reading, read_corpus
from models.data.records import Document
from models.errors import InputError
from models.events import Progress, Skipped

SQUAD = Path(__file__).parents[2] / "../shared/data/squad"


def read(*paths: Path, reading: Reading | None = None) -> tuple[list[Document], list[Skipped]]:
    items = list(read_corpus(paths, reading or Reading()))
    documents = [item for item in items if isinstance(item, Document)]
    return documents, [item for item in items if isinstance(item, Skipped)]


def write(path: Path, text: str = "Some words.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_folder_is_read_in_order_with_relative_sources(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/c.html", "t.csv"):
        write(tmp_path / name, "title,text\nA,words\n" if name == "t.csv" else "Some words.")
    write(tmp_path / ".hidden/x.txt")
    write(tmp_path / ".hidden.txt")
    write(tmp_path / "~$lock.docx")
    documents, skipped = read(tmp_path)
    assert [d.source for d in documents] == ["a/c.html", "a/z.md", "b.txt", "t.csv"]
    assert [d.id for d in documents] == ["a/c.html", "a/z.md", "b.txt", "t.csv/2"]
    assert skipped == []


def test_progress_counts_files(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        write(tmp_path / name)
    seen = [item for item in read_corpus([tmp_path]) if isinstance(item, Progress)]
    assert [(p.stage, p.done, p.total) for p in seen] == [("Reading", n, 2) for n in range(3)]


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file or folder .*absent"):
        read(tmp_path / "absent")


def test_empty_folder_names_the_formats(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"no readable documents in {tmp_path}: .*\.txt.*\.docx"):
        read(tmp_path)


def test_nothing_usable_says_why(tmp_path: Path) -> None:
    write(tmp_path / "empty.txt", "")
    with pytest.raises(InputError, match=r"can be read\. empty\.txt: It holds no text\."):
        read(tmp_path)


def test_column_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "title,text\nA,words\n")
    with pytest.raises(InputError, match=r"a\.csv: It has no column named “nope”, only: title"):
        read(path, reading=Reading(text_column="nope"))


def test_other_formats_are_counted_in_one_notice(tmp_path: Path) -> None:
    for name in ("a.txt", "x.pkl", "y.pkl", "z.png", "LICENSE"):
        write(tmp_path / name)
    documents, skipped = read(tmp_path)
    assert len(documents) == 1
    assert [s.why for s in skipped] == [
        "4 files of formats that are not read are left aside: .pkl (2), no ending (1), .png (1)."
    ]


def test_bad_files_among_good_ones(tmp_path: Path) -> None:
    write(tmp_path / "good.txt")
    (tmp_path / "image.txt").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    write(tmp_path / "broken.json", "{")
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "absent.txt")
    documents, skipped = read(tmp_path)
    assert [d.id for d in documents] == ["good.txt"]
    assert {s.where: s.why for s in skipped} == {
        "broken.json": "It is not well-formed JSON (line 1).",
        "broken.pdf": "It is not a whole PDF.",
        "image.txt": "It holds binary data, not text.",
        "nowhere.txt": "It is a link to nowhere, or no file.",
    }


def test_unreadable_file_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "good.txt")
    locked, closed = write(tmp_path / "locked.txt"), write(tmp_path / "closed/a.txt").parent
    open_path, list_folder = Path.open, Path.iterdir

    def open_or_refuse(path: Path, *args: object, **options: object) -> object:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return open_path(path, *args, **options)

    def list_or_refuse(path: Path) -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return list_folder(path)

    monkeypatch.setattr(Path, "open", open_or_refuse)
    monkeypatch.setattr(Path, "iterdir", list_or_refuse)
    documents, skipped = read(tmp_path)
    assert [d.id for d in documents] == ["good.txt"]
    why = "It could not be opened (Permission denied)."
    assert skipped == [Skipped("closed", why), Skipped("locked.txt", why)]


def test_disk_that_fails_halfway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.csv", "title,text\nA,words\n")

    def fail(*_: object) -> object:
        raise OSError(5, "Input/output error")
        yield

    monkeypatch.setattr("models.data.read.table_documents", fail)
    documents, skipped = read(tmp_path)
    assert len(documents) == 1
    assert skipped[0].why == "It could not be read to its end (Input/output error)."


def test_links_that_lead_back_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "sub/a.txt")
    (tmp_path / "sub/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "sub/self").symlink_to(tmp_path / "sub/self")
    (tmp_path / "twin.txt").symlink_to(tmp_path / "sub/a.txt")
    documents, skipped = read(tmp_path)
    assert [d.id for d in documents] == ["sub/a.txt"]
    assert {s.where: s.why for s in skipped if s.where != str(tmp_path)} == {
        "sub/loop": "This is the same folder as one that is read already.",
        "twin.txt": "This is the same file as one that is read already.",
    }


def test_second_record_with_an_id_is_skipped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"_id": "x", "text": "1"}\n{"_id": "x", "text": "2"}\n')
    documents, skipped = read(path)
    assert [d.text for d in documents] == ["1"]
    assert skipped == [
        Skipped("a.jsonl", "A second record has the id “x”; the first is kept."),
    ]


def test_ids_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        write(tmp_path / name, "id,text\n1,one\n2,two\n")
    documents, skipped = read(tmp_path)
    assert [d.id for d in documents] == ["1", "2", "1 (2)", "2 (2)", "1 (3)", "2 (3)"]
    assert [s.where for s in skipped] == ["b.csv", "c.csv"]
    assert skipped[0].why.startswith("2 of its ids were used by another file")


def test_same_names_in_two_opened_folders(tmp_path: Path) -> None:
    for name in ("one/a.txt", "two/a.txt"):
        write(tmp_path / name)
    documents, _ = read(tmp_path / "one", tmp_path / "two")
    assert [d.id for d in documents] == ["a.txt", "a.txt (2)"]


def test_notices_of_one_file_do_not_flood(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "good"}\n' + "bad\n" * 1000)
    documents, skipped = read(path)
    assert len(documents) == 1
    assert len(skipped) == NOTICES + 1
    assert skipped[-1].why == f"{1000 - NOTICES} more notices like these."


def test_beir_folder_gives_its_corpus_only(tmp_path: Path) -> None:
    record = {"_id": "d1", "title": "T", "text": "Words.", "metadata": {}}
    write(tmp_path / "corpus.jsonl", json.dumps(record))
    write(tmp_path / "queries.jsonl", '{"_id": "q1", "text": "Words?"}')
    write(tmp_path / "qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    documents, skipped = read(tmp_path)
    assert documents == [Document("d1", "T", "Words.", "corpus.jsonl")]
    assert skipped == []


def test_every_ending_is_read_in_any_case(tmp_path: Path) -> None:
    assert {".txt", ".md", ".html", ".pdf", ".docx", ".csv", ".tsv", ".jsonl", ".parquet"} <= set(
        folders.SUFFIXES
    )
    assert len(read(write(tmp_path / "LOUD.TXT"))[0]) == 1


def test_a_large_table_is_a_stream(tmp_path: Path) -> None:
    """The first document comes long before the file is read, and closing closes the file."""
    path = tmp_path / "a.tsv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id\ttext\ttitle\n")
        file.writelines(f"{n}\tword\tT\n" for n in range(1, 5001))
    stream = read_corpus([path])
    first = next(item for item in stream if isinstance(item, Document))
    assert first.id == "1"
    path.write_text("", encoding="utf-8")
    rest = sum(isinstance(item, Document) for item in stream)
    assert rest < 4999


@pytest.mark.skipif(not SQUAD.is_dir(), reason="needs the published SQuAD files")
@pytest.mark.parametrize(("name", "count"), [("dev", 646), ("unlabelled", 570)])
def test_squad_as_published(name: str, count: int) -> None:
    documents, skipped = read(SQUAD / f"{name}-v2.0.json")
    assert (len(documents), skipped) == (count, [])
    assert len({d.id for d in documents}) == count
