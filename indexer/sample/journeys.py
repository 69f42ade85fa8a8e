"""How people go through the two series of the sample workspace, block by block: a checkpoint for each block."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from indexer.sample.people import Contact
from indexer.sample.proportions import scattered
from indexer.sample.responses import RESPONSES
from indexer.sample.sample_workspace import TEAMMATES
from indexer.sample.sent import Sent

if TYPE_CHECKING:
    from indexer.sample.authors import Json

_HOUR = 3600
_DAY = 24 * _HOUR
_HALF_A_DAY = 12 * _HOUR
_MONTH = 30 * _DAY

_WAITING, _PRIMARY, _ALTERNATE, _SPLIT, _EXPIRED, _EXITED = range(6)
_EXIT_SHARE = 0.02
"""Of the visits to a block, so many end because the person meets the exit rules of the series."""


class Block(NamedTuple):
    """A block of a series. One with a content type sends a message.

    A visit takes about `takes` seconds; the share `passes` of the visitors leaves by the primary edge. The others leave
    after `expires` seconds: by the alternate edge to the block `otherwise`, or out of the series. From a split the
    visitors go to one of its `paths`.
    """

    node_id: str
    ruleset_id: str
    takes: int
    expires: int
    passes: float = 1.0
    content_type: str | None = None
    title: str | None = None
    otherwise: "Block | None" = None
    paths: tuple["Block", ...] = ()


class Series(NamedTuple):
    """A series of the workspace, and the share of the people who go through it a second time."""

    id: str
    ruleset_id: str
    title: str
    blocks: tuple[Block, ...]
    again: float = 0.0


WELCOME = Series(
    "9101",
    "32001",
    "Welcome to Tidewater",
    (
        Block("1", "32002", 60, _DAY, 1, "Email", "Welcome to Tidewater"),
        Block(
            "2",
            "32003",
            _DAY,
            3 * _DAY,
            0.65,
            otherwise=Block("3", "32004", _HOUR, _DAY, 1, "Email", "Three minutes to your first location"),
        ),
        Block(
            "4",
            "32005",
            30,
            _DAY,
            1,
            "Series Edge Split",
            "Tip as a mail or as a post",
            paths=(
                Block("5", "32006", 60, _DAY, 1, "Email", "Tip: reminders that people read"),
                Block("6", "32007", 8 * _HOUR, 3 * _DAY, 0.8, "Post", "Tip: reminders that people read"),
            ),
        ),
        Block("7", "32008", 4 * _DAY, 9 * _DAY),
        Block("8", "32009", _DAY, 5 * _DAY, 0.7, "Chat", "How is it going?"),
    ),
)

WIN_BACK = Series(
    "9102",
    "32101",
    "We miss you",
    (
        Block("1", "32102", 60, _DAY, 1, "Email", "Your calendar is still here"),
        Block("2", "32103", 7 * _DAY, 10 * _DAY),
        Block("3", "32104", 2 * _HOUR, 2 * _DAY, 0.85, "Push", "Two weeks for free"),
    ),
    again=0.15,
)

NODES_OF_WELCOME = tuple(
    block.ruleset_id
    for first in WELCOME.blocks
    for block in (first, first.otherwise, *first.paths)
    if block is not None
)
"""The rulesets of the blocks of the longer series, by which reports know them."""

MOST_RECEIPTS = 16
"""No person gets more receipts out of a series, even one who goes through it twice."""


class Journey:
    """A person's way through a series; its `lines` are receipts, events and checkpoints."""

    def __init__(self, series: Series, draw: Callable[[], float], end: int, contact: Contact, first_id: int) -> None:
        """The ids of its receipts begin with `first_id`; what happens at `end` or later has not happened yet."""
        self.lines: list[Json] = []
        self._series = series
        self._draw = draw
        self._end = end
        self._contact = contact
        self._next_id = first_id
        self._now = 0
        self._ruleset_id = series.ruleset_id

    def begin(self, at: int) -> None:
        """Go through the series from `at` on (epoch seconds), and perhaps once more, a month after the end."""
        ended_at = self._go(at)
        if self._draw() < self._series.again and ended_at is not None and ended_at + _MONTH < self._end:
            self._go(ended_at + _MONTH)

    def _go(self, at: int) -> int | None:
        """Returns when the person left the series, None for one who is still in it."""
        self._now = at
        entry = self._send(self._series.ruleset_id, "Series", self._series.title)
        kind = self._walk()
        entry.now = self._now
        match kind:
            case "series_completion":
                entry.add(kind, completion_node_ruleset_id=self._ruleset_id)
                if entry.happens(0.2):
                    entry.later(_DAY)
                    entry.add("goal_success")
            case "series_disengagement":
                entry.add(kind, disengaged_node_ruleset_id=self._ruleset_id)
            case "series_exit":
                entry.add(kind)
        self.lines += entry.lines
        return self._now if kind else None

    def _walk(self) -> str | None:
        """The kind of event that ended the way; None while the person still waits at a block."""
        for first in self._series.blocks:
            block: Block | None = first
            while block is not None:
                self._ruleset_id = block.ruleset_id
                status, following = self._visit(block)
                if status == _WAITING:
                    return None
                if status == _EXITED:
                    return "series_exit"
                if status == _EXPIRED:
                    return "series_disengagement"
                block = following
        return "series_completion"

    def _visit(self, block: Block) -> tuple[int, Block | None]:
        """Write the checkpoint; returns its status, and the block that the edge leads to if it is not the next one."""
        created_at, following = self._now, None
        leaves_at = created_at + min(block.expires, 1 + scattered.pick(block.takes, self._draw()))
        if self._draw() < _EXIT_SHARE:
            status = _EXITED
        elif self._draw() >= block.passes:
            status, following = (_EXPIRED if block.otherwise is None else _ALTERNATE), block.otherwise
            leaves_at = created_at + block.expires
        elif block.paths:
            status, following = _SPLIT, block.paths[int(self._draw() * len(block.paths))]
        else:
            status = _PRIMARY
        if leaves_at >= self._end:
            checks = (self._end - 1 - created_at) // _HALF_A_DAY
            self._check(block, created_at, created_at + checks * _HALF_A_DAY, _WAITING)
            return _WAITING, None
        self._check(block, created_at, leaves_at, status)
        self._now = leaves_at
        if block.content_type and block.title and status in (_PRIMARY, _SPLIT):
            sent = self._send(block.ruleset_id, block.content_type, block.title, block.node_id)
            if status == _SPLIT:
                sent.receipt["content_id"] = f"4{following.ruleset_id}" if following else None
            else:
                RESPONSES[block.content_type](sent, 1.1)
            self.lines += sent.lines
        return status, following

    def _send(self, ruleset_id: str, content_type: str, title: str, node_id: str | None = None) -> Sent:
        sent = Sent(self._draw, self._end, str(self._next_id), self._now, self._contact)
        self._next_id += 1
        sent.receipt |= {
            "ruleset_id": ruleset_id,
            "content_id": f"4{ruleset_id}",
            "content_type": content_type,
            "content_title": title,
            "ruleset_version_id": f"5{ruleset_id}",
            "series_id": self._series.id,
            "series_title": self._series.title,
            "node_id": node_id,
            "last_state_changed_by": TEAMMATES[int(self._series.id) % len(TEAMMATES)].id,
        }
        return sent

    def _check(self, block: Block, created_at: int, processed_at: int, status: int) -> None:
        company = self._contact.company
        self.lines.append(
            {
                "type": "checkpoint",
                "user_id": self._contact.id,
                "company_id": company and company["id"],
                "ruleset_id": block.ruleset_id,
                "status_code": status,
                "status_name": None,
                "created_at": created_at,
                "last_processed_at": processed_at,
                "expires_at": created_at + block.expires,
                "times_processed": 1 + (processed_at - created_at) // _HALF_A_DAY,
            }
        )
