"""Second views by back-translation, made before training and kept: each takes a second or more.

One view of a sentence serves in every epoch, as in CERT (Fang et al. 2020), where both views of a
pair are translations; here one is the sentence itself, as in the other edits.
"""

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from models.augment.back_translation import BackTranslation, back_translate
from models.data.training_text import TextSet
from models.encoders.folder import weight_files
from models.encoders.tokens import tokenizer_files
from models.errors import InputError
from models.events import Progress, Work
from models.files import content_key, fingerprint, write_json

_BLOCK = 32  # texts whose views are one file, and are lost at most where making them is broken off


def translators(there: str, back: str) -> BackTranslation:
    """The two models of a recipe.

    Raises:
        InputError: one is not named, or its folder is not there.
    """
    for folder, what in ((there, "from the sentences' language"), (back, "back into it")):
        if not folder:
            raise InputError(
                f"Back-translation takes two models; name the folder of one that translates {what}."
            )
        if not Path(folder).is_dir():
            raise InputError(f"There is no folder {folder} with a model that translates {what}.")
    return BackTranslation(Path(there), Path(back))


def with_translations(
    texts: TextSet, spec: BackTranslation, home: Path | None = None
) -> Work[TextSet]:
    """``texts``, of which each to learn from is a sentence with its view.

    Args:
        home: where views are kept; None is the user's own folder.

    Raises:
        InputError: a model cannot be loaded or used.
    """
    sentences = [example[0] for example in texts.train]
    views: list[str] = []
    for block, place in _blocks(sentences, spec, home or kept_translations()):
        yield Progress("Translating", len(views), len(sentences), "sentences")
        made = _read(place, len(block))
        views += made if made is not None else (yield from _make(block, spec, place))
    yield Progress("Translating", len(views), len(sentences), "sentences")
    train = tuple(zip(sentences, views, strict=True))
    key = content_key("translated 1", texts.key, *views)
    return replace(texts, train=train, key=key)


def translation_seconds(
    texts: TextSet, spec: BackTranslation, home: Path | None = None
) -> Work[float]:
    """How long the views that are not kept yet will take to make, from some of them.

    Raises:
        InputError: a model cannot be loaded or used.
    """
    sentences = [example[0] for example in texts.train]
    blocks = _blocks(sentences, spec, home or kept_translations())
    todo = [(block, place) for block, place in blocks if _read(place, len(block)) is None]
    if not todo:
        return 0.0
    block, place = todo[0]
    yield from back_translate(block[:1], spec)  # loads the models
    started = time.perf_counter()
    yield from _make(block, spec, place)
    return (time.perf_counter() - started) * (len(todo) - 1)


def kept_translations() -> Path:
    """Where this user's views are kept."""
    import platformdirs

    chosen = os.environ.get("CONTRASTIVE_EXPLORER_HOME")
    if chosen:
        return Path(chosen).expanduser() / "translations"
    return platformdirs.user_cache_path("contrastive-explorer", appauthor=False) / "translations"


def _blocks(
    sentences: Sequence[str], spec: BackTranslation, home: Path
) -> list[tuple[list[str], Path]]:
    """Parts of ``sentences``, and the file of each one's views, named by all they hang on."""
    files = [
        file
        for folder in (spec.there, spec.back)
        for file in (folder / "config.json", *weight_files(folder), *tokenizer_files(folder))
    ]
    models = content_key("views 1", repr(spec.temperature), *map(fingerprint, files))
    blocks = [list(sentences[start : start + _BLOCK]) for start in range(0, len(sentences), _BLOCK)]
    return [(block, home / f"{content_key(models, *block)}.json") for block in blocks]


def _make(block: Sequence[str], spec: BackTranslation, place: Path) -> Work[list[str]]:
    # The random numbers of a block hang on its sentences alone, wherever in a file they stand.
    edited = yield from back_translate(block, spec, int(place.stem[:15], 16))
    views = [view.text for view in edited]
    with suppress(InputError):  # a full disk costs the time to make them again
        write_json(place, views)
    return views


def _read(place: Path, count: int) -> list[str] | None:
    try:
        views = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(views, list) and all(isinstance(view, str) for view in views)
    return views if whole and len(views) == count else None
