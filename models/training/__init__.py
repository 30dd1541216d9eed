"""Training: a loop that knows nothing of what it trains, and recipes that tell it."""
