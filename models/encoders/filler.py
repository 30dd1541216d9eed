"""A masked language model that fills in hidden words, and learns nothing while it does."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.encoders.folder import first_line, weight_files
from models.encoders.quiet import hush
from models.encoders.tokens import auto_tokenizer
from models.encoders.trainable import Base
from models.encoders.weights import Weights
from models.errors import InputError

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Filler:
    """A model that ``AutoModelForMaskedLM`` loads, for the tokens of another.

    Args:
        base: its folder.
        tokenizer: whose token ids it will be given, of the tokenizers library.
        longest: tokens of a text at most.

    Raises:
        InputError: it cannot be loaded, has no head that guesses words, has other tokens, or
            reads fewer of them.
    """

    def __init__(self, base: Base, tokenizer: Any, longest: int) -> None:
        home = base.declared.transformer
        self.key = base.key
        positions = base.config.get("max_position_embeddings")
        if isinstance(positions, int) and positions < longest:
            raise InputError(f"The generator {base.name} reads {positions} tokens, not {longest}.")
        if auto_tokenizer(home).get_vocab() != tokenizer.get_vocab():
            raise InputError(
                f"The generator {base.name} and the encoder do not have the same vocabulary; the "
                "words that one fills in must be words of the other."
            )
        self._model: Any = _load(home, base.name)

    def to(self, device: "torch.device") -> "Filler":
        """Moves it, and returns it."""
        self._model.to(device)
        return self

    def fill(self, ids: "Tensor", mask: "Tensor", hidden: "Tensor") -> "Tensor":
        """``ids`` with the likeliest word at each hidden place.

        Args:
            ids: (B, T) int64, with words hidden.
            mask: (B, T), 1 where there is a token.
            hidden: (B, T) bool.
        """
        import torch

        # The head alone is half of the work, and looks at the hidden places only.
        def kept(_: Any, __: Any, output: Any) -> Any:
            output.last_hidden_state = output.last_hidden_state[hidden][None]  # (1, M, H)
            return output

        hook = self._model.base_model.register_forward_hook(kept)
        try:
            with torch.no_grad():
                scores = self._model(input_ids=ids, attention_mask=mask).logits[0]  # (M, V)
        finally:
            hook.remove()
        filled = ids.clone()
        filled[hidden] = scores.argmax(-1)
        return filled


def _load(home: Path, name: str) -> Any:
    from transformers import AutoModelForMaskedLM

    Weights(weight_files(home))  # refuses damaged files in our own words
    hush()
    try:
        model, report = AutoModelForMaskedLM.from_pretrained(
            home,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        model = model.float().eval()
    except Exception as error:
        # Whatever a foreign architecture makes the library raise is about the user's folder.
        reason = first_line(error)
        raise InputError(f"{name} cannot fill in words ({reason}).") from error
    if report["missing_keys"]:
        raise InputError(
            f"{name} has no head that guesses hidden words; take a masked language model whose "
            "vocabulary is the encoder's own as the generator."
        )
    for parameter in model.parameters():
        parameter.requires_grad = False
    return model
