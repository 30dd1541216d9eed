"""Contrastive losses: vectors in, one number out; one function a formula.

Each keeps the type of its input (float64 stays float64), except that half precision is computed
and returned in float32, also under autocast: a product of similarities rounded to eight bits and
divided by a small temperature would be far from the loss.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def nt_xent(a: "Tensor", b: "Tensor", temperature: float) -> "Tensor":
    """The normalised temperature-scaled cross-entropy of two views.

    Chen et al. 2020 (SimCLR), eq. 1 and algorithm 1: each of the 2N vectors has to find its other
    view among the other 2N − 1 by cosine similarity; the mean over all 2N. (SimCLR's published
    code adds the two directions up instead, which gives twice this value.)

    Args:
        a: (N, D), any length but zero; normalised here.
        b: (N, D), row i the other view of a's row i.
        temperature: τ > 0.

    Raises:
        ValueError: the shapes do not fit, or τ is not positive.
    """
    import torch
    from torch.nn.functional import cross_entropy, normalize

    _check(temperature, a.ndim == 2 and a.shape == b.shape and len(a) > 0, a, b)
    views = normalize(wide(torch.cat([a, b])), dim=1)  # (2N, D)
    logits = products(views, views) / temperature  # (2N, 2N)
    itself = torch.eye(len(views), dtype=torch.bool, device=views.device)
    partner = torch.arange(len(views), device=views.device).roll(len(a))
    return cross_entropy(logits.masked_fill(itself, -torch.inf), partner)


def sup_con(
    features: "Tensor",
    labels: "Tensor",
    temperature: float,
    base_temperature: float | None = None,
) -> "Tensor":
    """The supervised contrastive loss, with the sum outside the logarithm.

    Khosla et al. 2020, eq. 2 (L_out): every other view of the same label is a positive, an anchor
    is never its own negative, and the mean runs over all anchors, of which one without positives
    counts 0. The authors' code multiplies by τ / base τ, with .07 as its base, so that the
    gradient's size does not hang on τ; without a base the loss is the paper's.

    Args:
        features: (N, V, D), V views of each of N examples, of length 1.
        labels: (N,) whole numbers.
        temperature: τ > 0.
        base_temperature: None means τ itself.

    Raises:
        ValueError: the shapes do not fit, there is one vector alone, or τ is not positive.
    """
    import torch

    fits = features.ndim == 3 and labels.shape == features.shape[:1]
    _check(temperature, fits and features.shape[:2].numel() > 1, features, labels)
    if base_temperature is not None:
        _check(base_temperature, True)
    views = wide(features).flatten(0, 1)  # (N·V, D)
    classes = labels.to(views.device).repeat_interleave(features.shape[1])
    logits = products(views, views) / temperature  # (N·V, N·V)
    itself = torch.eye(len(views), dtype=torch.bool, device=views.device)
    same = (classes[:, None] == classes) & ~itself
    count = same.sum(1)
    attracted = (logits * same).sum(1) / count.clamp(min=1)
    losses = logits.masked_fill(itself, -torch.inf).logsumexp(1) - attracted
    scale = 1.0 if base_temperature is None else temperature / base_temperature
    return scale * (losses * (count > 0)).mean()


def contrastive(
    anchor: "Tensor", positive: "Tensor", negatives: "Tensor", temperature: float
) -> "Tensor":
    """The contrastive loss with M negatives drawn from the data.

    Wang & Isola 2020, eq. 1: −log of the positive's share in exp(similarity / τ), the positive
    itself included; the mean over N anchors. With M = 0 it is 0.

    Args:
        anchor: (N, D), of length 1.
        positive: (N, D), row i the positive of anchor i.
        negatives: (M, D) shared by all anchors, or (N, M, D), each anchor's own.
        temperature: τ > 0.

    Raises:
        ValueError: the shapes do not fit, or τ is not positive.
    """
    import torch

    fits = anchor.ndim == 2 and anchor.shape == positive.shape and len(anchor) > 0
    own = negatives.ndim == 3
    fits = fits and negatives.shape[-1] == anchor.shape[-1]
    fits = fits and (len(negatives) == len(anchor) if own else negatives.ndim == 2)
    _check(temperature, fits, anchor, positive, negatives)
    anchor, positive = wide(anchor), wide(positive)
    attracted = (anchor * positive).sum(1, keepdim=True)  # (N, 1)
    repelled = products(anchor[:, None], negatives)[:, 0] if own else products(anchor, negatives)
    logits = torch.cat([attracted, repelled], 1) / temperature  # (N, 1 + M)
    return (logits.logsumexp(1) - logits[:, 0]).mean()


def simcse(
    anchor: "Tensor",
    positive: "Tensor",
    hard_negative: "Tensor | None" = None,
    temperature: float = 0.05,
    hard_negative_weight: float = 1.0,
) -> "Tensor":
    """The loss of SimCSE, without and with hard negatives.

    Gao et al. 2021, eq. 1: each anchor has to find its positive among all positives of the batch
    by cosine similarity; one way, from anchors to positives, unlike ``nt_xent``. Eq. 5 adds the
    hard negatives of the whole batch to the choices, and weighs the anchor's own by α^1[i=j]:
    that is log α added to the diagonal of their block, and a factor of 1 for all others.

    The form α·1[i=j], which is seen on slides, is another loss: it has a factor of 0 for the hard
    negatives of the other anchors, so it drops them, and comes out smaller.

    Args:
        anchor: (N, D), any length but zero; normalised here.
        positive: (N, D), row i the positive of anchor i.
        hard_negative: (N, D), row i the hard negative of anchor i; None is eq. 1.
        temperature: τ > 0.
        hard_negative_weight: α > 0; without hard negatives it weighs nothing.

    Raises:
        ValueError: the shapes do not fit, or τ or α is not positive.
    """
    import torch
    from torch.nn.functional import cross_entropy, normalize

    fits = anchor.ndim == 2 and anchor.shape == positive.shape and len(anchor) > 0
    hard = () if hard_negative is None else (hard_negative,)
    fits = fits and all(each.shape == anchor.shape for each in hard)
    _check(temperature, fits, anchor, positive, *hard)
    if not 0 < hard_negative_weight < math.inf:
        raise ValueError(f"The weight must be above 0 and finite, not {hard_negative_weight}.")
    anchor = normalize(wide(anchor), dim=1)
    own = torch.arange(len(anchor), device=anchor.device)
    logits = products(anchor, normalize(wide(positive), dim=1)) / temperature  # (N, N)
    if hard_negative is not None:
        block = products(anchor, normalize(wide(hard_negative), dim=1)) / temperature
        weight = torch.eye(len(own), dtype=block.dtype, device=block.device)
        block = block + math.log(hard_negative_weight) * weight
        logits = torch.cat([logits, block], 1)  # (N, 2N)
    return cross_entropy(logits, own)


def dpr_nll(
    questions: "Tensor",
    contexts: "Tensor",
    positives: "Sequence[int] | Tensor",
    seen: "Tensor | None" = None,
) -> "tuple[Tensor, Tensor]":
    """The loss of a dual encoder: each question has to find its passage among those of a batch.

    Karpukhin et al. 2020, eq. 2, with in-batch negatives: −log of the positive's share in
    exp(q·p) over all contexts, so that the hard negatives of one question serve every other
    too; the mean over questions. Similarity is the plain dot product, without a temperature.

    Args:
        questions: (Q, D), of any length.
        contexts: (C, D), positives and negatives of all questions in any order.
        positives: (Q,) the row of each question's own passage.
        seen: (Q, C), which contexts a question is compared with; its own passage always is. The
            paper compares with all (None); to leave out false negatives is a deviation.

    Returns:
        The loss, and how many questions score their own passage highest, a whole number.

    Raises:
        ValueError: the shapes do not fit, or a positive is no row of the contexts.
    """
    import torch
    from torch.nn.functional import cross_entropy

    own = torch.as_tensor(positives, dtype=torch.int64, device=questions.device)
    fits = questions.ndim == contexts.ndim == 2 and len(questions) > 0
    fits = fits and questions.shape[1] == contexts.shape[1] and own.shape == questions.shape[:1]
    fits = fits and (seen is None or seen.shape == (len(questions), len(contexts)))
    _check(1.0, fits, questions, contexts, own)
    if int(own.min()) < 0 or int(own.max()) >= len(contexts):
        raise ValueError(f"A positive is no row of the {len(contexts)} contexts.")
    scores = products(questions, contexts)  # (Q, C)
    if seen is not None:
        kept = seen.to(scores.device).scatter(1, own[:, None], True)
        scores = scores.masked_fill(~kept, -torch.inf)
    return cross_entropy(scores, own), (scores.argmax(1) == own).sum()


def replaced_tokens(scores: "Tensor", replaced: "Tensor", mask: "Tensor") -> "Tensor":
    """The loss of telling the words of a text from those that another model put in their place.

    Clark et al. 2020 (ELECTRA), and of DiffCSE (Chuang et al. 2022) the sum in eq. 3: binary
    cross-entropy at each token, here its mean over all tokens of the batch. DiffCSE's published
    code takes the mean over padding as well, so that its weight hangs on how texts are batched.

    Args:
        scores: (N, T), the logit of having been replaced.
        replaced: (N, T), 1 where the word is another than the text's own. A word that was hidden
            and guessed rightly counts as its own.
        mask: (N, T), 1 where there is a token and 0 where there is padding; one token at least.

    Raises:
        ValueError: the shapes do not fit, or there is no token.
    """
    from torch.nn.functional import binary_cross_entropy_with_logits

    real = mask.bool()
    if scores.ndim != 2 or not scores.shape == replaced.shape == mask.shape or not real.any():
        shapes = ", ".join(str(tuple(each.shape)) for each in (scores, replaced, mask))
        raise ValueError(f"These shapes do not fit together: {shapes}.")
    scores = wide(scores)
    return binary_cross_entropy_with_logits(scores[real], replaced[real].to(scores.dtype))


def products(a: "Tensor", b: "Tensor") -> "Tensor":
    """Dot products (…, N, D), (…, M, D) → (…, N, M), in float32 at least."""
    import torch

    with torch.autocast(a.device.type, enabled=False):
        return wide(a) @ wide(b).mT


def wide(x: "Tensor") -> "Tensor":
    """``x`` as it is, or in float32 where it is shorter than that."""
    return x.float() if x.element_size() < 4 else x


def _check(temperature: float, fits: bool, *tensors: "Tensor") -> None:
    if not temperature > 0:
        raise ValueError(f"The temperature must be above 0, not {temperature}.")
    if not fits:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors)
        raise ValueError(f"These shapes do not fit together: {shapes}.")
