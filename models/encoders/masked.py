"""The head of a masked language model (Devlin et al. 2019, §3.1): states become words.

A linear layer, GELU and a layer norm precede the decoder, which has no matrix of its own: a word
is scored by its embedding, so that embeddings learn from both ends (Press & Wolf 2017).
"""

from typing import TYPE_CHECKING, Any

from models.encoders.folder import weight_files
from models.encoders.weights import Weights
from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from models.encoders.trainable import Base

_SPREAD = 0.02
#: Names of the head's tensors here, and in the folder of a BERT for masked language modelling.
HEAD_NAMES = {
    "dense.weight": "cls.predictions.transform.dense.weight",
    "dense.bias": "cls.predictions.transform.dense.bias",
    "norm.weight": "cls.predictions.transform.LayerNorm.weight",
    "norm.bias": "cls.predictions.transform.LayerNorm.bias",
    "bias": "cls.predictions.bias",
}


def masked_head(base: "Base", vocabulary: int, seed: int) -> Any:
    """The head, an ``nn.Module``: with the weights that ``base`` brings along, or new ones.

    It takes states (M, H) of M masked places and the word embeddings (V, H), and returns the
    scores (M, V) of all words.

    Args:
        base: where training starts.
        vocabulary: V, how many words there are embeddings of.
        seed: of new weights.

    Raises:
        InputError: a head's weights in ``base`` do not fit it.
    """
    import torch
    from torch import Tensor, nn
    from torch.nn.functional import gelu, linear

    width = base.dimensions

    class Head(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.dense = nn.Linear(width, width)
            self.norm = nn.LayerNorm(width, eps=1e-12)
            self.bias = nn.Parameter(torch.zeros(vocabulary))

        def forward(self, states: Tensor, embeddings: Tensor) -> Tensor:
            return linear(self.norm(gelu(self.dense(states))), embeddings, self.bias)

    # The generator of the whole process is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = Head()
        nn.init.normal_(head.dense.weight, std=_SPREAD)
        nn.init.zeros_(head.dense.bias)
    known = _weights_of(base, {name: tuple(t.shape) for name, t in head.state_dict().items()})
    if known:
        head.load_state_dict(known)
    return head


def _weights_of(base: "Base", shapes: dict[str, tuple[int, ...]]) -> "dict[str, Tensor]":
    """The weights of a head that lies beside its encoder; none where that has no whole one."""
    weights = Weights(weight_files(base.declared.transformer))
    if any(name not in weights for name in HEAD_NAMES.values()):
        return {}
    return {own: weights.read(name, *shapes[own]) for own, name in HEAD_NAMES.items()}


def mask_token(tokenizer: Any, name: str) -> tuple[int, frozenset[int]]:
    """The id that stands for a hidden word, and those of all special tokens.

    Args:
        tokenizer: of the tokenizers library.
        name: of its encoder, for the error's sentence.

    Raises:
        InputError: the tokenizer has no mask token.
    """
    added = tokenizer.get_added_tokens_decoder()
    special = frozenset(number for number, token in added.items() if token.special)
    for word in ("[MASK]", "<mask>"):
        number = tokenizer.token_to_id(word)
        if number is not None:
            return number, special | {number}
    raise InputError(f"The tokenizer of {name} has no mask token, by which words are hidden.")
