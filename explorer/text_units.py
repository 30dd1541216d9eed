"""Places in a text as Qt counts them: a character beyond the first 65,536 of Unicode is two."""


def units(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """``span`` of characters in UTF-16 units, as Qt's strings count."""
    before, inside = (
        len(part.encode("utf-16-le", "surrogatepass")) // 2
        for part in (text[: span[0]], text[slice(*span)])
    )
    return before, before + inside
