"""Sphere: all passages on a globe or a map, with the question among them."""
