"""What the cards of all trained encoders say alike."""

from models.training.settings import Settings
from models.training.shelf import RunCard


def optimised(settings: Settings, run: RunCard) -> str:
    """How the weights were found."""
    return (
        f"- Optimiser: {settings.optimiser}, peak learning rate {settings.rate:g}, "
        f"{settings.schedule} schedule, weight decay {settings.decay:g}, {run.step:,} of "
        f"{run.steps:,} steps, seed {settings.seed}, on {settings.device}."
    )


def course(run: RunCard, what: str) -> list[str]:
    """Alignment and uniformity of ``what`` before and after; nothing where none were measured."""
    if not run.trail:
        return []
    first, last = run.trail[0], run.trail[-1]
    return [
        f"- Alignment {first.alignment:.3f} before and {last.alignment:.3f} after training, "
        f"uniformity {first.uniformity:.3f} and {last.uniformity:.3f} (α = 2, t = 2, normalised "
        f"{what})."
    ]
