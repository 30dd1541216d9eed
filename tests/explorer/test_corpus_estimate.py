"""The number of passages is about right before anything is read."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.corpus.estimate import estimating
from models.data.cut import Cutting, cut
from models.data.read import read_corpus
from models.data.records import Document
from models.events import finish
from models.samples import assets

WORDS = "seven letters between these small words follow one another "


def passages(paths, words):
    documents = [item for item in read_corpus(paths) if isinstance(item, Document)]
    return sum(len(list(cut(document, Cutting(words)))) for document in documents)


@pytest.mark.parametrize("words", [0, 20, 100])
@pytest.mark.parametrize("name", ["notes.txt", "rows.tsv", "rows.csv", "rows.jsonl"])
def test_the_estimate_is_near_what_is_read(tmp_path, name, words):
    path = tmp_path / name
    lines = [f"{n} {WORDS * 7}" for n in range(900)]
    match path.suffix:
        case ".txt":
            path.write_text("\n\n".join(lines))
        case ".tsv":
            path.write_text("id\ttext\n" + "\n".join(f"{n}\t{t}" for n, t in enumerate(lines)))
        case ".csv":
            path.write_text("id,text\n" + "\n".join(f"{n},{t}" for n, t in enumerate(lines)))
        case _:
            rows = (f'{{"id": "{n}", "text": "{t}"}}' for n, t in enumerate(lines))
            path.write_text("\n".join(rows))
    counted = passages([path], words)
    assert counted / 2 <= finish(estimating([path], words)) <= 2 * counted


def test_a_folder_counts_all_its_files(tmp_path):
    for name in ("a.txt", "b.md", "deeper/c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("A word or two.")
    (tmp_path / "picture.png").write_bytes(b"nothing to read")
    assert finish(estimating([tmp_path], 100)) == 3


def test_parquet_knows_its_rows(tmp_path):
    pq.write_table(pa.table({"text": ["one text"] * 321}), tmp_path / "t.parquet")
    assert finish(estimating([tmp_path / "t.parquet"], 0)) == 321


def test_the_sample_is_sized(tmp_path):
    path = assets() / "sample" / "passages.jsonl"
    assert 250 < finish(estimating([path], 0)) < 400


def test_nothing_is_nothing():
    assert finish(estimating([], 100)) == 0
