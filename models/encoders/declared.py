"""What a model's own files say about how it is meant to be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.encoders.base import Role
from models.encoders.folder import read_json, read_object
from models.errors import InputError

#: A key of this program's own in config_sentence_transformers.json, which that library passes
#: over: whether the model was trained with titles as segments of their own, as DPR's are.
SEPARATE_TITLES = "separate_titles"

_LEGACY_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_PROMPTS: Mapping[Role, tuple[str, ...]] = {
    "question": ("query", "question"),
    "passage": ("document", "passage", "corpus"),
}


@dataclass(frozen=True)
class Declared:
    """A model's declared conventions; None where its files say nothing.

    Attributes:
        transformer: folder of the transformer itself.
        tail: what follows pooling, in order: folders of Dense modules, None for a normalisation.
            A normalisation at the very end is ``normalize`` instead.
        prompts: what stands before every text, by role.
        lowercase: whether texts are lower-cased before they reach the tokenizer.
        paired: whether a title is a segment of its own.
    """

    transformer: Path
    pooling: str | None = None
    normalize: bool | None = None
    similarity: str | None = None
    max_length: int | None = None
    tail: tuple[Path | None, ...] = ()
    prompts: Mapping[Role, str] = field(default_factory=dict)
    lowercase: bool = False
    paired: bool = False


def read_declared(folder: Path) -> Declared:
    """The conventions of a sentence-transformers folder, or of a plain transformer's.

    Raises:
        InputError: a file is missing or damaged, or names a module that is not supported.
    """
    if not (folder / "modules.json").is_file():
        return Declared(folder)
    modules = _modules(folder)
    kinds = [kind for kind, _ in modules]
    if kinds[:2] != ["Transformer", "Pooling"]:
        raise InputError(
            f"{folder / 'modules.json'} begins with {' and '.join(kinds[:2]) or 'nothing'}; "
            "only models that begin with Transformer and Pooling are supported."
        )
    transformer, own = modules[0][1], _sentence_config(modules[0][1])
    tail = [path if kind == "Dense" else None for kind, path in modules[2:] if kind != "Dropout"]
    normalize = bool(tail) and tail[-1] is None
    top = read_object(folder / "config_sentence_transformers.json", optional=True)
    similarity = top.get("similarity_fn_name")
    paired = top.get(SEPARATE_TITLES) is True
    prompts = _prompts(top)
    pooling, whole = _pooling(modules[1][1])
    if any(prompts.values()) and not whole:
        raise InputError(
            f"The model in {folder} leaves its prompts out of pooling, which is not supported."
        )
    return Declared(
        transformer=transformer,
        pooling=pooling,
        normalize=normalize,
        similarity=None if similarity is None else str(similarity),
        max_length=own.get("max_seq_length"),
        tail=tuple(tail[:-1] if normalize else tail),
        prompts=prompts,
        lowercase=bool(own.get("do_lower_case", False)),
        paired=paired,
    )


def _modules(folder: Path) -> list[tuple[str, Path]]:
    """Kind and folder of each module."""
    listing = folder / "modules.json"
    listed = read_json(listing)
    if not isinstance(listed, list) or not all(
        isinstance(m, dict) and isinstance(m.get("type"), str) and isinstance(m.get("path"), str)
        for m in listed
    ):
        raise InputError(f"{listing} does not list modules by type and path.")
    modules = []
    for module in listed:
        kind, path = module["type"], Path(module["path"])
        name = kind.rpartition(".")[2]
        known = name in ("Transformer", "Pooling", "Dense", "Normalize", "Dropout")
        if not known or not kind.startswith("sentence_transformers."):
            raise InputError(f"{listing} uses the module {kind}, which is not supported.")
        if path.is_absolute() or ".." in path.parts:
            raise InputError(f"{listing} points outside its folder ({path}).")
        modules.append((name, folder / path))
    return modules


def _sentence_config(folder: Path) -> dict[str, Any]:
    """sentence_bert_config.json, or as older versions called it, sentence_roberta_config.json…"""
    found = sorted(folder.glob("sentence_*_config.json"))
    own = read_object(found[0]) if found else {}
    task = own.get("transformer_task", "feature-extraction")
    unknown = [k for k in ("query_length", "document_length", "query_expansion") if own.get(k)]
    if task != "feature-extraction" or unknown:
        what = unknown[0] if unknown else f"transformer_task {task}"
        raise InputError(f"{found[0]} asks for {what}, which is not supported.")
    return own


def _pooling(folder: Path) -> tuple[str, bool]:
    """The declared pooling, and whether it takes in the prompt."""
    config = read_object(folder / "config.json")
    declared = config.get("pooling_mode")
    if declared is None:
        on = [mode for key, mode in _LEGACY_POOLING.items() if config.get(key)]
        declared = on or ["mean"]
    names = declared if isinstance(declared, list) else [declared]
    return " + ".join(map(str, names)), bool(config.get("include_prompt", True))


def _prompts(top: Mapping[str, Any]) -> dict[Role, str]:
    """A role's own prompt, else the default one, as sentence-transformers chooses."""
    declared = top.get("prompts")
    declared = declared if isinstance(declared, dict) else {}
    default = declared.get(str(top.get("default_prompt_name"))) or ""
    prompts: dict[Role, str] = {}
    for role, names in _PROMPTS.items():
        own = [declared[name] for name in names if isinstance(declared.get(name), str)]
        # An empty prompt for passages is what saving writes when none was set; a second name may
        # hold the real one.
        prompts[role] = next((p for p in own if p), "" if own else str(default))
    return prompts
