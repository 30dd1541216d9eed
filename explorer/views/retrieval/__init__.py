"""Retrieval: ask, and compare what vectors and words find."""
