"""Answers read out of passages: a span of the text, and how far it is to be believed."""
