"""The formulas of this page, each in LaTeX and in words."""

ANISOTROPY = (
    r"A_\ell = \mathbb{E}_{s \neq s'}\,\mathbb{E}_{w \in s,\, w' \in s'} "
    r"\left[\cos\left(f_\ell(w), f_\ell(w')\right)\right]",
    "Anisotropy of layer ℓ is the mean cosine of two random words, one from each of two random "
    "sentences.",
)

SELF = (
    r"\mathrm{SelfSim}_\ell(w) - A_\ell, \quad \mathrm{SelfSim}_\ell(w) = \frac{1}{n(n-1)} "
    r"\sum_{j \neq k} \cos\left(f_\ell(w_j), f_\ell(w_k)\right)",
    "The self-similarity of a word is the mean cosine of all pairs of its n occurrences; the "
    "anisotropy is taken off.",
)

INTRA = (
    r"\mathrm{IntraSim}_\ell(s) - A_\ell, \quad \mathrm{IntraSim}_\ell(s) = \frac{1}{n} "
    r"\sum_{i} \cos\left(\bar{s}_\ell, f_\ell(w_i)\right), \; "
    r"\bar{s}_\ell = \frac{1}{n} \sum_{i} f_\ell(w_i)",
    "The similarity within a sentence is the mean cosine of its n words to their mean; the "
    "anisotropy is taken off.",
)

RANK = (
    r"\mathrm{erank} = \exp\bigl({-}\sum_{k} p_k \log p_k\bigr), \quad "
    r"p_k = \frac{\sigma_k}{\sum_{j} \sigma_j}",
    "The effective rank is exp of the entropy of the singular values' shares of their sum.",
)

WHITENING = (
    r"\tilde{x} = (x - \mu)\, U \Lambda^{-1/2}, \quad "
    r"\frac{1}{N} \sum_{i} (x_i - \mu)^{\top} (x_i - \mu) = U \Lambda U^{\top}",
    "Whitening takes the mean off, turns to the directions of the covariance and divides each by "
    "the root of its variance.",
)
