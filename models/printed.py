"""Figures as people read them: with a true minus, and none before what rounds to nothing."""


def number(value: float, digits: int = 3) -> str:
    """``value`` with so many decimals."""
    return _true(f"{value:.{digits}f}")


def signed(value: float, digits: int = 3) -> str:
    """The same with its sign, of which what rounds to nothing has none."""
    return _true(f"{value:+.{digits}f}")


def _true(text: str) -> str:
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")
