"""Training: an encoder learns, and its points move on the sphere while it does."""
