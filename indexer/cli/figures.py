"""Numbers of reports as people read them."""


def said(value: float | None, unit: str) -> str:
    """A number in its unit for a table: `4,980 (1 h 23 m)`, `66.7 %`, `-` for null."""
    if value is None:
        return "-"
    if unit == "percent":
        return f"{value:,.1f} %"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return f"{number} ({duration(value)})" if unit == "seconds" else number


def duration(seconds: float) -> str:
    """A length of time by its two largest units: `45 s`, `1 h 23 m`, `3 d 4 h`."""
    left = round(seconds)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        number, left = divmod(left, size)
        parts.append((number, unit))
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    shown = parts[first : first + 2]
    return " ".join(f"{number} {unit}" for number, unit in shown if number or (number, unit) == shown[0])
