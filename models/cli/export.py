"""``contrastive-models export``: a run's encoder as a small folder of its own."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import put
from models.training.recipes.runs import export_run


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("export", help="write the encoder of a run, with its card")
    parser.add_argument("run_folder", type=Path, metavar="RUN")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--name", default="", help="what to call it; else the run's name")
    parser.add_argument("--half", action="store_true", help="weights of a text encoder in float16")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Exports and says where to."""
    encoder = export_run(arguments.run_folder, arguments.out, arguments.name, arguments.half)
    size = sum(path.stat().st_size for path in arguments.out.rglob("*") if path.is_file())
    said = {"out": str(arguments.out), "name": encoder.name, "about": encoder.about, "bytes": size}
    text = f"{encoder.name} is in {arguments.out} ({size / 2**20:.1f} MiB). {encoder.about}"
    put(said, arguments.json, text)
