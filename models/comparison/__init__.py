"""Two encoders held against one another on the same texts."""
