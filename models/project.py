"""The project folder: one corpus with its vectors and indexes, opened in a moment.

    project.json            what was read, how it was cut, who encoded it, and every file's checksum
    data-<generation>/      passages.arrow  vectors.npy  keys.npy  index.faiss  bm25/
    embedding/              vectors of an unfinished build, kept until the build is whole
    layouts/                projections of these vectors, a cache

A build writes a new generation beside the old one and then renames a new project.json over the
old: at every moment the folder holds one whole project, or none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.checksums import Large, checking, verify
from models.data.cut import Cutting
from models.data.read import Reading
from models.data.records import Passages
from models.encoders.base import Text
from models.encoders.card import EncoderCard
from models.errors import InputError
from models.events import Work
from models.files import write_json
from models.retrieval.dense import DenseIndex, IndexSpec
from models.retrieval.lexical import LexicalIndex
from models.vectors import Vectors

FORMAT = 1
MANIFEST = "project.json"


@dataclass(frozen=True)
class Recipe:
    """Everything a person chooses about a project; the same recipe builds the same project.

    Attributes:
        sources: files and folders, or the name of a bundled sample.
        encoder: a name or path as ``models.text_encoders.load_text`` takes it.
        overrides: conventions set by hand (pooling, normalize, similarity, max_length).
        titles: whether a passage's title is embedded and indexed with its text. None means: yes
            where documents are cut (a piece has lost its context; Karpukhin et al. 2020, §4.1),
            no where records are kept whole.
    """

    sources: tuple[str, ...]
    encoder: str = "bundled"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading = Reading()
    cutting: Cutting = Cutting()
    titles: bool | None = None
    index: IndexSpec = IndexSpec()

    def with_titles(self, card: EncoderCard) -> bool:
        """Whether titles go in, for this encoder; a DPR encoder was trained with them."""
        if self.titles is not None:
            return self.titles
        return self.cutting.words > 0 or card.architecture.startswith("DPR")

    def as_dict(self) -> dict[str, Any]:
        """A form that JSON keeps."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Recipe":
        """The inverse of ``as_dict``."""
        return cls(
            sources=tuple(values["sources"]),
            encoder=values["encoder"],
            overrides=dict(values["overrides"]),
            reading=Reading(**values["reading"]),
            cutting=Cutting(**values["cutting"]),
            titles=values["titles"],
            index=IndexSpec(**values["index"]),
        )


@dataclass(frozen=True)
class Manifest:
    """project.json, typed.

    ``files`` maps a path inside ``data`` to (bytes, fingerprint); ``large`` those that are too
    large to be read at each opening to two checksums more, see ``models.checksums``.
    """

    name: str
    data: str
    recipe: Recipe
    titles: bool
    encoder: EncoderCard
    passages: int
    documents: int
    skipped: int
    skipped_shown: tuple[tuple[str, str], ...]
    seconds: float
    files: Mapping[str, tuple[int, str]]
    large: Mapping[str, Large] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """A form that JSON keeps."""
        return {
            "format": FORMAT,
            **{k: v for k, v in vars(self).items() if k not in ("recipe", "encoder", "large")},
            # Written only where there is any, so that older programs read small projects.
            **({"large": {k: asdict(v) for k, v in self.large.items()}} if self.large else {}),
            "recipe": self.recipe.as_dict(),
            "encoder": self.encoder.as_dict(),
        }

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Reads and checks a folder's manifest.

        Raises:
            InputError: no project there, an unreadable manifest, or one of a newer program.
        """
        path = folder / MANIFEST
        if not path.is_file():
            raise InputError(f"{folder} is not a project: it holds no {MANIFEST}.")
        try:
            values = json.loads(path.read_text("utf-8"))
            version = int(values.pop("format"))
            if version > FORMAT:
                raise InputError(
                    f"{path} was written by a newer version of the program (format {version})."
                )
            values["recipe"] = Recipe.from_dict(values["recipe"])
            values["encoder"] = EncoderCard.from_dict(values["encoder"])
            values["skipped_shown"] = tuple((w, y) for w, y in values["skipped_shown"])
            values["files"] = {k: (int(b), str(f)) for k, (b, f) in values["files"].items()}
            large = values.pop("large", {})
            return cls(**values, large={k: Large(**v) for k, v in large.items()})
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise InputError(
                f"{path} is damaged and cannot be read; build the index again."
            ) from error

    def write(self, folder: Path) -> None:
        """Makes this the folder's manifest, by atomic rename."""
        write_json(folder / MANIFEST, self.as_dict())

    def verify(self, folder: Path) -> Path:
        """Checks the files as an opening does (``models.checksums``) and returns their folder.

        Raises:
            InputError: a file is missing, truncated or altered.
        """
        data = folder / self.data
        verify(folder, data, self.files, self.large)
        return data


@dataclass(frozen=True)
class Project:
    """An opened project folder: text and vectors memory-mapped, indexes loaded on demand."""

    folder: Path
    manifest: Manifest
    passages: Passages
    vectors: Vectors

    @classmethod
    def open(cls, folder: Path) -> "Project":
        """Opens a project folder.

        Raises:
            InputError: no project there, or its files do not match its manifest.
        """
        manifest = Manifest.read(folder)
        data = manifest.verify(folder)
        passages = Passages.open(data / "passages.arrow")
        vectors = Vectors.load(
            data / "vectors.npy",
            encoder_key=manifest.encoder.key,
            normalized=manifest.encoder.conventions.normalize,
        )
        if len(passages) != len(vectors.array):
            raise InputError(
                f"The index in {folder} holds {len(vectors.array)} vectors for {len(passages)} "
                "passages; build it again."
            )
        return cls(folder, manifest, passages, vectors)

    @property
    def data(self) -> Path:
        """Where this generation's files lie."""
        return self.folder / self.manifest.data

    def checking(self) -> Work[None]:
        """Reads every file whole, also those that the opening only glanced at.

        Yields Progress in megabytes, and may be closed at any; a second or so for each gigabyte.

        Raises:
            InputError: a file is damaged; the sentence names it and says what to do.
        """
        yield from checking(self.folder, self.data, self.manifest.files, self.manifest.large)

    @property
    def layouts(self) -> Path:
        """Where projections of these vectors are cached."""
        return self.folder / "layouts"

    @property
    def vectors_key(self) -> str:
        """A key of the vectors' content."""
        return self.manifest.files["vectors.npy"][1]

    def dense(self) -> DenseIndex:
        """The FAISS index over the vectors, whichever kind the recipe asked for."""
        similarity = self.manifest.encoder.conventions.similarity
        spec, vectors = self.manifest.recipe.index, self.vectors
        if spec.kind == "flat" and (vectors.normalized or similarity == "dot"):
            return DenseIndex.over(vectors.array, similarity)
        if spec.kind == "flat":
            return DenseIndex.flat(vectors.array, similarity)
        return DenseIndex.load(self.data / "index.faiss", spec, similarity, vectors.array)

    def lexical(self) -> LexicalIndex:
        """The BM25 index over the same texts."""
        return LexicalIndex.load(self.data / "bm25")


def text_of(title: str, text: str, titles: bool) -> Text:
    """What an encoder is given for a passage; the one place that decides it."""
    return (title, text) if titles and title else text


def plain(text: Text) -> str:
    """The same for BM25, which knows no pairs: the title on a line of its own."""
    return text if isinstance(text, str) else "\n".join(text)
