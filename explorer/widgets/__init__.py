"""Small controls that every workspace shares; all follow the theme and the size of text."""

from explorer.widgets.buttons import Button, Chip, IconButton
from explorer.widgets.choice import Choice
from explorer.widgets.containers import Card, Divider, EmptyState, ScrollPage
from explorer.widgets.field import SearchField
from explorer.widgets.menu import Menu
from explorer.widgets.number import DecimalField, NumberField
from explorer.widgets.segmented import Segmented
from explorer.widgets.slider import LabelledSlider
from explorer.widgets.spinner import Spinner
from explorer.widgets.text import ElidedLabel, IconLabel, Label

__all__ = [
    "Button",
    "Card",
    "Chip",
    "Choice",
    "DecimalField",
    "Divider",
    "ElidedLabel",
    "EmptyState",
    "IconButton",
    "IconLabel",
    "Label",
    "LabelledSlider",
    "Menu",
    "NumberField",
    "ScrollPage",
    "SearchField",
    "Segmented",
    "Spinner",
]
