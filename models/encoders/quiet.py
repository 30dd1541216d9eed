"""transformers without its own voice: progress and findings are told in our words."""

from typing import Any


def hush() -> None:
    """Silences its progress bars and its reports of tensors that are missing or left over; those
    who load a model look at what it lacks themselves."""
    from transformers.utils import logging as library

    untyped: Any = library
    untyped.disable_progress_bar()
    untyped.set_verbosity_error()
