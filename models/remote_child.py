"""The process in which ``models.remote`` runs work: ``python -m models.remote_child``.

The first line on standard input names the function and its arguments; later ones are "pause",
"go" and "stop". When standard input ends, the parent is gone: the work is closed, so that a
training run saves itself, and the process ends.
"""

import json
import os
import sys
import threading
import traceback
from typing import IO, Any

from models.child import be_modest, own_output
from models.errors import InputError
from models.events import Progress, Work
from models.training.devices import share_cores
from models.wire import find, pack, unpack

_LAST_WORDS = 120.0  # seconds after which an orphan ends even in the middle of a step


class _Wishes:
    """What the parent wants, heard in a thread of its own."""

    def __init__(self) -> None:
        self.go, self.stop = threading.Event(), threading.Event()
        self.go.set()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            wish = json.loads(line)
            if wish == "pause":
                self.go.clear()
            elif wish == "go":
                self.go.set()
            else:
                self._end()
        self._end()
        threading.Timer(_LAST_WORDS, os._exit, (1,)).start()

    def _end(self) -> None:
        self.stop.set()
        self.go.set()


def main() -> None:
    """Runs one piece of work and says what it says."""
    be_modest()
    share_cores()
    output = own_output()
    request = json.loads(sys.stdin.readline())
    try:
        message = _run(request, _Wishes(), output)
    except InputError as error:
        message = {"refused": str(error)}
    except BrokenPipeError:
        return
    except BaseException:
        message = {"defect": traceback.format_exc()}
    _say(output, message)
    # Nothing that still runs, such as a library's threads, may hold the process back.
    os._exit(0)


def _run(request: Any, wishes: _Wishes, output: IO[str]) -> dict[str, Any]:
    work: Work[Any] = find(request["call"])(**unpack(request["arguments"]))
    while True:
        if not wishes.go.is_set():
            _say(output, {"event": pack(Progress("Paused"))})
            wishes.go.wait()
        if wishes.stop.is_set():
            work.close()
            return {"closed": True}
        try:
            event = next(work)
        except StopIteration as stop:
            return {"result": pack(stop.value)}
        try:
            _say(output, {"event": pack(event)})
        except BrokenPipeError:  # the parent is gone
            work.close()
            raise


def _say(output: IO[str], message: dict[str, Any]) -> None:
    output.write(json.dumps(message) + "\n")
    output.flush()


if __name__ == "__main__":
    main()
