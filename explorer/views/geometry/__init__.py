"""Geometry: how the vectors lie on the hypersphere, and what temperature makes of them."""
