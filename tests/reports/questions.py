"""Questions for the proof of reports: every interval and group, and by turns zones, windows and conditions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.reports import Definition
from tests.reports.made_workspaces import AS_OF, CHANGING, WINDOWS, YEARS, ZONES
from tests.reports.plain import REPORTS, Asked
from tests.reports.plain.days import WEEK
from tests.reports.plain.kinds import HOURS, PERCENTILES

INTERVALS = ("day", "week", "month", "range")

CONDITIONS: tuple[tuple[str, ...], ...] = (
    ("channel=email",),
    ("channel!=email", "channel!=phone_call"),
    ("tag=bug", "tag=login", "tag=billing"),
    ("tag!=bug",),
    ("tag=*",),
    ("tag!=*",),
    ("tag=<b>vip</b>", "tag=Ä", "tag=a=b", "channel!=sms"),
    ("rating>=4",),
    ("rating<=3",),
    ("rating>1", "rating<5"),
    ("rating!=5",),
    ("country=Ireland", "country=United States", "country=Germany"),
    ("continent!=EU",),
    ("team_assigned=814001", "team_assigned=814003", "team_assigned=T1"),
    ("team_participated=814001", "team_participated=T1"),
    ("teammate_assigned!=5101",),
    ("teammate_participated=*",),
    ("company=*",),
    ("delivered_as!=customer_initiated",),
    ("started_by=customer",),
    ("started_by=reply",),
    ("message_type=UserMessage", "state=closed"),
    ("state!=closed",),
    ("priority=high", "priority=urgent", "priority=medium"),
    ("closed_by=*",),
    ("closed_by!=*",),
    ("sla=Enterprise", "sla=Odd", "sla_status=missed"),
    ("sla_status!=hit",),
    ("sla_target=first_reply_time",),
    ("ai_participated=true",),
    ("ai_participated!=true",),
    ("ai_source!=workflow",),
    ("ai_answer=custom_answer", "ai_answer=ai_answer"),
    ("ai_resolution!=*",),
    ("bot_inbox=true",),
    ("bot_inbox=false",),
    ("rating_teammate=*",),
    ("custom.plan=Pro",),
    ("custom.plan!=Pro",),
    ("custom.trial=true", "custom.plan=*"),
    ("custom.account.size=small",),
    ("custom.seats!=*",),
    ("team=814001", "team=814002", "team=T1"),
    ("team!=*",),
    ("teammate=*", "teammate!=5102"),
)
"""Each is a way to narrow a report down; all operators are among them."""

CONDITIONS_ON_ACTIONS: tuple[tuple[str, ...], ...] = (
    ("assigned_teammate=*",),
    ("assigned_teammate!=*",),
    ("to_team=814001", "to_team=T1", "to_team=T2"),
    ("to_team!=814001",),
    ("to_teammate=*",),
    ("target=next_reply_time",),
    ("outcome!=missed", "channel!=email"),
    ("outcome=hit", "outcome=missed"),
)


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it is put to both."""

    asked: Asked
    compare: bool = False
    exact: bool = False

    def parameters(self, workspace: str) -> dict[str, object]:
        """By their names in the HTTP API."""
        asked = self.asked
        return {
            "workspace": workspace,
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "time_zone": asked.time_zone,
            "interval": asked.interval,
            "week_start": asked.week_start,
            "group_by": asked.group_by,
            "where": list(asked.where),
            "office_hours": asked.office_hours,
            "compare": self.compare,
            "exact": self.exact or None,
            "as_of": asked.as_of,
        }


def questions(definition: Definition) -> Iterator[Put]:
    """Every interval with every group that the report allows, as it is and narrowed down; and many years."""
    dice = random.Random(definition.name)
    of_the_present = definition.axis == "now"
    conditions = CONDITIONS + CONDITIONS_ON_ACTIONS if definition.has_actions else CONDITIONS
    measures = definition.measures_durations
    by_percentile = REPORTS[definition.name].number in PERCENTILES
    groups = (None, *definition.group_by)
    for interval in ["range"] if of_the_present else INTERVALS:
        for group_by in groups:
            asked = _cut(dice, interval, group_by)
            yield Put(asked, exact=by_percentile)
            if measures or by_percentile:
                yield Put(replace(asked, office_hours=measures))
            narrowed = replace(
                _cut(dice, interval, group_by),
                where=dice.choice(conditions),
                office_hours=measures and dice.random() < 0.5,
            )
            yield Put(narrowed, compare=not of_the_present, exact=by_percentile and dice.random() < 0.5)
    if not of_the_present and REPORTS[definition.name].parts != HOURS:
        yield Put(Asked(*YEARS, dice.choice(ZONES), "week", dice.choice(groups), as_of=AS_OF))


def questions_of_weeks(definition: Definition) -> Iterator[Put]:
    """Weeks from every day but Monday, with and without groups, in windows whose clocks change; and many years."""
    dice = random.Random(f"{definition.name} by week")
    measures = definition.measures_durations
    by_percentile = REPORTS[definition.name].number in PERCENTILES
    groups = (None, *definition.group_by)
    for position, week_start in enumerate(WEEK[1:]):
        window = WINDOWS[position % len(WINDOWS)]
        asked = Asked(*window, CHANGING[window], "week", dice.choice(groups), as_of=AS_OF, week_start=week_start)
        yield Put(replace(asked, group_by=None), compare=True, exact=by_percentile)
        yield Put(replace(asked, office_hours=measures), compare=True, exact=by_percentile)
        yield Put(replace(_cut(dice, "week", dice.choice(groups)), week_start=dice.choice(WEEK[1:])))
    if REPORTS[definition.name].parts != HOURS:
        yield Put(Asked(*YEARS, dice.choice(ZONES), "week", as_of=AS_OF, week_start=dice.choice(WEEK[1:])))


def _cut(dice: random.Random, interval: str, group_by: str | None) -> Asked:
    """A window in some zone, every other time in the one whose clocks change in it."""
    window = dice.choice(WINDOWS)
    zone = CHANGING[window] if dice.random() < 0.5 else dice.choice(ZONES)
    return Asked(*window, zone, interval, group_by, as_of=AS_OF)
