"""An answer as columns of figures: one for each group worth a colour, the others together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indexer.reports import Answer

COLOURS = 6
"""How many groups have a colour of their own; the others are summed up."""


@dataclass(frozen=True, slots=True)
class Series:
    """One group, or several as one: its figures stand in the order of the periods.

    `style` names its colour in the style sheet: `s0` … `s5`, `other` and `none`.
    """

    label: str
    style: str
    figures: Sequence[int]

    @property
    def total(self) -> int:
        """Of all periods."""
        return sum(self.figures)


def series_of(answer: Answer) -> tuple[list[date], list[Series]]:
    """The periods, and the series: the largest groups first, then all others, then what has no value."""
    periods = sorted({row.period for row in answer.rows})
    place = {period: position for position, period in enumerate(periods)}
    figures: dict[str | None, list[int]] = {}
    for row in answer.rows:
        figures.setdefault(row.group, [0] * len(periods))[place[row.period]] = row.count
    if answer.group_by is None:
        return periods, [Series(answer.unit, "s0", figures[None])]
    named = sorted((group for group in figures if group is not None), key=lambda group: (-sum(figures[group]), group))
    found = [Series(group, f"s{position}", figures[group]) for position, group in enumerate(named[:COLOURS])]
    if others := named[COLOURS:]:
        summed = [sum(column) for column in zip(*(figures[group] for group in others), strict=True)]
        found.append(Series(others[0] if len(others) == 1 else f"{len(others):,} others", "other", summed))
    if None in figures:
        found.append(Series("(none)", "none", figures[None]))
    return periods, found
