"""Augmentation: views of one image, what was drawn for each, and what an encoder makes of them."""
