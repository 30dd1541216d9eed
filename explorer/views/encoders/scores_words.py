"""What a cell of the table of scores means, in sentences."""

from collections import Counter

from explorer.views.encoders.scores_rows import Line, task_of
from models.data.senteval import TRANSFER_TASKS
from models.data.sts import STS_TASKS
from models.evaluation.score_table import Column
from models.evaluation.text_material import GEOMETRY, TRIPLETS
from models.evaluation.text_scores import Score
from models.printed import number


def facts(column: Column, score: Score) -> str:
    """The figures of a task, and what they were measured on."""
    if score.task in STS_TASKS:
        return _sts(column, score)
    if score.task in TRANSFER_TASKS:
        return _transfer(column, score)
    if score.task == GEOMETRY:
        return _geometry(score)
    if score.task == TRIPLETS:
        figures = score.figures
        return (
            f"{figures['ordered']:.2f} % of {score.count:,} triplets are in the right order; the "
            f"mean margin is {number(figures['margin'])}."
        )
    return ""


def absent(line: Line, column: Column) -> str:
    """Why there is nothing more to show of a cell."""
    row = line.row
    if line.entry is None:
        printed = row.figures.get(column.id)
        if printed is None:
            return line.why.get(column.id, "")
        figure = column.text(printed)
        return (
            f"{row.about} print {figure} for {row.name}. It was measured by them, not here, so "
            "there are no pairs to show."
        )
    if line.waits(column):
        return "It is being measured."
    if not task_of(column):
        known = column.id in row.figures
        return column.about if known else f"{line.why[column.id]} {column.about}"
    return line.why[column.id]


def _sts(column: Column, score: Score) -> str:
    parts = [f"Spearman {score.figures[score.task]:.2f} over {score.count:,} pairs at once."]
    if len(score.subsets) > 1:
        each = ", ".join(
            f"{name} {'–' if figure is None else f'{figure:.1f}'}"
            for name, figure in score.subsets.items()
        )
        parts.append(f"Each subset alone: {each}.")
    return " ".join(parts)


def _transfer(column: Column, score: Score) -> str:
    accuracy = score.figures[score.task]
    if score.folds:
        low, high = min(score.folds), max(score.folds)
        how = (
            f"{accuracy:.2f} % of {score.count:,} examples, the mean of ten folds, the worst at "
            f"{low:.2f} % and the best at {high:.2f} %."
        )
    else:
        how = f"{accuracy:.2f} % of {score.count:,} test examples."
    counts = Counter(score.l2)
    chosen = [f"λ = {l2:g}" + _folds(count, len(score.l2)) for l2, count in counts.most_common()]
    parts = [how, f"The classifier's penalty was chosen by validation: {', '.join(chosen)}."]
    if score.note:
        parts.append(score.note)
    return " ".join(parts)


def _folds(count: int, of: int) -> str:
    return f" in {count} of {of} folds" if of > 1 else ""


def _geometry(score: Score) -> str:
    figures = score.figures
    aligned = (
        f"Alignment {figures['alignment']:.3f} over the {score.alike:,} pairs judged above 4"
        if "alignment" in figures
        else "No pair is judged above 4, so there is no alignment"
    )
    return (
        f"{aligned}; uniformity {number(figures['uniformity'])} over all sentences of "
        f"{score.count:,} pairs of STS-B, all at length 1 (α = 2, t = 2)."
    )
