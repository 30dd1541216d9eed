"""The corpus that comes with Python."""

import sys
from pathlib import Path

import pytest

from models.data.pydocs import read_python_docs
from models.data.records import Document
from models.events import Progress, Skipped


@pytest.fixture(scope="module")
def items() -> list[Document | Progress | Skipped]:
    return list(read_python_docs())


def test_thousands_of_documents_with_different_ids(
    items: list[Document | Progress | Skipped],
) -> None:
    documents = [item for item in items if isinstance(item, Document)]
    assert len(documents) > 2500
    assert len({document.id for document in documents}) == len(documents)
    assert any(isinstance(item, Progress) for item in items)


def test_every_kind_is_there(items: list[Document | Progress | Skipped]) -> None:
    found = {item.title: item for item in items if isinstance(item, Document)}
    assert found["json.dumps"].fields == {"kind": "function", "module": "json"}
    assert found["json.dumps"].source == "json/__init__.py"
    assert found["json.dumps"].text.startswith("Serialize ``obj``")
    assert found["json.encoder.JSONEncoder"].fields["kind"] == "class"
    assert found["json"].fields["kind"] == "module"
    assert found["itertools.chain"].fields["module"] == "itertools"
    assert found["str.split"].fields["module"] == "builtins"
    assert found["lambda"].fields["kind"] == "topic"
    private = [item.id for item in found.values() if "._" in item.id]
    assert private == []


def test_reading_imports_nothing_with_an_effect(
    items: list[Document | Progress | Skipped],
) -> None:
    assert items
    assert "antigravity" not in sys.modules
    assert "this" not in sys.modules


def test_without_sources_the_topics_remain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    bare = list(read_python_docs())
    assert [item.why for item in bare if isinstance(item, Skipped)] == [
        "The sources of Python's standard library are not installed."
    ]
    assert sum(isinstance(item, Document) for item in bare) > 200
    (tmp_path / "broken.py").write_text("def f(:\n", encoding="utf-8")
    (notice,) = (item for item in read_python_docs() if isinstance(item, Skipped))
    assert notice.where == "broken.py"
