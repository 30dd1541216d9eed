"""Finding passages: dense by FAISS, lexical by BM25, and both together."""
