"""Text in, vectors out: what an encoder is, where it comes from, how it runs."""
