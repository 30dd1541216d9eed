"""``contrastive-models augment``: views of a text, with what was changed in each."""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.augment.back_translation import BackTranslation, back_translate
from models.augment.edited import Edited, Mark
from models.augment.edits import Synonyms
from models.augment.text import augment_text
from models.augment.text_spec import TEXT_METHODS, TextAugment
from models.augment.wordnet import open_wordnet
from models.cli.console import Console, put
from models.cli.options import positive, whole
from models.data.decode import TextLines, replaced_notice
from models.errors import InputError
from models.events import Skipped, Work


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("augment", help="make views of a text, by words")
    parser.add_argument("--method", required=True, choices=list(TEXT_METHODS))
    parser.add_argument("--alpha", type=float, metavar="A", help="share that is changed; else .1")
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--count", type=positive, default=1, metavar="N", help="views of each text")
    parser.add_argument("--wordnet", type=Path, metavar="DIR", help="WordNet files of your own")
    parser.add_argument("--there", type=Path, metavar="DIR", help="a model that translates")
    parser.add_argument("--back", type=Path, metavar="DIR", help="a model that translates back")
    parser.add_argument("--temperature", type=float, metavar="T", help="of translations; else .9")
    texts = parser.add_mutually_exclusive_group(required=True)
    texts.add_argument("text", nargs="?", metavar="TEXT")
    texts.add_argument("--file", type=Path, metavar="F", help="a text on each line")
    parser.add_argument("--json", action="store_true", help="one object for each view")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Prints the views of each text as they are made."""
    console, method = Console(), TEXT_METHODS[arguments.method]
    if method.share and arguments.alpha is not None:
        alpha = arguments.alpha
    elif arguments.alpha is not None:
        raise InputError(f"{method.title} has no α; leave --alpha out.")
    else:
        alpha = TextAugment(arguments.method).alpha
    spec = TextAugment(arguments.method, alpha)
    texts = console.run(_texts(arguments))
    made = (
        _translated(arguments, texts, console)
        if method.needs == "translators"
        else _edited(spec, texts, arguments, _synonyms(arguments, method.needs == "synonyms"))
    )
    for view, edited in made:
        row = {
            "original": edited.original,
            "text": edited.text,
            "method": spec.method,
            "alpha": alpha if method.share else None,
            "seed": arguments.seed,
            "view": view,
            "changes": [_row(edited, mark) for mark in edited.changes],
        }
        lines = zip(("original", "result", "changes"), _lines(edited), strict=True)
        put(row, arguments.json, "".join(f"{name:10}{line}\n" for name, line in lines))


def _texts(arguments: argparse.Namespace) -> Work[list[str]]:
    """The text, or the lines of the file that are not blank."""
    if arguments.file is None:
        if not arguments.text.strip():
            raise InputError("The text is empty.")
        return [arguments.text]
    texts: list[str] = []
    with TextLines(arguments.file) as lines:
        for line in lines:
            if line is None:
                yield Skipped(f"Line {lines.number} of {arguments.file}", "It is too long.")
            elif line.strip():
                texts.append(line.strip())
        yield from replaced_notice(str(arguments.file), lines.replaced)
    if not texts:
        raise InputError(f"{arguments.file} holds no text.")
    return texts


def _synonyms(arguments: argparse.Namespace, needed: bool) -> Synonyms | None:
    return open_wordnet(arguments.wordnet).synonyms if needed else None


def _edited(
    spec: TextAugment, texts: list[str], arguments: argparse.Namespace, synonyms: Synonyms | None
) -> Iterator[tuple[int, Edited]]:
    rng = random.Random(arguments.seed)
    for text in texts:
        for view in range(arguments.count):
            yield view, augment_text(text, spec, rng, synonyms)


def _translated(
    arguments: argparse.Namespace, texts: list[str], console: Console
) -> Iterator[tuple[int, Edited]]:
    if arguments.there is None or arguments.back is None:
        raise InputError("Back-translation needs two translation models: --there and --back.")
    asked = arguments.temperature
    how = {} if asked is None else {"temperature": asked}
    spec = BackTranslation(arguments.there, arguments.back, **how)
    rounds = [
        console.run(back_translate(texts, spec, arguments.seed + view))
        for view in range(arguments.count)
    ]
    for views in zip(*rounds, strict=True):
        yield from enumerate(views)


def _row(edited: Edited, mark: Mark) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "was": edited.original[slice(*mark.source)],
        "now": edited.text[slice(*mark.target)],
        "source": list(mark.source),
        "target": list(mark.target),
    }


def _lines(edited: Edited) -> tuple[str, str, str]:
    return edited.original, edited.text, marked(edited) if edited.changes else "none"


def marked(edited: Edited) -> str:
    """The result with "[-deleted-]", "{+inserted+}", "[-old-]{+new+}" and "<moved>" words."""
    text, parts, place = edited.text, [], 0
    for mark in edited.changes:
        start, end = mark.target
        was, now = edited.original[slice(*mark.source)], text[start:end]
        before = text[place:start]
        if mark.kind == "deleted":
            # It stands right behind the word before, or right at the start.
            gone = f"[-{was}-]"
            parts += [before, f" {gone}" if start else f"{gone} "]
        elif mark.kind == "replaced":
            parts += [before, f"[-{was}-]{{+{now}+}}"]
        else:
            parts += [before, f"<{now}>" if mark.kind == "moved" else f"{{+{now}+}}"]
        place = end
    return "".join([*parts, text[place:]])
