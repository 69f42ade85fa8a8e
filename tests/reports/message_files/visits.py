"""Visits of people to the blocks of series, by the rows of the file of checkpoints."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.reports.message_files.made_rows import Row
from tests.reports.message_files.receipt_facts import company

NAMES = {0: "waiting", 1: "exited_primary", 2: "exited_alternate", 3: "exited_split", 4: "expired", 5: "exited_series"}
"""Proposed names of codes: the vendor does not publish them."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A checkpoint; `first`: the person, for the company, was not at the block before."""

    id: str
    row: Row
    first: bool

    @property
    def edge(self) -> str | None:
        name = self.row["status_name"]
        return str(name) if name is not None else NAMES.get(self.row["status_code"])


def visits(rows: Iterable[Row]) -> list[Visit]:
    """The visits by time."""
    seen = set()
    found = []
    for row in sorted(rows, key=lambda row: row["created_at"]):
        who = row["user_id"], company(row), row["ruleset_id"]
        found.append(Visit("/".join(map(str, (*who, row["created_at"]))), row, who not in seen))
        seen.add(who)
    return found


def of_visit(word: str, visit: Visit) -> Any:
    """The value of a visit under a word, None if there is none."""
    match word:
        case "company":
            return company(visit.row)
        case "left_by":
            return visit.edge
        case "node":
            return visit.row["ruleset_id"]
        case "status":
            return visit.row["status_name"]
    return visit.row["status_code"]
