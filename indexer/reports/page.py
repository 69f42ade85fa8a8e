"""The page that explains each report's number to readers: docs/reports.md, made from the definitions."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from indexer.reports.definition import Definition
from indexer.reports.definition_words import in_words

_BEGINNING = """\
# Reports

What every number means: when it is counted, what is left out, and how it differs from a similar one. This page is
made from the definitions in `queries/` (`make docs`); `indexer report show NAME` shows the same, and the search of the
report.

## Rules for all reports

* `--from` and `--to` are local dates, both included, in the workspace's time zone (`indexer workspace set ID
  --time-zone ZONE`, UTC without a setting) or the one that `--time-zone` names. Headings and answers name the zone.
  `--as-of` without an offset is a local time of the same zone. A day begins when clocks first show it; if they go back
  over midnight, the minutes that they show again belong to the day that had begun. A week begins on Monday, or on the
  day that `--week-start` names; the first and the last one have only the days that are asked for. `--interval range`
  makes one period of the whole range.
* **The total is measured over the whole range**, never added up from rows: a conversation with three tags is in three
  groups and once in the total, and a median of days is not the median of the month.
* A report by `started_at` leaves out conversations in which no customer has written. A report by the time of an action
  counts a conversation in every period with such an action.
* A 1-day range may show replies that took several days: the axis decides whether they count, not how long they took.
* Durations are elapsed time, or time within office hours with `--office-hours` if a report has both.
* **Medians and percentiles are exact** below a million values in the whole range, and seconds are rounded half up to
  whole ones, as in documents; means are not rounded. With more values they come from a digest, and every output marks
  them with `≈` (`exact` is false in JSON): measured on 24,918 real incidents 44 times over, the digest is within
  0.5 % of the value. `--exact` refuses such a question instead, and `--no-exact` takes a lighter digest, exact below
  400,000 values. The total is the same however the range is cut and grouped.
* **Partial periods** are marked, with the days of the range that they have: a first or last week or month that the
  range cuts off, and a period that is not over.
* **A comparison** has the range of as many days before (`--compare`), each period beside as many days of it: a first
  week of four days stands beside the first four days of the earlier range. If the range is not over, the earlier one
  counts up to the same time of the corresponding day.
* **A range can end at a moment** (`--until`), as the earlier range of such a comparison does. Only what happened before
  it counts, and a first reply or a first open that is later has not come yet. The axis decides when something happened:
  a response time that counts on the day of the question has its whole length.
* **An average is computed from days**: the total of the complete days, divided by their number, times the days of a
  period (for a month, the average of the months in the range). So a week that the range cuts off makes no difference.
  Only numbers that add up over time have an average: counts (not those of distinct conversations in a report on
  actions) and sums.
* **Groups** come in the order of their ids. `--sort value`, `count` or `name` orders them by their numbers over the
  whole range, `--top N` shows the N largest, and `--min-count N` those that have N or more behind them. All groups
  that are left out are one row of *others*, which is measured like a group: a median over all their values, a count
  with each conversation once. Conversations without a value keep a row of their own, the last one.
* The total of a distribution is 100 percent; beside it is the number behind it.
* A mean, median, rate or share of nothing is empty, not 0; a count or sum of nothing is 0.
* In a report on conversations, *team* and *teammate* are those that the conversation is assigned to now. In a report on
  actions, *teammate* is the one who acted and *team* the one assigned at that moment; in a report on first replies they
  are those of the first reply. In both, `team_assigned` and `teammate_assigned` are the present ones.
* **Groups.** A report with a group "by default" is grouped by it if no group is asked for; `--group-by none` asks for
  the whole. A report on conversations that has groups can also be grouped by an attribute, `--group-by custom.NAME`.
* **Messages.** A count is of receipts, each once, on the day the message was sent, whenever the rest happened; a report
  *by day of event* counts on the day of the event. A rate names its denominator: *of sent* is all receipts, *of
  delivered* those without a hard bounce, above the line and below it. An event that the content type cannot have, an
  open or a click by a machine, and every open after the first are in no number (`machine_opens` and `machine_clicks`
  show the second). `version` is the version of an A/B test, which is a content of its own.
* **Several counts side by side** have each percentage beside the count that it belongs to, rounded half up to whole
  ones in tables and exact in JSON and CSV (`figures`, and a column for each). They are for the whole range unless an
  interval is asked for.
* **Parameters** replace a number of the definition: `--param target=30m`, as whole seconds or with `s`, `m`, `h`, `d`.
* If public definitions of a chart conflict, both are here under two names, and *about* explains the difference.
"""

_LEFT_OUT = ("name", "title", "about", "category", "filtered by")


def reports_page(reports: Iterable[Definition]) -> str:
    """The page as Markdown, of reports that come by category."""
    found = list(reports)
    names = {report.name: report for report in found}
    lines = [_BEGINNING]
    for category, members in groupby(found, key=lambda report: report.category):
        of_category = list(members)
        lines.append(f"## {category.capitalize()}\n")
        lines += [f"* [{report.title}](#{report.name}): `{report.name}`" for report in of_category]
        for report in of_category:
            lines += ["", f"### {report.name}", "", *_report(report, names)]
        lines.append("")
    return "\n".join(lines)


def _report(report: Definition, names: Mapping[str, Definition]) -> list[str]:
    words = in_words(report)
    return [
        f"**{report.title}.** {_linked(report, names)}",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {key} | {_cell(text)} |" for key, text in words.items() if key not in _LEFT_OUT),
    ]


def _linked(report: Definition, names: Mapping[str, Definition]) -> str:
    """The text about a report, with the other reports that it names as links."""

    def link(found: re.Match[str]) -> str:
        name = found[0]
        return f"[`{name}`](#{name})" if name in names and name != report.name else name

    return re.sub(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", link, report.about)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
