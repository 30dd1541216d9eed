"""What the page does in the background: each a generator that returns something frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.views.augmentation.text_sentences import other_sentences
from models.augment.back_translation import BackTranslation, back_translate
from models.augment.edited import Edited
from models.augment.text_passes import Passes, PassNet, passes
from models.augment.text_studio import (
    Compared,
    Drawn,
    SentenceMemory,
    StudioRequest,
    compare,
    draw,
)
from models.augment.wordnet import open_wordnet
from models.cores import one_core
from models.data.records import Passages
from models.encoders.base import Encoder
from models.errors import InputError
from models.events import Progress, Work


@dataclass(frozen=True, eq=False)
class Opened:
    """An encoder taken apart, or the sentence that says why it cannot be."""

    encoder: Encoder
    net: PassNet | None
    trouble: str = ""


@dataclass(frozen=True, eq=False)
class Translated:
    """Back-translations of a sentence, or the sentence that says why there are none."""

    text: str
    views: tuple[Edited, ...]
    trouble: str = ""


def drawing(request: StudioRequest) -> Work[tuple[Drawn, str]]:
    """The edits, and why there are no synonyms if there are none."""
    yield Progress("Drawing views")
    try:
        return draw(request, open_wordnet().synonyms), ""
    except InputError as error:
        return draw(request, lambda word: ()), str(error)


def comparing(
    text: str,
    views: Mapping[str, tuple[Edited, ...]],
    passages: Passages | None,
    memory: SentenceMemory,
) -> Work[tuple[str, Encoder, Compared]]:
    """Cosines of the edits, beside those of other sentences."""
    yield Progress("Comparing sentences")
    one_core()
    others = other_sentences(passages)
    found = yield from compare(text, views, others, memory)
    return text, memory.encoder, found


def opening(name: str, encoder: Encoder) -> Work[Opened]:
    """Takes an encoder apart; that it cannot be is no error, for its edits are still measured."""
    yield Progress("Loading the encoder")
    try:
        return Opened(encoder, PassNet(name, encoder))
    except InputError as error:
        return Opened(encoder, None, str(error))


def passing(request: StudioRequest, opened: Opened) -> Work[tuple[Opened, Passes | None]]:
    """Sends the sentence through the network."""
    one_core()
    if opened.net is None:
        return opened, None
    try:
        return opened, (yield from passes(request, opened.net))
    except InputError as error:
        return replace(opened, trouble=str(error)), None


def translating(text: str, count: int, seed: int, spec: BackTranslation) -> Work[Translated]:
    """Translates the sentence to and fro."""
    yield Progress("Translating")
    try:
        views = yield from back_translate([text] * count, spec, seed)
    except InputError as error:
        return Translated(text, (), str(error))
    return Translated(text, views)
