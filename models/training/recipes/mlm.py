"""A masked language model (Devlin et al. 2019, §3.1): hidden words are guessed from the others.

It has no pairs and no negatives: it is what contrastive methods on text begin with.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.encoders.masked import mask_token, masked_head
from models.encoders.trainable import TextNetSpec, padded
from models.training.devices import mixed
from models.training.recipes.masking import Masking, hide
from models.training.recipes.text import TextRecipe
from models.training.recipes.text_learner import TextLearner
from models.training.settings import Settings

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.text import TextTask

_SHARE = 0.15
_PART = 32  # texts that go through together, all about as long
_PAPER = TextRecipe(
    "mlm",
    Settings(
        batch=256,
        epochs=40,
        rate=1e-4,
        warmup_epochs=1,
        decay=0.01,
        clip=1.0,
        schedule="linear",
        save_seconds=60.0,
    ),
    TextNetSpec(pooling="mean", head="none", max_length=128),
)

#: "paper" is the paper's setting for BERT-base (its §A.2) but for its hundred thousands of steps,
#: which take an accelerator; "laptop" shows an encoder that has learnt already the words of one's
#: own texts, in some minutes on two cores. A small network that has learnt nothing yet bears ten
#: times the rate, and needs no dropout where it sees each text a few times only.
PRESETS = {
    "laptop": replace(
        _PAPER,
        settings=replace(
            _PAPER.settings, batch=64, epochs=None, steps=60, frames=30, measurements=10
        ),
        net=replace(_PAPER.net, max_length=64),
    ),
    "paper": _PAPER,
}


class MaskedLearner(TextLearner):
    """A text encoder with the head that guesses words, which only training needs."""

    def __init__(self, task: "TextTask", device: "torch.device", settings: Settings) -> None:
        super().__init__(task, device, settings)
        words = self.model.transformer.get_input_embeddings().num_embeddings
        head = masked_head(task.base, words, settings.seed)
        self.model.training_only = head.to(device).eval()
        token, special = mask_token(self.model.tokens.tokenizer, task.base.name)
        vocabulary = self.model.tokens.tokenizer.get_vocab_size()
        self._masking = Masking(_SHARE, token, special, vocabulary)

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """The mean cross-entropy, in nats, of the words that are hidden in the texts ``rows``.

        Texts of about one length go through together, so that little is computed for padding.
        """
        train = self._task.texts.train
        texts = self.model.tokens([train[row][0] for row in rows.tolist()])
        texts.sort(key=len)
        # Every parameter has a gradient even where no word was hidden.
        total: Tensor = 0.0 * self.model.training_only.bias.sum()
        count = 0
        for start in range(0, len(texts), _PART):
            ids, mask = padded(texts[start : start + _PART], self.model.padding)  # (P, T)
            shown, hidden = hide(ids, mask, self._masking, generator)
            if hidden.any():
                total = total + self._guessing(shown, mask, hidden, ids[hidden])
                count += int(hidden.sum())
        return total / max(count, 1)

    def _guessing(
        self, shown: "Tensor", mask: "Tensor", hidden: "Tensor", words: "Tensor"
    ) -> "Tensor":
        """The cross-entropy of ``words`` (M,), summed; they are ``hidden`` (P, T) in ``shown``."""
        from torch.nn.functional import cross_entropy

        device = self._device
        with mixed(device, self._mixed):
            output = self.model.transformer(
                input_ids=shown.to(device), attention_mask=mask.to(device)
            )
            states = output.last_hidden_state[hidden.to(device)]  # (M, H)
            embeddings = self.model.transformer.get_input_embeddings().weight
            scores = self.model.training_only(states, embeddings)  # (M, V)
        return cross_entropy(scores.float(), words.to(device), reduction="sum")
