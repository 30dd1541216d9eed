"""Two views of one thing: what contrastive learning takes for the same."""
