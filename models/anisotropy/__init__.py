"""How narrow the cone is in which an encoder's vectors lie: layer by layer, and its cures."""
