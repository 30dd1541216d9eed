"""``contrastive-models inspect``: what a project folder holds, and whether it is whole."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.project import Project
from models.retrieval.dense import suggested_index


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("inspect", help="say what a project holds and check its files")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="read every file whole; opening only glances at large ones",
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Opens the project, checks it if asked, and prints what it is."""
    project = Project.open(arguments.folder)
    if arguments.verify:
        Console().run(project.checking())
    manifest = project.manifest
    files = {name: size for name, (size, _) in sorted(manifest.files.items())}
    spec, why = suggested_index(manifest.passages, manifest.encoder.dimensions)
    result = {
        "name": manifest.name,
        "passages": manifest.passages,
        "documents": manifest.documents,
        "skipped": manifest.skipped,
        "encoder": manifest.encoder.name,
        "dimensions": manifest.encoder.dimensions,
        "index": manifest.recipe.index.kind,
        "suggested_index": spec.kind,
        "files": files,
        "bytes": sum(files.values()),
        "verified": arguments.verify,
    }
    lines = [
        f"{manifest.name}: {manifest.passages:,} passages of {manifest.documents:,} documents, "
        f"{manifest.encoder.dimensions} dimensions by {manifest.encoder.name}, "
        f"{manifest.recipe.index.kind} index; {manifest.skipped:,} skipped.",
        *(f"{size / 1e6:12,.1f} MB  {name}" for name, size in files.items()),
        f"{result['bytes'] / 1e6:12,.1f} MB  in all",
    ]
    if spec.kind != manifest.recipe.index.kind:
        lines.append(f"Suggested index: {spec.kind}. {why}")
    if arguments.verify:
        lines.append("Every file is as it was written.")
    put(result, arguments.json, "\n".join(lines))
