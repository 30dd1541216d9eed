"""``contrastive-models layout``: a project's layouts, made before the window asks for them."""

import argparse
from pathlib import Path
from typing import Any, get_args

from models.cli.console import Console, put
from models.project import Project
from models.projection.cache import cached
from models.projection.layout import Surface, Technique
from models.projection.umap_process import UmapProcess


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("layout", help="place vectors on the globe and the map")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--technique", choices=get_args(Technique), help="default: each")
    parser.add_argument("--surface", choices=get_args(Surface), help="default: each")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Computes what is asked for and says how faithful it is."""
    project = Project.open(arguments.folder)
    techniques = [arguments.technique] if arguments.technique else get_args(Technique)
    surfaces = [arguments.surface] if arguments.surface else get_args(Surface)
    with UmapProcess() as process:
        for technique in techniques:
            for surface in surfaces:
                layout = Console().run(cached(project, technique, surface, process))
                facts = layout.facts
                result = {
                    "technique": technique,
                    "surface": surface,
                    "dimensions": facts.dimensions,
                    "kept": facts.kept,
                    "variance": facts.variance,
                    "trustworthiness": facts.trustworthiness,
                    "points": facts.of,
                }
                sentence = f"{technique} on the {surface}: {facts.sentence}"
                put(result, arguments.json, sentence)
