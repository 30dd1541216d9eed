"""The desktop application: a window over the science in ``models``."""
