"""From one total to another in steps: the bars of a waterfall, for text and for drawings."""

from collections.abc import Iterable
from typing import NamedTuple


class WaterfallBar(NamedTuple):
    """A total (`change` is None), or a step that leads from the total before it to `total`."""

    label: str
    change: int | None
    total: int

    @property
    def ends(self) -> tuple[int, int]:
        """The ends of the bar, the lower first: a total starts at 0, a step at the total beside it."""
        if self.change is None:
            return 0, self.total
        return min(self.total - self.change, self.total), max(self.total - self.change, self.total)

    @property
    def said(self) -> str:
        """The number of the bar, with a sign if it is a step."""
        return f"{self.total:,}" if self.change is None else f"{self.change:+,}"

    def text(self, top: int, width: int) -> str:
        """The bar on a scale of `width` characters that ends at `top`; a bar that is not empty has at least one."""
        low, high = (round(end * width / max(top, 1)) for end in self.ends)
        if self.ends[0] < self.ends[1] and low == high:
            low = min(low, width - 1)
            high = low + 1
        mark = "#" if self.change is None else "+" if self.change > 0 else "-"
        return (" " * low + mark * (high - low)).ljust(width)


UNEXPLAINED = "unexplained"


def bars(first: tuple[str, int], steps: Iterable[tuple[str, int]], last: tuple[str, int]) -> list[WaterfallBar]:
    """The bars between two totals; if the steps leave a difference, it is one more, unexplained, before the last."""
    label, total = first
    found = [WaterfallBar(label, None, total)]
    for reason, change in steps:
        total += change
        found.append(WaterfallBar(reason, change, total))
    label, end = last
    if total != end:
        found.append(WaterfallBar(UNEXPLAINED, end - total, end))
    return [*found, WaterfallBar(label, None, end)]


def top_of(waterfall: Iterable[WaterfallBar]) -> int:
    """The highest end of any of the bars."""
    return max(bar.ends[1] for bar in waterfall)
