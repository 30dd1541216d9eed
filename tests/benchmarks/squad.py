"""The dense and BM25 rankings of a project of SQuAD paragraphs against those of other libraries.

    contrastive-models index dev-v2.0.json unlabelled-v2.0.json --out DIR --passage-words 0
    python tests/benchmarks/squad.py DIR dev-v2.0.json

Dense is compared with brute-force cosine over sentence-transformers' own vectors of the same
weights, BM25 with bm25s over the same texts. A rank may differ where two scores are closer than
float32 tells apart; such pairs are counted as ties, all others as differences.
"""

import sys
from pathlib import Path

import numpy as np

from models.data.questions import read_questions
from models.encoders.catalog import bundled_folder
from models.opening import open_searcher

K = 10
TIE = 1e-5


def compare(expected: np.ndarray, rows: list[list[int]]) -> tuple[int, int, int]:
    """Positions that agree, that differ only within a tie, and that differ; (Q, N) scores."""
    same = tied = different = 0
    for scores, found in zip(expected, rows, strict=True):
        best = np.argsort(-scores, kind="stable")[: len(found)]
        for ours, theirs in zip(found, best.tolist(), strict=True):
            if ours == theirs:
                same += 1
            elif abs(float(scores[ours] - scores[theirs])) < TIE:
                tied += 1
            else:
                different += 1
    return same, tied, different


def report(method: str, counts: tuple[int, int, int]) -> None:
    print("{}: same {}, tied {}, different {}".format(method, *counts))


def main(folder: Path, questions: Path, limit: int = 500) -> None:
    import bm25s
    from sentence_transformers import SentenceTransformer

    project, searcher = open_searcher(folder)
    asked = [question.text for question in read_questions(questions)][:limit]
    texts = project.passages.column("text")

    model = SentenceTransformer(str(bundled_folder()), device="cpu")
    passages = model.encode(texts, batch_size=32, normalize_embeddings=True)
    vectors = model.encode(asked, batch_size=32, normalize_embeddings=True)
    cosine = np.einsum("nd,nd->n", passages, project.vectors.array)
    print(f"{len(texts)} passages: least cosine to sentence-transformers {cosine.min():.6f}")

    dense, worded = [], []
    for text in asked:
        hits = searcher.search(text, K, ("dense", "bm25")).hits
        dense.append([hit.row for hit in hits["dense"]])
        worded.append([hit.row for hit in hits["bm25"]])
    report("dense", compare(vectors @ passages.T, dense))

    reference = bm25s.BM25()
    reference.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    scores = []
    for text in asked:
        tokens = bm25s.tokenize(text, return_ids=False, show_progress=False)[0]
        scores.append(reference.get_scores(tokens))
    report("bm25", compare(np.array(scores), worded))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
