"""How good: ranking figures over question sets."""
