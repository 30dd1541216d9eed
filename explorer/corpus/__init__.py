"""Opening a corpus of one's own: which files, how they are cut, which encoder, where it lands."""
