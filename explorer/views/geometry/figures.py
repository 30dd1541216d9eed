"""The figures of a portrait, as tiles and sentences tell them."""

from models.portrait import Portrait
from models.printed import number


def tiles(found: Portrait) -> tuple[tuple[str, str, str], ...]:
    """(name, figure, what it is held against), five of them."""
    sides = "" if found.alignment is None else "; mean of both sides"
    rank = min(found.points, found.dimensions)
    alignment = ("Alignment", "–", "there are no positive pairs")
    if found.alignment is not None:
        note = f"mean squared distance of {found.points:,} pairs; 0 is perfect"
        alignment = ("Alignment", f"{found.alignment:.3f}", note)
    return (
        ("Uniformity", number(found.uniformity), f"optimum {number(found.optimum)}{sides}"),
        alignment,
        ("Mean cosine", number(found.mean_cosine), "anisotropy; 0 is isotropic"),
        ("Effective rank", f"{found.effective_rank:.1f}", f"of at most {rank}"),
        ("Largest eigenvalue", f"{found.largest:.1f}", _bound(found)),
    )


def _bound(found: Portrait) -> str:
    if found.gao_applies:
        return "Gao's bound holds" if found.gao_holds else "Gao's bound is broken"
    part = "holds" if _lower_holds(found) else "is broken"
    return f"lower part of Gao's bound {part}; the upper presumes no negative similarity"


def _lower_holds(found: Portrait) -> bool:
    return found.gao_lower <= found.largest * (1 + 1e-5)  # but for rounding


def cosines(found: Portrait) -> str:
    """How the cosines compare with those of a uniform distribution, in words."""
    spread = found.dimensions**-0.5
    return (
        f"The mean cosine is {number(found.mean_cosine)}. Directions spread evenly over this "
        f"sphere have a mean of 0 and a standard deviation of {spread:.3f}, one over the root of D."
    )


def gao(found: Portrait) -> str:
    """Gao's bound with its figures, and whether it holds, in words."""
    text = f"Gao's bound: {found.gao_lower:,.1f} ≤ λmax = {found.largest:,.1f}"
    if found.gao_applies:
        verdict = "holds" if found.gao_holds else "does not hold"
        return f"{text} ≤ {found.gao_upper:,.1f} {verdict}; no similarity is negative."
    part = "holds" if _lower_holds(found) else "does not hold"
    upper = (
        f"here λmax lies below the sum, {found.gao_upper:,.1f}, all the same"
        if found.largest <= found.gao_upper * (1 + 1e-5)
        else f"here λmax lies above the sum, {found.gao_upper:,.1f}"
    )
    return (
        f"{text} {part}. The upper part presumes that no similarity is negative, and some are; "
        f"{upper}."
    )


def distances(found: Portrait) -> str:
    """The positive pairs, in words; empty without any."""
    if found.alignment is None or found.pair_distances is None:
        return ""
    near = float((found.pair_distances < 2**0.5).mean())
    return (
        f"The root of alignment is {found.alignment**0.5:.3f}; {near:.1%} of the pairs lie nearer "
        "than two vectors at right angles."
    )
