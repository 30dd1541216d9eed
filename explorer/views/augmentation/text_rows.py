"""From what was drawn to rows of a card."""

from collections.abc import Sequence

from explorer.views.augmentation.text_methods import METHODS
from explorer.views.augmentation.text_runs import Run, edited_runs, erased_runs
from explorer.views.augmentation.text_views import ViewRow
from models.augment.edited import Edited
from models.augment.text_passes import Passes
from models.augment.text_studio import StudioRequest


def edit_rows(views: Sequence[Edited]) -> tuple[ViewRow, ...]:
    """A row for each view that is an edit of words."""
    return tuple(ViewRow(edited_runs(view)) for view in views)


def note(name: str, rows: Sequence[ViewRow], share: float) -> str:
    """Why no view differs from the sentence, if none does; ``share`` is what was to change."""
    if not rows or any(row.differs for row in rows):
        return ""
    if share == 0 and name != "delete-one":
        return "Nothing changes at a share of 0%."
    if name in ("synonym", "insertion"):
        return "WordNet, which is English, has no synonyms of these words."
    if name == "deletion":
        return "No word was dropped this time."
    return "The sentence is too short for anything to change."


def plain_rows(request: StudioRequest) -> tuple[ViewRow, ...]:
    """The sentence as it is, until it is known what is erased of it."""
    return (ViewRow((Run(request.text),)),) * request.count


def pass_rows(name: str, passes: Passes) -> tuple[ViewRow, ...]:
    """A row for each view of ``name`` that is made inside the network."""
    if name in passes.spans:
        text, kind = passes.request.text, METHODS[name].erased
        return tuple(ViewRow(erased_runs(text, spans, kind)) for spans in passes.spans[name])
    return tuple(ViewRow(masks=masks) for masks in passes.masks[name])
