"""The colours of both themes, and the measure by which they were chosen."""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role, all ``#rrggbb``.

    ``text``, ``muted`` and ``faint`` reach a contrast of 4.5:1 on ``window`` and ``surface``;
    ``text`` and ``muted`` also on ``raised``, ``accent_soft`` and ``highlight``. So do the
    state colours and ``accent`` on ``surface``, which lets them colour text.
    """

    name: ThemeName
    window: str  # page background
    surface: str  # cards, menus, inputs
    raised: str  # hover, pressed, wells
    line: str  # hairlines
    edge: str  # borders of controls, which must be seen
    text: str
    muted: str
    faint: str  # placeholders, disabled
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str  # background of what is selected
    danger: str
    warning: str
    ok: str
    highlight: str  # background of a highlighted sentence
    globe: str  # fill of the sphere
    grid: str  # graticule
    scrim: str  # laid over the window at half strength behind a sheet


LIGHT = Theme(
    name="light",
    window="#f5f6f9",
    surface="#ffffff",
    raised="#eceef3",
    line="#e2e5ec",
    edge="#c9cedb",
    text="#1a1d26",
    muted="#525a6c",
    faint="#687083",
    accent="#4f46e0",
    accent_hover="#4238c9",
    on_accent="#ffffff",
    accent_soft="#e9e8fd",
    danger="#c2293d",
    warning="#8c5a00",
    ok="#1c7748",
    highlight="#ffefb3",
    globe="#fcfcfe",
    grid="#d9dde7",
    scrim="#2a2e3b",
)

DARK = Theme(
    name="dark",
    window="#111217",
    surface="#191b21",
    raised="#242730",
    line="#2a2d37",
    edge="#434858",
    text="#e7e9f0",
    muted="#a9afbf",
    faint="#888fa0",
    accent="#9391fb",
    accent_hover="#a9a7ff",
    on_accent="#14132b",
    accent_soft="#2a2951",
    danger="#ff7d86",
    warning="#efb54a",
    ok="#5ccb90",
    highlight="#4d4110",
    globe="#1b1d25",
    grid="#333744",
    scrim="#000000",
)


def luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb`` in 0..1 (WCAG 2.2, "relative luminance")."""
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
