"""A plain reader as a whole BERT for question answering, which other programs load.

Base and trained layers become one model in one folder, in transformers' own form. Its segment
embeddings are all the first one's, by which it was trained, so that it reads the same whichever
segment a program says that the passage is of.
"""

from pathlib import Path
from typing import Any

from models.encoders.auto import load_transformer
from models.encoders.save_text import new_folder
from models.encoders.tokens import tokenizer_files
from models.errors import InputError
from models.files import write_json, write_text
from models.reader.foreign import NULL_DIFFERENCE
from models.reader.net import cut, reads
from models.reader.saved import CARD, SavedReader

_SEGMENTS = "embeddings.token_type_embeddings.weight"


def write_plain(reader: SavedReader, folder: Path, name: str = "", half: bool = False) -> None:
    """Writes ``reader`` to ``folder``, which is new or empty, with a short card.

    Args:
        name: on the card; by default the reader's own.
        half: keep weights in half precision; whoever loads them computes in float32 all the same.

    Raises:
        InputError: the reader is not plain, or ``folder`` holds something or cannot be written.
    """
    from safetensors.torch import save_file

    if not reader.spec.plain:
        raise InputError(
            f"{reader.name} marks the words that question and passage share, which a model for "
            "question answering has no place for; train a plain reader."
        )
    tensors, config = _whole(reader)
    if half:
        tensors = {key: tensor.half() for key, tensor in tensors.items()}
    with new_folder(folder) as place:
        held = {key: tensor.contiguous() for key, tensor in tensors.items()}
        save_file(held, place / "model.safetensors", {"format": "pt"})
        write_json(place / "config.json", config)
        for file in tokenizer_files(reader.base.declared.transformer):
            (place / file.name).write_bytes(file.read_bytes())
        write_text(place / CARD, _card(reader, name or reader.name))


def _whole(reader: SavedReader) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors under transformers' names, and what goes into config.json."""
    base, spec = reader.base, reader.spec
    home, below = base.declared.transformer, cut(spec, base)
    transformer, _, _ = load_transformer(home, base.config)
    tensors = {
        f"bert.{key}": tensor.clone()
        for key, tensor in transformer.state_dict().items()
        if not key.startswith("pooler.") and not key.endswith("position_ids")
    }
    segments = tensors[f"bert.{_SEGMENTS}"]
    segments[:] = segments[0]
    for key, tensor in reader.tensors.items():
        part, _, rest = key.partition(".")
        number, _, rest = rest.partition(".")
        if part == "upper":
            tensors[f"bert.encoder.layer.{below + int(number)}.{rest}"] = tensor.clone()
    tensors["qa_outputs.weight"] = reader.tensors["spans.weight"].clone()
    tensors["qa_outputs.bias"] = reader.tensors["spans.bias"].clone()
    config = {key: value for key, value in base.config.items() if key != "torch_dtype"}
    config |= {
        "architectures": ["BertForQuestionAnswering"],
        "model_type": "bert",
        "dtype": "float32",
        NULL_DIFFERENCE: -reader.threshold,
    }
    return tensors, config


def _card(reader: SavedReader, name: str) -> str:
    return (
        f"---\nlibrary_name: transformers\npipeline_tag: question-answering\n---\n# {name}\n\n"
        f"{reader.about} Load it with `AutoModelForQuestionAnswering`; it reads up to "
        f"{reads(reader.spec, reader.base)} tokens of question and passage. No answer is the span "
        "at the first token, to be believed where its score is more than "
        f"{-reader.threshold:.3f} over that of the best span.\n"
    )
