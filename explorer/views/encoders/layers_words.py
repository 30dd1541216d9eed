"""The figures of the page in words, and all of them as a table."""

from collections.abc import Callable, Sequence

from explorer.views.encoders.layers_work import Looked, Side
from models.anisotropy.estimates import Estimate
from models.anisotropy.layerwise import Layer
from models.printed import number

_POOLINGS = {"cls": "[CLS]", "lasttoken": "last token"}
_COLUMNS = (
    "encoder",
    "layer",
    *(
        f"{name}{end}"
        for name in (
            "anisotropy",
            "self_similarity",
            "intra_sentence",
            "adjusted_self",
            "adjusted_intra",
        )
        for end in ("", "_low", "_high")
    ),
    "mean_tokens_cosine",
    "mean_tokens_uniformity",
    "first_token_cosine",
    "first_token_uniformity",
)


def about(looked: Looked) -> str:
    """On what the figures were measured."""
    counts = []
    for side in looked.sides:
        found = side.report.layers
        of = f"{found.words:,}" if found.words == found.of else f"{found.words:,} of {found.of:,}"
        counts.append(f"{of} words in five or more of them, {found.contexts:,} times")
    pairs = looked.sides[0].report.layers.pairs
    return (
        f"{looked.sentences.about}; {pairs:,} pairs of random words; "
        f"{' and '.join(dict.fromkeys(counts))}. A word is the mean of its pieces; special tokens "
        "are no words. Bands: 95 % of 1,000 resamples of pairs, words or sentences."
    )


def by_layer(
    sides: Sequence[Side], of: Callable[[Layer], Estimate | None], lowest: bool = False
) -> str:
    """How a figure goes from the embeddings to the last layer, for each encoder."""

    def course(side: Side) -> str:
        found = [of(layer) for layer in side.report.layers.layers]
        values = [each.value for each in found if each is not None]
        if len(values) < len(found):
            return "no word occurs in five of these sentences."
        at = values.index(min(values) if lowest else max(values))
        extreme = f"{'least' if lowest else 'most'} in layer {at} ({number(values[at])}), "
        inside = extreme if 0 < at < len(values) - 1 else ""
        return f"{number(values[0])} after the embeddings, {inside}{number(values[-1])} at the end."

    return _each(sides, course)


def sentences(sides: Sequence[Side]) -> str:
    """How sentence vectors lie in the last layer."""

    def last(side: Side) -> str:
        found = side.report.layers.layers[-1]
        return (
            f"in the last layer {number(found.mean.mean_cosine)} for the mean of all tokens and "
            f"{number(found.first.mean_cosine)} for the first; uniformity "
            f"{number(found.mean.uniformity)} and {number(found.first.uniformity)}."
        )

    return _each(sides, last)


def ranks(sides: Sequence[Side]) -> str:
    """Effective ranks before and after whitening."""

    def rank(side: Side) -> str:
        before, after = side.report.before, side.report.after
        most = min(before.points, before.dimensions)
        words = f"effective rank {before.effective_rank:.1f} of at most {most}"
        if after is None:
            return f"{words}; all vectors are the same, and nothing can be whitened."
        words += f", whitened {after.effective_rank:.1f} in {side.report.kept} directions."
        if before.points < 3 * before.dimensions:
            words += f" {before.points:,} sentences are few for {before.dimensions} dimensions."
        return words

    return _each(sides, rank)


def cosines(sides: Sequence[Side]) -> str:
    """Mean cosine and uniformity before and after whitening."""

    def spread(side: Side) -> str:
        before, after = side.report.before, side.report.after
        mean, uniformity = number(before.mean_cosine), number(before.uniformity)
        if after is not None:
            mean += f", whitened {number(after.mean_cosine)}"
            uniformity += f", whitened {number(after.uniformity)}"
        best = number(before.optimum)
        return f"{pooling(side)}, mean cosine {mean}; uniformity {uniformity} (optimum {best})."

    return _each(sides, spread)


def table(looked: Looked) -> str:
    """Every figure by layer, with tabs between columns, for a spreadsheet."""
    rows = ["\t".join(_COLUMNS)]
    for side in looked.sides:
        for layer in side.report.layers.layers:
            cells = [f"{side.name}, {pooling(side)}", str(layer.number)]
            for found in (
                layer.anisotropy,
                layer.self_similarity,
                layer.intra_sentence,
                layer.adjusted_self,
                layer.adjusted_intra,
            ):
                three = ("", "", "") if found is None else (found.value, found.low, found.high)
                cells += [each if isinstance(each, str) else f"{each:.5f}" for each in three]
            for spread in (layer.mean, layer.first):
                cells += [f"{spread.mean_cosine:.5f}", f"{spread.uniformity:.5f}"]
            rows.append("\t".join(cells))
    return "\n".join(rows) + "\n"


def pooling(side: Side) -> str:
    """How token states become one vector, in words."""
    return _POOLINGS.get(side.pooling, f"{side.pooling} pooling")


def _each(sides: Sequence[Side], words: Callable[[Side], str]) -> str:
    """A line for each encoder after its letter, which one alone does without."""
    found = [words(side) for side in sides]
    if len(found) == 1:
        return found[0][0].upper() + found[0][1:]
    if len(set(found)) == 1:
        return f"A and B alike: {found[0]}"
    return "\n".join(f"{letter}: {line}" for letter, line in zip("AB", found, strict=True))
