"""Models by their name on the Hugging Face hub."""

import re
from pathlib import Path

from models.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_PATTERNS = ("*.safetensors", "*.safetensors.index.json", "*.json", "*.txt", "*.model")


def is_hub_name(name: str) -> bool:
    """Whether ``name`` could be a model on the hub."""
    return len(name) <= 96 and _NAME.fullmatch(name) is not None


def download(name: str) -> Path:
    """The model's folder in the local cache, completed from the hub. No pickle is ever fetched.

    Raises:
        InputError: there is no connection, or the hub has no such public model.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    try:
        folder = snapshot_download(name, allow_patterns=list(_PATTERNS))
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise InputError(
            f"There is no folder {name}, and the Hugging Face hub has no public model of that name."
        ) from error
    except OSError as error:
        raise InputError(
            f"There is no folder {name}, and the Hugging Face hub could not be reached to look "
            "for a model of that name."
        ) from error
    return Path(folder)
