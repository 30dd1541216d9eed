"""What every encoder can do."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from models.encoders.card import EncoderCard

#: A text, or (title, text). An empty title is no title.
Text = str | tuple[str, str]

#: Some encoders treat questions and passages alike, some prefix them, DPR has one model for each.
Role = Literal["question", "passage"]


class Encoder(Protocol):
    """Text in, vectors out. Both methods may be called from several threads at once."""

    @property
    def card(self) -> EncoderCard:
        """What is known about this encoder."""
        ...

    def tokenize(self, texts: Sequence[Text], role: Role) -> list[list[int]]:
        """Token ids of each text, at least one, cut to max_length; a final [SEP] survives."""
        ...

    def forward(self, batch: Sequence[Sequence[int]], role: Role) -> NDArray[np.float32]:
        """(B, D) vectors of B tokenised texts, pooled and normalised by the conventions."""
        ...
