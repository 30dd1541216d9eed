"""Files on disk become typed records, one reader a format."""
