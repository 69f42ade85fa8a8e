"""Words of vocabularies and names of fields as headings."""

_ABBREVIATIONS = {"ai": "AI", "sla": "SLA"}


def heading(word: str) -> str:
    """The word as a heading: `sla_status` is `SLA status`."""
    first, *others = (_ABBREVIATIONS.get(one, one) for one in word.split("_"))
    return " ".join([first[:1].upper() + first[1:], *others])
