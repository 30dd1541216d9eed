"""The negatives of a question: which of each kind, why, and what training makes of them."""
