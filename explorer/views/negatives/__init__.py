"""Negatives: what a question is told apart from, and what training makes of it."""
