"""Real paragraphs and questions: both rankings equal those of other libraries."""

from pathlib import Path

import numpy as np
import pytest

from models.data.cut import Cutting
from models.data.questions import read_questions
from models.data.read import read_corpus
from models.data.records import Document
from models.encoders import catalog
from models.events import finish
from models.indexing import build
from models.opening import searcher_of
from models.project import Recipe

SQUAD = Path(__file__).parents[2].parent / "shared" / "data" / "squad" / "dev-v2.0.json"
PARAGRAPHS, QUESTIONS, K = 100, 60, 10

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SQUAD.is_file(), reason="SQuAD is not on this machine"),
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    """The first paragraphs, each kept whole, as a project of their own."""
    folder = tmp_path_factory.mktemp("squad")
    documents = [item for item in read_corpus([SQUAD]) if isinstance(item, Document)]
    lines = [f"{d.id}\t{' '.join(d.text.split())}\t{d.title}" for d in documents[:PARAGRAPHS]]
    corpus = folder / "paragraphs.tsv"
    corpus.write_text("\n".join(["id\ttext\ttitle", *lines]) + "\n", "utf-8")
    encoder = catalog.load("bundled")
    recipe = Recipe((str(corpus),), cutting=Cutting(0))
    project = finish(build(recipe, folder / "project", encoder))
    assert len(project.passages) == PARAGRAPHS and not project.manifest.titles
    return searcher_of(project, encoder)


@pytest.fixture(scope="module")
def asked():
    return [question.text for question in read_questions(SQUAD)[:QUESTIONS]]


def test_dense_is_brute_force_cosine_by_sentence_transformers(searcher, asked):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(catalog.bundled_folder()), device="cpu")
    texts = searcher.passages.column("text")
    cosines = (
        model.encode(asked, normalize_embeddings=True)
        @ model.encode(texts, normalize_embeddings=True).T
    )
    for question, row in zip(asked, cosines, strict=True):
        hits = searcher.search(question, K, ("dense",)).hits["dense"]
        best = np.sort(row)[::-1][:K]
        np.testing.assert_allclose([hit.score for hit in hits], best, atol=1e-5)
        np.testing.assert_allclose(row[[hit.row for hit in hits]], best, atol=1e-5)


def test_bm25_is_the_ranking_of_bm25s(searcher, asked):
    import bm25s

    texts = searcher.passages.column("text")
    reference = bm25s.BM25()
    reference.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    for question in asked:
        tokens = bm25s.tokenize(question, return_ids=False, show_progress=False)[0]
        scores = reference.get_scores(tokens)
        hits = searcher.search(question, K, ("bm25",)).hits["bm25"]
        expected = [row for row in np.argsort(-scores, kind="stable")[:K] if scores[row] > 0]
        assert [hit.row for hit in hits] == expected
