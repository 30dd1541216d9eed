"""From the colours of a theme to what Qt paints with: a palette and a style sheet."""

import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from string import Template

from PySide6.QtGui import QColor, QPalette

from explorer import icons
from explorer.tokens import Theme


@cache
def _template() -> str:
    text = (files("assets") / "style.qss").read_text("utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def stylesheet(theme: Theme, scale: float) -> str:
    """The application's style sheet in the colours of ``theme``, every ``dp`` times ``scale``."""
    colors = asdict(theme)

    def path(match: re.Match[str]) -> str:
        return f'url("{icons.tinted(match[1], colors[match[2]])}")'

    text = Template(_template()).substitute(colors)
    text = re.sub(r"icon\(([\w-]+), (\w+)\)", path, text)
    return re.sub(r"(\d+)dp\b", lambda match: f"{round(int(match[1]) * scale)}px", text)


def palette(theme: Theme) -> QPalette:
    """What the style sheet does not reach: base style, own painting, item views."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.PlaceholderText: theme.faint,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.ToolTipBase: theme.surface,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.surface,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.edge,
        role.Shadow: theme.edge,
    }
    result = QPalette()
    for name, color in colors.items():
        result.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.faint))
    return result
