"""Learning rates over a run: SimCLR's (Chen et al. 2020, §2.2, appendix B.1) and BERT's."""

import math
from typing import Literal

Scaling = Literal["none", "linear", "sqrt"]
Schedule = Literal["cosine", "linear"]


def scaled_rate(base: float, batch: int, scaling: Scaling) -> float:
    """The peak learning rate for a batch size.

    ``linear`` is base · B / 256 (SimCLR: base .3), ``sqrt`` is base · √B (SimCLR: base .075,
    better for small batches), ``none`` is the base itself.
    """
    if scaling == "linear":
        return base * batch / 256
    return base * math.sqrt(batch) if scaling == "sqrt" else base


def warmup_cosine(step: int, steps: int, warmup: int) -> float:
    """The share of the peak rate at update ``step`` (from 0) of ``steps``.

    It rises linearly from 0 over ``warmup`` updates, then falls along half a cosine without
    restarts (Loshchilov & Hutter 2017, eq. 5), as google-research/simclr does. The very first
    update of a warm-up therefore has rate 0.
    """
    if step < warmup:
        return step / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def warmup_linear(step: int, steps: int, warmup: int) -> float:
    """The share of the peak rate at update ``step`` (from 0) of ``steps``.

    It rises linearly from 0 over ``warmup`` updates, then falls linearly to 0, which it would
    reach one update after the last (Devlin et al. 2019, §A.2; what SimCSE trains with).
    """
    if step < warmup:
        return step / warmup
    return max(0.0, (steps - step) / max(1, steps - warmup))
