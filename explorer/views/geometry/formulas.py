"""The formulas of this workspace, each in LaTeX and in words."""

CONTRASTIVE = (
    r"\mathcal{L} = \mathbb{E}\left[{-}\log \frac{e^{f(x)^{\top} f(y)/\tau}}"
    r"{e^{f(x)^{\top} f(y)/\tau} + \sum_{i=1}^{M} e^{f(x_i^{-})^{\top} f(x)/\tau}}\right]",
    "The contrastive loss is the mean over positive pairs (x, y) of minus the log of exp(f(x)·f(y)"
    " / τ) over that same term plus the sum of exp(f(x⁻)·f(x) / τ) over M negatives x⁻.",
)

LIMIT = (
    r"\mathcal{L} - \log M \;\to\; {-}\tfrac{1}{\tau}\,\mathbb{E}\left[f(x)^{\top} f(y)\right] "
    r"+ \mathbb{E}_{x}\left[\log\, \mathbb{E}_{x^{-}}\left[e^{f(x^{-})^{\top} f(x)/\tau}"
    r"\right]\right]",
    "As M grows, the loss less log M tends to minus the mean of f(x)·f(y) / τ, which is about "
    "alignment, plus the mean over x of the log of the mean of exp(f(x⁻)·f(x) / τ), which is "
    "about uniformity.",
)

ALIGNMENT = (
    r"\ell_{\mathrm{align}} = \mathbb{E}_{(x,y)}\,\left\| f(x) - f(y) \right\|^{2}",
    "Alignment is the mean over positive pairs of their squared distance.",
)

UNIFORMITY = (
    r"\ell_{\mathrm{unif}} = \log\, \mathbb{E}_{x,y}\left[ e^{-2\,\left\| f(x) - f(y) "
    r"\right\|^{2}} \right] \geq {-}4 + \log\,{}_0F_1\left(;\tfrac{D}{2};4\right)",
    "Uniformity is the log of the mean over all pairs of exp(−2 · squared distance). In D "
    "dimensions it is at least −4 plus the log of the hypergeometric function 0F1(; D/2; 4).",
)

RANK = (
    r"\mathrm{erank} = \exp\bigl({-}\sum_{k} p_k \log p_k\bigr), \quad "
    r"p_k = \frac{\sigma_k}{\sum_{j} \sigma_j}",
    "The effective rank is exp of the entropy of the singular values' shares of their sum.",
)

GAO = (
    r"\frac{1}{m}\sum_{i,j} (W W^{\top})_{ij} \;\leq\; \lambda_{\max} \;\leq\; "
    r"\sum_{i,j} (W W^{\top})_{ij}",
    "The largest eigenvalue of the similarity matrix lies between the sum of its entries over m, "
    "the number of vectors, and that sum.",
)

SOFTMAX = (
    r"p_i = \frac{e^{s_i/\tau}}{\sum_{j} e^{s_j/\tau}}, \quad "
    r"\frac{\partial \mathcal{L}}{\partial s_i^{-}} = \frac{p_i}{\tau}, \quad "
    r"\frac{\partial \mathcal{L}}{\partial s^{+}} = {-}\frac{1-p_{+}}{\tau}",
    "The share of vector i is exp(sᵢ / τ) over the sum of all exp(sⱼ / τ). The loss pushes a "
    "negative away with its share over τ, and pulls the positive with 1 less its share, over τ.",
)
