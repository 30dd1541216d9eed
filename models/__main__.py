"""``contrastive-models``: all that the window does with files and numbers, without a window."""

import argparse
import os
import sys
from collections.abc import Sequence

from models.cli import (
    answer,
    augment,
    compare,
    evaluate,
    export,
    geometry,
    index,
    inspect_project,
    layout,
    mine,
    new_encoder,
    search,
    train,
)
from models.errors import InputError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0 on success, 2 and one sentence on bad input, 130 when interrupted."""
    parser = argparse.ArgumentParser(
        prog="contrastive-models",
        description="Index a corpus, search it, measure it; train an encoder.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = (
        index,
        inspect_project,
        search,
        answer,
        evaluate,
        layout,
        geometry,
        compare,
        new_encoder,
        mine,
        train,
        export,
        augment,
    )
    for module in modules:
        module.add(commands)
    arguments = parser.parse_args(argv)
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; what was done so far is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; point stdout elsewhere so that exit stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
