"""``contrastive-models compare``: two encoders on the same texts, as in the Encoders workspace."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from models.cli.console import Console, put
from models.cli.options import positive, whole
from models.comparison.compare import Comparison, compare
from models.comparison.points import Points, embed, of_corpus, of_file, of_sample, of_stsb, words
from models.comparison.table import write_csv
from models.evaluation.embedding import kept_vectors
from models.events import Work
from models.project import MANIFEST, Project

_SHOWN = 5
_CUT = 60  # characters of a text in the list of what changed most


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser(
        "compare", help="two encoders on the same texts: neighbours kept, displacement, CKA"
    )
    parser.add_argument("first", metavar="A", help="'bundled', a folder, a run or a hub name")
    parser.add_argument("second", metavar="B")
    parser.add_argument(
        "--texts",
        default="bundled",
        metavar="T",
        help="a project, a file of sentences, or a SentEval folder (its STS-B); else the sample",
    )
    parser.add_argument("-k", type=positive, default=10, help="neighbours a point (default 10)")
    parser.add_argument(
        "--sample",
        type=positive,
        default=2000,
        metavar="N",
        help="at most so many texts, drawn at random (default 2000)",
    )
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a text as well")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Embeds, compares and prints; the texts that changed most come last."""
    from models.text_encoders import load_text

    console = Console()
    encoders = [load_text(name) for name in (arguments.first, arguments.second)]
    points = console.run(_points(arguments))
    sides = [
        console.run(embed(points, encoder, kept_vectors(), f"Embedding by {encoder.card.name}"))
        for encoder in encoders
    ]
    found = console.run(compare(sides[0], sides[1], arguments.k, arguments.seed))
    if arguments.csv is not None:
        console.run(write_csv(arguments.csv, points, found))
    names = [encoder.card.name for encoder in encoders]
    told = _told(names, points, found)
    put(told, arguments.json, _text(told))


def _points(arguments: argparse.Namespace) -> Work[Points]:
    most, seed, path = arguments.sample, arguments.seed, Path(arguments.texts)
    if arguments.texts == "bundled":
        return of_sample(most, seed)
    if (path / MANIFEST).is_file():
        return of_corpus(Project.open(path), most, seed)
    return of_stsb(path, most, seed) if path.is_dir() else of_file(path, most, seed)


def _told(names: list[str], points: Points, found: Comparison) -> dict[str, Any]:
    changed = found.most_changed[:_SHOWN].tolist()
    return {
        "first": names[0],
        "second": names[1],
        "texts": points.name,
        "points": len(points),
        "of": points.of,
        "k": found.k,
        "overlap": found.overlap,
        "overlap_by_chance": found.overlap_by_chance,
        "jaccard": found.jaccard,
        "jaccard_by_chance": found.jaccard_by_chance,
        "degrees": float(np.degrees(found.angle)),
        "degrees_shuffled": float(np.degrees(found.shuffled_angle)),
        "disparity": found.disparity,
        "cka": found.cka,
        "cka_shuffled": found.shuffled_cka,
        "rank_correlation": found.rank,
        "most_changed": [
            {
                "point": int(points.rows[row]),
                "kept": int(found.kept[row]),
                "degrees": float(np.degrees(found.angles[row])),
                "text": words(points.texts[row]),
            }
            for row in changed
        ],
    }


def _text(told: dict[str, Any]) -> str:
    """The figures for people, each beside what chance gives."""
    rank = told["rank_correlation"]
    lines = {
        "encoders": f"{told['first']} (A) and {told['second']} (B)",
        "texts": f"{told['points']:,} of {told['of']:,} of {told['texts']}",
        f"{told['k']} neighbours kept": f"{told['overlap']:.1%}  "
        f"(by chance {told['overlap_by_chance']:.1%})",
        "Jaccard": f"{told['jaccard']:.3f}  (by chance {told['jaccard_by_chance']:.3f})",
        "displacement": f"{told['degrees']:.1f}° after B was turned onto A  "
        f"(shuffled {told['degrees_shuffled']:.1f}°), disparity {told['disparity']:.3f}",
        "linear CKA": f"{told['cka']:.3f}  (shuffled {told['cka_shuffled']:.3f})",
        "order of cosines": "–" if rank is None else f"Spearman's ρ {rank:.3f}",
    }
    wide = max(map(len, lines)) + 2
    rows = [f"{name:{wide}}{value}" for name, value in lines.items()]
    rows.append("changed most:")
    for each in told["most_changed"]:
        text = each["text"]
        short = text if len(text) <= _CUT else text[: _CUT - 1] + "…"
        rows.append(f"  {each['kept']:>3} kept, {each['degrees']:5.1f}°  {short}")
    return "\n".join(rows)
