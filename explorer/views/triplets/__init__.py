"""Triplets: whether what follows lies closer than what contradicts, before and after training."""
