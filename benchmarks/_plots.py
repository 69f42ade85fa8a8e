"""The plots of docs/performance.md out of the newest kept results: `python -m benchmarks._plots`.

A plot whose benchmark has not been kept yet is left as it is.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks._harness import to_stderr
from benchmarks._results import newest

PLOTS = Path(__file__).parents[1] / "docs" / "performance"

_OURS, _THEIRS = "#1f6feb", "#9aa4b2"
_Run = Mapping[str, Any]


def main() -> None:
    """Draw every plot that there are results for."""
    # The same results give the same file, and text stays text.
    mpl.rcParams.update({"svg.hashsalt": "performance", "svg.fonttype": "none", "font.size": 9})
    PLOTS.mkdir(exist_ok=True)
    runs = newest()
    for name, (benchmark, draw) in _PLOTS.items():
        if benchmark not in runs:
            to_stderr(f"{name}: keep a run first: python -m benchmarks {benchmark} --keep")
            continue
        figure = Figure(figsize=(6.4, 2.6), layout="constrained")
        draw(figure.subplots(), runs[benchmark])
        file = PLOTS / f"{name}.svg"
        figure.savefig(file, metadata={"Date": None})
        to_stderr(str(file))


def _compute(axes: Axes, run: _Run) -> None:
    found = run["figures"]
    _bars(
        axes,
        "microseconds for a ten-part conversation (fewer is better)",
        {
            "decode and encode its JSON": found["microseconds_per_conversation_json"],
            "its document": found["microseconds_per_conversation_without_office_hours"],
            "its document, with office hours": found["microseconds_per_conversation"],
        },
        ours={"its document", "its document, with office hours"},
    )


def _live(axes: Axes, run: _Run) -> None:
    found = run["figures"]
    _bars(
        axes,
        "changes a second (more is better)",
        {
            "one task and index request each": found["tasks_per_index_per_second"],
            "one task each that does nothing": found["noop_tasks_per_second"],
            "ours": found["changes_per_second"],
        },
    )


def _backfill(axes: Axes, run: _Run) -> None:
    found = run["figures"]
    _bars(
        axes,
        "conversations a second (more is better)",
        {
            "one task and index request each": found["tasks_per_second"],
            "parallel_bulk, from the store": found["parallel_bulk_from_store_per_second"],
            "parallel_bulk, documents in memory": found["parallel_bulk_per_second"],
            "ours, from the store": found["conversations_per_second"],
            "ceiling: finished requests": found["ceiling_per_second"],
        },
        ours={"ours, from the store"},
    )


def _backfill_over_time(axes: Axes, run: _Run) -> None:
    rates = run["series"]["large_per_second"]
    axes.plot(range(1, len(rates) + 1), rates, color=_OURS)
    axes.set_xlabel("seconds since the backfill was ordered")
    axes.set_ylabel("conversations a second")
    axes.set_ylim(bottom=0)


def _bars(axes: Axes, title: str, values: Mapping[str, float], ours: set[str] | None = None) -> None:
    drawn = axes.barh(
        list(values), list(values.values()), color=[_OURS if name in (ours or {"ours"}) else _THEIRS for name in values]
    )
    axes.bar_label(drawn, fmt="{:,.0f}", padding=3)
    axes.margins(x=0.15)
    axes.set_title(title, fontsize=9, loc="left")
    axes.spines[["top", "right"]].set_visible(False)


_PLOTS: Mapping[str, tuple[str, Callable[[Axes, _Run], None]]] = {
    "compute": ("compute", _compute),
    "live": ("live", _live),
    "backfill": ("backfill", _backfill),
    "backfill-over-time": ("backfill", _backfill_over_time),
}

if __name__ == "__main__":
    main()
