"""The process in which UMAP runs: ``python -m models.projection.umap_child FOLDER``.

Each line on standard input is a request in JSON; its vectors lie in FOLDER/vectors.npy, and the
positions are left in FOLDER/positions.npy. Each line on standard output is an event or an answer
in JSON. The process ends, and removes FOLDER, when its standard input ends: its parent is gone.
"""

import json
import os
import queue
import shutil
import sys
import threading
from pathlib import Path
from typing import IO, Any

import numpy as np

from models.child import be_modest, own_output
from models.events import Progress, Skipped, finish
from models.projection.optimiser import import_optimiser
from models.projection.trust import trustworthiness
from models.projection.umap_fit import umap_positions

#: File names in the folder that the two processes share.
VECTORS, POSITIONS = "vectors.npy", "positions.npy"
_SAMPLE = 2000


def main() -> None:
    """Answers requests until standard input ends."""
    folder = Path(sys.argv[1])
    be_modest()
    answers = own_output()
    requests: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(requests, folder), daemon=True).start()

    def report(stage: str, done: int, total: int, unit: str) -> None:
        _say(answers, {"stage": stage, "done": done, "total": total, "unit": unit})

    try:
        import_optimiser()
    except ImportError as error:
        _say(answers, {"error": f"UMAP cannot run here: {error}."})
        return
    while True:
        request = requests.get()
        try:
            _say(answers, _answer(folder, json.loads(request), report))
        except BrokenPipeError:
            shutil.rmtree(folder, ignore_errors=True)
            return
        except Exception as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            _say(answers, {"error": f"UMAP could not place these points: {reason}."})


def _listen(requests: "queue.Queue[str]", folder: Path) -> None:
    for line in sys.stdin:
        requests.put(line)
    shutil.rmtree(folder, ignore_errors=True)
    # The main thread may be deep in compiled code.
    os._exit(0)


def _say(answers: IO[str], message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _answer(folder: Path, request: dict[str, Any], report: Any) -> dict[str, Any]:
    vectors = np.load(folder / VECTORS, allow_pickle=False)
    positions = umap_positions(
        vectors,
        request["surface"],
        neighbours=request["neighbours"],
        min_dist=request["min_dist"],
        seed=request["seed"],
        report=report,
    )
    if not np.isfinite(positions).all():
        raise ValueError("some positions are not numbers")

    def listen(event: Progress | Skipped) -> None:
        if isinstance(event, Progress):
            report(event.stage, event.done, event.total or 0, event.unit)

    measure = trustworthiness(vectors, positions, sample=_SAMPLE)
    value, sampled = finish(measure, listen)
    np.save(folder / POSITIONS, positions)
    return {"trustworthiness": value, "sampled": sampled}


if __name__ == "__main__":
    main()
