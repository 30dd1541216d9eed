"""Accuracies of one evaluation as a table and in words."""

from collections.abc import Mapping, Sequence

from explorer.widgets.figures import FigureLine, highest
from models.evaluation.image_probe import Share

_KINDS = (("linear", "Linear classifier"), ("knn", "Nearest neighbours"))
_OF = (("", "Trained"), ("random_", "Untrained network"), ("raw_", "Raw pixels"))


def score_lines(shares: Sequence[Share]) -> list[FigureLine]:
    """A column a share of the labels; the best of each kind of classifier in bold."""
    lines = [
        FigureLine("", tuple(f"{share.labels:g} %" for share in shares), role="heading"),
        FigureLine("Labels", tuple(f"{share.count:,}" for share in shares), role="caption"),
    ]
    for kind, title in _KINDS:
        names = [(f"{of}{kind}", what) for of, what in _OF]
        names = [pair for pair in names if any(pair[0] in share.figures for share in shares)]
        if not names:
            continue
        known = {name: [share.figures.get(name) for share in shares] for name, _ in names}
        lines.append(FigureLine(title, role="caption", apart=True))
        for (name, what), best in zip(names, highest(list(known.values())), strict=True):
            texts = tuple("–" if figure is None else f"{figure:.1f}" for figure in known[name])
            lines.append(FigureLine(what, texts, name, best=best))
    return lines


def margins(figures: Mapping[str, float]) -> str:
    """A sentence for each kind of classifier: what the encoder reached, and what that adds."""
    sentences = []
    for kind, title in _KINDS:
        if kind not in figures:
            continue
        reached = figures[kind]
        against = (("raw_", "raw pixels"), ("random_", "the untrained network"))
        parts = [
            _margin(reached - figures[f"{of}{kind}"], what)
            for of, what in against
            if f"{of}{kind}" in figures
        ]
        sentences.append(", ".join([f"{title}: {reached:.1f} %", *parts]) + ".")
    return "\n".join(sentences)


def _margin(points: float, what: str) -> str:
    rounded = round(points, 1)
    if not rounded:
        return f"as good as {what}"
    return f"+{rounded} points over {what}" if rounded > 0 else f"{-rounded} points below {what}"
