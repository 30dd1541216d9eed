"""Any other transformer, by the transformers library."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.encoders.folder import first_line, weight_files
from models.encoders.quiet import hush
from models.encoders.weights import Weights
from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

# Where the architectures keep the probabilities of their dropout.
_DROPOUTS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "dropout",
    "attention_dropout",
    "embedding_dropout",
    "mlp_dropout",
)


class AutoBackbone:
    """A model that ``AutoModel`` loads, run on padded batches.

    Raises:
        InputError: the library does not know or cannot load it, or weights are missing.
    """

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        self._model, self.vocabulary, self._padding = load_transformer(folder, config)

    def __call__(self, batch: Sequence[Sequence[int]]) -> "Tensor":
        """Last hidden states (T, H) of all tokens of ``batch``, text after text."""
        output, real = self._run(batch)
        states: Tensor = output.last_hidden_state[real]
        return states

    def layers(self, batch: Sequence[Sequence[int]]) -> "Iterator[Tensor]":
        """States (T, H) of all tokens after the embeddings and then after each layer.

        Raises:
            InputError: the architecture does not show them.
        """
        import torch

        with torch.no_grad():
            output, real = self._run(batch, output_hidden_states=True)
        hidden = getattr(output, "hidden_states", None)
        if not hidden:
            kind = type(self._model).__name__
            raise InputError(f"A {kind} does not show the states of its layers.")
        for states in hidden:
            yield states[real]

    def _run(self, batch: Sequence[Sequence[int]], **wanted: bool) -> "tuple[Any, Tensor]":
        """The model's output on padded texts, and which of its places (B, L) are tokens."""
        import torch

        longest = max(len(ids) for ids in batch)
        ids = torch.full((len(batch), longest), self._padding)
        mask = torch.zeros(len(batch), longest, dtype=torch.long)
        for row, text in enumerate(batch):
            ids[row, : len(text)] = torch.tensor(text)
            mask[row, : len(text)] = 1
        return self._model(input_ids=ids, attention_mask=mask, **wanted), mask.bool()


def load_transformer(
    folder: Path, config: Mapping[str, Any], dropout: float | None = None
) -> tuple[Any, int, int]:
    """A transformer as a torch module, float32 in evaluation mode.

    Args:
        config: its config.json.
        dropout: the probability of every dropout in it, where it is not to be the model's own.

    Returns:
        The module, the size of its vocabulary, and the token id that it is padded with.

    Raises:
        InputError: the library does not know or cannot load it, or weights are missing.
    """
    from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding

    Weights(weight_files(folder))  # refuses damaged files in our own words
    hush()
    # Of encoder-decoder models such as T5, the encoder alone.
    kind = AutoModelForTextEncoding if config.get("is_encoder_decoder") else AutoModel
    try:
        # A config.json need not name what is as the architecture has it by default.
        settings = AutoConfig.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
        for name in _DROPOUTS:
            if dropout is not None and hasattr(settings, name):
                setattr(settings, name, dropout)
        model, report = kind.from_pretrained(
            folder,
            config=settings,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        model = model.float().eval()
        padding = model.config.get_text_config().pad_token_id
        vocabulary = int(model.get_input_embeddings().num_embeddings)
    except Exception as error:
        # Whatever a foreign architecture makes the library raise is about the user's folder.
        reason = first_line(error)
        raise InputError(f"The model in {folder} could not be loaded ({reason}).") from error
    missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
    if missing:
        raise InputError(f"The weights in {folder} have no tensor named {missing[0]}.")
    return model, vocabulary, padding if isinstance(padding, int) else 0
