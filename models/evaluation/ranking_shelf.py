"""What retrievers found, kept on disk under a key of corpus, retriever and questions."""

import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.files import atomic_path

_MOST = 60  # results kept, those used last; a few megabytes each


class RankingShelf:
    """Arrays by key. What cannot be written or read is simply found again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def recall(self, key: str) -> dict[str, NDArray[Any]] | None:
        """What was kept under ``key``; None if there is nothing whole."""
        path = self._path(key)
        try:
            with np.load(path, allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
            path.touch()
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        return arrays

    def keep(self, key: str, arrays: Mapping[str, Any]) -> None:
        """Keeps ``arrays``, where there is room for them."""
        with suppress(InputError, OSError):
            with atomic_path(self._path(key)) as temporary, temporary.open("wb") as file:
                np.savez_compressed(file, **dict(arrays))
            kept = sorted(self.folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)
            for path in kept[:-_MOST]:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


def kept_rankings() -> Path:
    """Where this user's results are kept."""
    import platformdirs

    chosen = os.environ.get("CONTRASTIVE_EXPLORER_HOME")
    if chosen:
        return Path(chosen).expanduser() / "rankings"
    return platformdirs.user_cache_path("contrastive-explorer", appauthor=False) / "rankings"
