"""The bundled sample: complete, consistent, and its ready-made vectors those of its encoder."""

import json
from collections import Counter

import numpy as np
import pytest

from models.data.questions import read_questions
from models.encoders import catalog
from models.project import Project, text_of
from models.samples import SAMPLES, assets, bundled_questions, copy_bundled
from models.vectors import encode, text_key

SHIPPED = assets() / "sample" / "project"


@pytest.fixture(scope="module")
def documents():
    return list(SAMPLES["bundled"].documents())


def test_it_has_over_300_titled_passages_on_twelve_topics(documents):
    topics = Counter(document.fields["topic"] for document in documents)
    assert len(documents) >= 300 and len(topics) >= 10
    assert "Contrastive learning" in topics and min(topics.values()) >= 20
    assert len({document.id for document in documents}) == len(documents)
    assert len({document.title for document in documents}) == len(documents)
    assert all(60 <= len(document.text.split()) <= 130 for document in documents)


def test_each_question_has_a_short_answer_in_its_passage(documents):
    texts = {document.id: document.text for document in documents}
    questions = read_questions(bundled_questions())
    assert len(questions) >= 200
    for question in questions:
        (passage,) = question.gold_ids
        assert question.answers[0] in texts[passage], question.id
        assert len(question.answers[0].split()) <= 8, question.id


def test_the_project_holds_these_very_passages(documents):
    project = Project.open(SHIPPED)
    assert project.passages.column("text") == [document.text for document in documents]
    assert project.passages.column("topic") == [d.fields["topic"] for d in documents]
    assert project.manifest.recipe.sources == ("bundled",)


def test_its_vectors_are_those_of_the_bundled_encoder():
    project = Project.open(SHIPPED)
    encoder = catalog.load("bundled")
    assert encoder.card.key == project.manifest.encoder.key
    rows = range(0, len(project.passages), 40)
    passages = [project.passages[row] for row in rows]
    texts = [text_of(p.title, p.text, project.manifest.titles) for p in passages]
    fresh = encode(texts, encoder).array
    kept = project.vectors.array[list(rows)]
    assert np.einsum("nd,nd->n", fresh, kept).min() > 0.9999
    keys = np.load(project.data / "keys.npy")
    assert [keys[row].tobytes() for row in rows] == [
        text_key(text, encoder.card.key, "passage") for text in texts
    ]


def test_all_four_layouts_are_ready():
    assert len(list((SHIPPED / "layouts").glob("*.npz"))) == 4


def test_it_names_no_place_of_the_machine_it_was_made_on():
    manifest = json.loads((SHIPPED / "project.json").read_text("utf-8"))
    assert "/" not in manifest["recipe"]["encoder"] + manifest["encoder"]["source"]


def test_it_is_copied_once_and_mended_when_damaged(tmp_path):
    folder = tmp_path / "home" / "bundled"
    copy_bundled(folder)
    first = Project.open(folder).data
    stamp = (first / "vectors.npy").stat().st_mtime_ns
    copy_bundled(folder)
    assert (first / "vectors.npy").stat().st_mtime_ns == stamp
    (first / "vectors.npy").write_bytes(b"")
    copy_bundled(folder)
    assert len(Project.open(folder).vectors.array) == len(Project.open(SHIPPED).vectors.array)
