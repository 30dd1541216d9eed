"""Options of ``train`` as recipes: what each family of methods takes, and its task."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from models.cli.dpr_recipe import DPR_OPTIONS, dpr_options, dpr_task
from models.cli.options import positive
from models.cli.reader_recipe import READER, READER_OPTIONS, reader_options, reader_recipe_task
from models.encoders.image import Backbone
from models.errors import InputError
from models.events import Work
from models.reader.recipe import ReaderTask
from models.training.optimisers import Kind as Optimiser
from models.training.recipes import catalog, text_catalog
from models.training.recipes.dpr import DprTask
from models.training.recipes.families import TITLES, family_of
from models.training.recipes.images import ImageRecipe, ImageTask
from models.training.recipes.text import VIEWS, TextRecipe, TextTask
from models.training.recipes.text_catalog import TextSource
from models.training.settings import Settings

_IMAGES = ("backbone", "dimensions")
_PAIRS = ("column", "views", "alpha", "translators")
_TEXT = ("base", "pooling", "dropout", "max_length", "dev", "dev_every")
_DIFF = ("generator", "detection", "masked")
_EDITS = ("views", "alpha", "translators")
#: Options that mean nothing to a method.
_FOREIGN = {
    "simclr": (*_TEXT, *_PAIRS, *_DIFF, "hard_weight", *DPR_OPTIONS),
    "supcon": (*_TEXT, *_PAIRS, *_DIFF, "hard_weight", *DPR_OPTIONS),
    "simcse": (*_IMAGES, *_DIFF, "hard_weight", *DPR_OPTIONS),
    "simcse-nli": (*_IMAGES, *_PAIRS, *_DIFF, *DPR_OPTIONS),
    "diffcse": (*_IMAGES, *_EDITS, "hard_weight", *DPR_OPTIONS),
    "mlm": (*_IMAGES, *_EDITS, *_DIFF, "hard_weight", "temperature", *DPR_OPTIONS),
    # DPR is scored by questions of its own that it sets aside, so it takes --dev-every alone.
    "dpr": (*_IMAGES, *_PAIRS, *_DIFF, "hard_weight", "dev"),
}
_SOURCES = {
    "simclr": "shapes, digits, or a path",
    "supcon": "shapes, digits, or a path",
    "simcse": "bundled, or a file of sentences",
    "simcse-nli": "bundled, or a file of triplets",
    "diffcse": "bundled, or a file of sentences",
    "mlm": "bundled, or a file of sentences",
    "dpr": "bundled, or questions with their passages",
}


def recipe_options(parser: argparse.ArgumentParser) -> None:
    """Declares a method and all that a person may choose about it."""
    parser.add_argument("method", choices=[*TITLES])
    parser.add_argument(
        "--data",
        metavar="D",
        help="images: 'shapes', 'digits', a file or a folder; text: 'bundled' or a file",
    )
    parser.add_argument("--preset", choices=["laptop", "paper"], default="laptop")
    parser.add_argument("--epochs", type=positive, metavar="N")
    parser.add_argument("--steps", type=positive, metavar="N", help="instead of epochs")
    parser.add_argument("--batch", type=positive, metavar="B")
    parser.add_argument("--rate", type=float, metavar="R", help="peak learning rate")
    parser.add_argument("--optimiser", choices=get_args(Optimiser))
    parser.add_argument("--temperature", type=float, metavar="T")
    parser.add_argument("--limit", type=positive, metavar="N", help="at most so many examples")
    parser.add_argument("--probe", type=positive, metavar="N", help="watched on the sphere")
    images = parser.add_argument_group("images")
    images.add_argument("--backbone", choices=get_args(Backbone))
    images.add_argument("--dimensions", type=positive, metavar="D", help="of the head's output")
    text = parser.add_argument_group("text")
    text.add_argument("--base", metavar="E", help="'bundled', a model folder or a hub name")
    text.add_argument("--column", metavar="C", help="of a table, the one with the sentences")
    text.add_argument("--pooling", choices=["cls", "mean"])
    text.add_argument("--dropout", type=float, metavar="P")
    text.add_argument("--max-length", type=positive, metavar="TOKENS")
    text.add_argument("--views", choices=VIEWS, help="how two views of a text differ")
    text.add_argument("--alpha", type=float, metavar="A", help="share that such an edit changes")
    text.add_argument(
        "--translators",
        nargs=2,
        metavar=("THERE", "BACK"),
        help="folders of two translation models, for back-translation",
    )
    text.add_argument("--hard-weight", type=float, metavar="A", help="of a triplet's contradiction")
    text.add_argument("--dev", metavar="F", help="judged pairs such as STS-B dev, to score by")
    text.add_argument("--dev-every", type=positive, metavar="STEPS", help="steps between scores")
    text.add_argument("--generator", metavar="M", help="DiffCSE's masked language model, a folder")
    text.add_argument("--detection", type=float, metavar="L", help="λ of DiffCSE, its second loss")
    text.add_argument("--masked", type=float, metavar="P", help="share of words DiffCSE hides")
    dpr_options(parser)
    reader_options(parser)


def chosen_task(arguments: argparse.Namespace) -> Work[ImageTask | TextTask | DprTask | ReaderTask]:
    """The task that the options describe; of a run that goes on, what it was started with.

    Raises:
        InputError: options contradict each other, or the task cannot be made.
    """
    if arguments.method == READER:
        return reader_recipe_task(arguments, _settings)
    _refuse_foreign(arguments)
    if not arguments.resume and arguments.data is None:
        raise InputError(f"Say with --data what to train on: {_SOURCES[arguments.method]}.")
    kind = family_of(arguments.method).kind
    if kind == "question":
        return dpr_task(arguments, _settings)
    return _image_task(arguments) if kind == "image" else _text_task(arguments)


def _image_task(arguments: argparse.Namespace) -> Work[ImageTask]:
    source, limit = arguments.data, arguments.limit
    recipe: ImageRecipe
    if arguments.resume:
        recipe, known, known_limit = catalog.reopen(arguments.out)
        source, limit = source or known, limit or known_limit
        recipe = replace(recipe, method=arguments.method)
    else:
        recipe = catalog.METHODS[arguments.method].PRESETS[arguments.preset]
    net = replace(recipe.net, **_given(arguments, "backbone"))
    if arguments.dimensions:
        net = replace(net, head=(net.head[0], arguments.dimensions))
    recipe = replace(
        recipe,
        settings=_settings(recipe.settings, arguments),
        net=net,
        **_given(arguments, "temperature", "probe"),
    )
    source = _absolute(source, ("shapes", "digits"))
    return catalog.load_task(recipe, source, limit, fit=not arguments.resume)


def _text_task(arguments: argparse.Namespace) -> Work[TextTask]:
    texts = TextSource(arguments.data or "", arguments.column, arguments.limit)
    recipe: TextRecipe
    if arguments.resume:
        recipe, known = text_catalog.reopen_text(arguments.out)
        texts = TextSource(
            texts.source or known.source, texts.column or known.column, texts.limit or known.limit
        )
        recipe = replace(recipe, method=arguments.method)
    else:
        recipe = text_catalog.METHODS[arguments.method].PRESETS[arguments.preset]
    weight = (
        {} if arguments.hard_weight is None else {"hard_negative_weight": arguments.hard_weight}
    )
    settings = _settings(recipe.settings, arguments)
    if arguments.dev_every is not None:
        settings = replace(settings, score_every=arguments.dev_every)
    recipe = replace(
        recipe,
        settings=settings,
        net=replace(recipe.net, **_given(arguments, "base", "pooling", "dropout", "max_length")),
        **_given(arguments, "temperature", "probe", "views", "alpha", "generator"),
        **_given(arguments, "detection", "masked"),
        **weight,
    )
    if arguments.dev is not None:
        recipe = replace(recipe, dev=_absolute(arguments.dev, ()))
    if arguments.translators is not None:
        there, back = (_absolute(folder, ()) for folder in arguments.translators)
        recipe = replace(recipe, there=there, back=back)
    if arguments.translators is not None and not recipe.translated:
        raise InputError("--translators is for --views back-translation.")
    if arguments.dev_every is not None and not recipe.dev:
        raise InputError("--dev-every is for --dev, which names the pairs to score by.")
    if Path(recipe.net.base).is_dir():
        recipe = replace(recipe, net=replace(recipe.net, base=_absolute(recipe.net.base, ())))
    if Path(recipe.generator).is_dir() and recipe.generator:
        recipe = replace(recipe, generator=_absolute(recipe.generator, ()))
    return text_catalog.load_text_task(
        recipe, replace(texts, source=_absolute(texts.source, ("bundled",)))
    )


def _settings(settings: Settings, arguments: argparse.Namespace) -> Settings:
    if arguments.epochs and arguments.steps:
        raise InputError("A run is so many epochs or so many steps long; choose one of the two.")
    if arguments.epochs or arguments.steps:
        settings = replace(settings, epochs=arguments.epochs, steps=arguments.steps)
    names = ("batch", "rate", "optimiser", "device", "seed", "frames")
    return replace(settings, **_given(arguments, *names))


def _refuse_foreign(arguments: argparse.Namespace) -> None:
    """An option of another method would be ignored, which nobody who gives it expects."""
    for name in _given(arguments, *_FOREIGN[arguments.method], *READER_OPTIONS):
        option = f"--{name.replace('_', '-')}"
        raise InputError(f"{option} is no option of {arguments.method}.")


def _absolute(source: str, known: tuple[str, ...]) -> str:
    return source if source in known else str(Path(source).absolute())


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
