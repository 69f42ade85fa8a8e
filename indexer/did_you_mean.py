"""Names that may have been meant in place of one that does not exist."""

from collections.abc import Iterable, Sequence


def near_names(written: str, known: Iterable[str], *, most: int = 3, cutoff: float = 0.6) -> list[str]:
    """The known names that are spelled most like the written one, the nearest first, whatever their capitals.

    `cutoff` is how alike they must be, from 0 (not at all) to 1 (equal).
    """
    from difflib import get_close_matches  # needed only after a slip

    by_spelling: dict[str, str] = {}
    for name in known:
        by_spelling.setdefault(name.casefold(), name)
    return [by_spelling[one] for one in get_close_matches(written.casefold(), by_spelling, n=most, cutoff=cutoff)]


def did_you_mean(near: Sequence[str]) -> str:
    """The question `did you mean A or B?`; empty without a near name."""
    return f"did you mean {' or '.join(near)}?" if near else ""
