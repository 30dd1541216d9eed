"""``contrastive-explorer``: opens the window."""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the application; 2 and one sentence where it cannot start."""
    parser = argparse.ArgumentParser(
        prog="contrastive-explorer", description="See contrastive learning."
    )
    parser.add_argument(
        "project", nargs="?", type=Path, help="the folder of a project or a training run to open"
    )
    parser.add_argument(
        "--gallery",
        type=Path,
        metavar="DIR",
        help="write a picture of every view on the bundled sample, without a display, and exit",
    )
    arguments = parser.parse_args(argv)
    if arguments.gallery is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from explorer.preflight import problem

    trouble = problem()
    if trouble is not None:
        print(trouble, file=sys.stderr)
        return 2
    if arguments.gallery is not None:
        from explorer.gallery import write_gallery

        return write_gallery(arguments.gallery)
    return _open(arguments.project)


def _open(project: Path | None) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from explorer.app import Explorer

    app = QApplication(sys.argv[:1])
    app.setApplicationName("Contrastive Explorer")
    explorer = Explorer(app)
    explorer.window.show()
    # The window is painted first; what takes time begins a turn of the event loop later.
    QTimer.singleShot(0, lambda: explorer.begin(project))
    try:
        status = app.exec()
    finally:
        explorer.close()
    return leave(status)


def leave(status: int) -> int:
    """Ends the process now where some work is deep in foreign code and cannot be waited for.

    An interpreter that ends tears such a thread down in the middle of C++, which aborts the
    process with a message on the terminal. All that is to be kept is on the disk by now.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if any(thread.daemon for thread in others):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # closed, or none under pythonw
                stream.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
