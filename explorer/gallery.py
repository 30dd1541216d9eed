"""Pictures of every view on the bundled sample, drawn without a display."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QApplication

from explorer.gallery_scenes import scenes, turn

_SIZES = ((1280, 800, 1.0), (1920, 1080, 1.0), (1920, 1080, 2.0))


def write_gallery(folder: Path) -> int:
    """Writes a PNG of each scene in both themes at 1280×800 and 1920×1080, the latter also with
    text at 200%. The user's own settings and projects are not touched."""
    import os

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["CONTRASTIVE_EXPLORER_HOME"] = home
        from explorer.app import Explorer

        app = QApplication(sys.argv[:1])
        explorer = Explorer(app)
        explorer.window.resize(*_SIZES[0][:2])
        explorer.window.show()
        try:
            for name in scenes(app, explorer):
                for path in _pictures(app, explorer, folder, name):
                    print(path)
        finally:
            explorer.window.close()
            explorer.close()
    return 0


def _pictures(app: QApplication, explorer, folder: Path, name: str) -> Iterator[Path]:
    from explorer.theme import themes

    for width, height, scale in _SIZES:
        for mode in ("light", "dark"):
            themes().set_mode(mode)
            themes().set_scale(scale)
            explorer.window.resize(width, height)
            turn(app, 0.25)
            size = f"{width}x{height}" + ("" if scale == 1 else f"-text{scale:.0%}".rstrip("%"))
            path = folder / f"{name}-{size}-{mode}.png"
            explorer.window.grab().save(str(path))
            yield path
    themes().set_scale(1.0)
