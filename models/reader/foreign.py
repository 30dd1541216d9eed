"""Readers of other makers: DPR's, and whatever the transformers library knows for this task."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.encoders.bert import is_plain_bert
from models.encoders.folder import architecture_of, first_line, read_config, read_object
from models.encoders.folder import weight_files as safe_files
from models.encoders.quiet import hush
from models.encoders.tokens import auto_tokenizer, read_tokenizer
from models.encoders.weights import Weights
from models.errors import InputError
from models.reader.reader import Kind, Reader, ReaderCard
from models.reader.spans import Scores, odds_of
from models.reader.windows import Window

#: By how much no answer must beat the best span to be believed, as the transformers library's own
#: script for SQuAD 2.0 names it; here it stands in config.json.
NULL_DIFFERENCE = "null_score_diff_threshold"

_DPR = "DPRReader"
_QA = "ForQuestionAnswering"
_LENGTH = 384  # tokens, as in BERT's own SQuAD setting (Devlin et al. 2019)
_DPR_LENGTH = 350  # of DPR's reader (Karpukhin et al. 2020, their code's default)


class ForeignScorer:
    """The ``Scorer`` of a model of the transformers library, on padded batches.

    A DPR reader has a relevance head. For others stand the log odds of the best span against no
    answer, less a threshold.
    """

    def __init__(self, model: Any, kind: Kind, threshold: float = 0.0) -> None:
        self._model, self._kind, self._threshold = model, kind, threshold
        config = model.config
        padding = getattr(config, "pad_token_id", None)
        self._padding = padding if isinstance(padding, int) else 0
        self._typed = int(getattr(config, "type_vocab_size", 0) or 0) > 1

    def __call__(
        self, batch: Sequence[Window], question: str, texts: Sequence[str]
    ) -> list[Scores]:
        """The scores of each window."""
        import torch

        longest = max(len(window.ids) for window in batch)
        ids = torch.full((len(batch), longest), self._padding)
        mask, types = (torch.zeros(len(batch), longest, dtype=torch.int64) for _ in range(2))
        for row, window in enumerate(batch):
            length = len(window.ids)
            ids[row, :length], mask[row, :length] = torch.tensor(window.ids), 1
            types[row, :length] = torch.tensor(window.types)
        given = {"input_ids": ids, "attention_mask": mask}
        if self._typed and self._kind != "dpr":
            given["token_type_ids"] = types
        with torch.inference_mode():
            output = self._model(**given)
        starts, ends = output.start_logits.numpy(), output.end_logits.numpy()
        own = output.relevance_logits.numpy() if self._kind == "dpr" else None
        found = []
        for row, window in enumerate(batch):
            inside = slice(window.first, window.first + len(window.spans))
            start, end = starts[row, inside], ends[row, inside]
            if own is not None:
                relevance = float(own[row])
            else:
                none = float(starts[row, 0] + ends[row, 0])
                relevance = odds_of(start, end, none) - self._threshold
            found.append(Scores(start, end, relevance))
        return found


def foreign_reader(folder: Path, source: str) -> Reader:
    """The reader in ``folder``.

    Raises:
        InputError: it is none, its weights are missing or a pickle, or its tokenizer is another's.
    """
    config = read_config(folder)
    kind = _kind(config, folder)
    model = _load(folder, kind)
    plain = is_plain_bert(config)
    tokenizer = read_tokenizer(folder) if plain else auto_tokenizer(folder)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vocabulary = int(model.get_input_embeddings().num_embeddings)
    if tokenizer.get_vocab_size() > vocabulary:
        raise InputError(
            f"The tokenizer in {folder} knows {tokenizer.get_vocab_size()} tokens and its model "
            f"only {vocabulary}: they do not belong together."
        )
    card = ReaderCard(
        name=folder.resolve().name,
        source=source,
        architecture=architecture_of(config),
        kind=kind,
        max_length=_length(config, folder, kind),
    )
    return Reader(card, tokenizer, ForeignScorer(model, kind, _threshold(config, folder)))


def _kind(config: dict[str, Any], folder: Path) -> Kind:
    architecture = architecture_of(config)
    if architecture == _DPR:
        return "dpr"
    if architecture.endswith(_QA):
        return "qa"
    raise InputError(
        f"{folder} holds {architecture}, which reads no answers: take a model that was trained "
        "for extractive question answering, or a DPR reader."
    )


def _threshold(config: dict[str, Any], folder: Path) -> float:
    """By how much a span must beat no answer.

    Raises:
        InputError: what stands in config.json is no number.
    """
    said = config.get(NULL_DIFFERENCE, 0.0)
    if not isinstance(said, int | float) or not math.isfinite(said):
        raise InputError(f"{folder / 'config.json'} has no valid {NULL_DIFFERENCE}.")
    return -float(said)


def _load(folder: Path, kind: Kind) -> Any:
    import transformers

    Weights(safe_files(folder))  # refuses pickles and damaged files in our own words
    hush()
    maker: Any = (
        transformers.DPRReader if kind == "dpr" else transformers.AutoModelForQuestionAnswering
    )
    try:
        model, report = maker.from_pretrained(
            folder,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        model = model.float().eval()
    except Exception as error:  # whatever a foreign architecture raises is about the folder
        reason = first_line(error)
        raise InputError(f"The model in {folder} could not be loaded ({reason}).") from error
    missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
    if missing:
        raise InputError(f"The weights in {folder} have no tensor named {missing[0]}.")
    return model


def _length(config: dict[str, Any], folder: Path, kind: Kind) -> int:
    """Tokens that the model reads at once: what it can and what is usual, whichever is less."""
    usual = _DPR_LENGTH if kind == "dpr" else _LENGTH
    said = read_object(folder / "tokenizer_config.json", optional=True).get("model_max_length")
    limits = [usual]
    if isinstance(said, int) and 0 < said < 1_000_000:
        limits.append(said)
    positions = config.get("max_position_embeddings")
    if isinstance(positions, int) and positions > 0:
        # RoBERTa and its kin number positions from after the padding's.
        offset = config.get("pad_token_id") if "roberta" in config["model_type"] else None
        limits.append(positions - (offset + 1 if isinstance(offset, int) else 0))
    return min(limits)
