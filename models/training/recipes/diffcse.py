"""DiffCSE (Chuang et al. 2022): SimCSE, and a second network that must find out from a sentence's
vector which of its words were exchanged, so that the vector has to tell such sentences apart."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.encoders.auto import load_transformer
from models.encoders.filler import Filler
from models.encoders.masked import mask_token
from models.encoders.trainable import Base, TextNetSpec, padded, read_base
from models.errors import InputError
from models.training.devices import mixed
from models.training.recipes import simcse
from models.training.recipes.masking import Masking, hide
from models.training.recipes.text_learner import TextLearner
from models.training.settings import Settings

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.text import TextTask

#: The head lies beside the encoder in training and is gone afterwards: [CLS] serves without it.
_NET = TextNetSpec(base="explorer-mini-mlm", head="none")
_PAPER = simcse.PRESETS["paper"]

#: "paper" is the paper's setting for BERT-base (its §A), "laptop" that of SimCSE on two cores.
#: Where training begins is a masked language model, which is its own generator unless another
#: is named; the paper has BERT-base and DistilBERT, whose vocabularies are one.
PRESETS = {
    "laptop": replace(simcse.PRESETS["laptop"], method="diffcse", net=_NET),
    "paper": replace(
        _PAPER,
        method="diffcse",
        net=_NET,
        settings=replace(_PAPER.settings, epochs=2, rate=7e-6),
    ),
}


class DiffLearner(TextLearner):
    """A sentence encoder with its head, its generator and its discriminator.

    The generator is no part of the model, for it never changes. Head and discriminator are
    (``model.training_only``), but are not needed for a vector.
    """

    def __init__(self, task: "TextTask", device: "torch.device", settings: Settings) -> None:
        super().__init__(task, device, settings)
        recipe, tokenizer = task.recipe, self.model.tokens.tokenizer
        source = read_base(recipe.generator) if recipe.generator else task.base
        self._filler = Filler(source, tokenizer, recipe.net.max_length).to(device)
        beside = _beside(task.base, recipe.net.dropout, settings.seed)
        self.model.training_only = beside.to(device).eval()
        token, special = mask_token(tokenizer, task.base.name)
        vocabulary = tokenizer.get_vocab_size()
        self._masking = Masking(recipe.masked, token, special, vocabulary)

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """The loss of the paper's eq. 4: SimCSE's, and λ times that of the exchanged words."""
        from models.losses import simcse as simcse_loss

        train, recipe = self._task.texts.train, self._task.recipe
        texts = [train[row][0] for row in rows.tolist()] * 2  # both views, each with its mask
        with mixed(self._device, self._mixed):
            vectors = self.model.training_only.head(self.model.project(texts))  # (2B, H)
        first, second = vectors.chunk(2)
        contrast = simcse_loss(first, second, temperature=recipe.temperature)
        return contrast + recipe.detection * self._detect(texts, vectors, generator)

    def _detect(
        self, texts: Sequence[str], vectors: "Tensor", generator: "torch.Generator"
    ) -> "Tensor":
        """The loss of the discriminator, given each text's vector (N, H)."""
        from models.losses import replaced_tokens

        ids, mask = padded(self.model.tokens(texts), self.model.padding)  # (N, T)
        shown, hidden = hide(ids, mask, self._masking, generator)
        ids, mask, shown, hidden = (part.to(self._device) for part in (ids, mask, shown, hidden))
        with mixed(self._device, self._mixed):
            # Where nothing could be hidden the generator has nothing to do.
            filled = self._filler.fill(shown, mask, hidden) if hidden.any() else ids
            scores = self.model.training_only(filled, mask, vectors)
        return replaced_tokens(scores, filled != ids, mask)


def _beside(base: Base, dropout: float, seed: int) -> Any:
    """Head and discriminator, an ``nn.Module``; the latter begins as ``base`` does."""
    import torch
    from torch import Tensor, nn

    width = base.dimensions
    discriminator, _, _ = load_transformer(base.declared.transformer, base.config, dropout)
    discriminator.pooler = None
    if getattr(discriminator, "embeddings", None) is None:
        raise InputError(f"{base.name} has no embedding layer into which a vector could be put.")

    class Beside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Sequential(
                nn.Linear(width, 2 * width, bias=False),
                nn.BatchNorm1d(2 * width),
                nn.ReLU(),
                nn.Linear(2 * width, width, bias=False),
                nn.BatchNorm1d(width, affine=False),
            )
            self.discriminator, self.detect = discriminator, nn.Linear(width, 1)

        def forward(self, ids: Tensor, mask: Tensor, vectors: Tensor) -> Tensor:
            """(N, T): the logit that the word at each place of ``ids`` is not the text's own."""

            def put(_: Any, __: Any, output: Tensor) -> Tensor:
                # After the whole layer, so that neither its norm nor its dropout touches it.
                return torch.cat([vectors[:, None].to(output.dtype), output[:, 1:]], 1)

            hook = self.discriminator.embeddings.register_forward_hook(put)
            try:
                output = self.discriminator(input_ids=ids, attention_mask=mask)
            finally:
                hook.remove()
            scores: Tensor = self.detect(output.last_hidden_state)[..., 0]
            return scores

    # The generator of the whole process is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Beside()
