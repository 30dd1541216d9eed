"""High-dimensional vectors placed on a sphere or a map, and how faithfully."""
