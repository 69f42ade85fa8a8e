"""Which field of one side is compared with which field of the other.

Two documents of one shape are compared field by field under the same names. The three pipelines stand side by side
inside each document under names of their own, so that their pairs are written down here.
"""

from typing import Literal, NamedTuple

Pipeline = Literal["new", "legacy", "rest"]
"""The three generations of definitions that each document carries (docs/metrics.md)."""


class Pair(NamedTuple):
    """Two paths with dots into the two sides' documents, such as `first_response_time`, `legacy.time_to_admin_reply`.

    The path tells the pipeline: `statistics.` is rest, `legacy.` is legacy, every other field is of the new pipeline.
    """

    left: str
    right: str

    @property
    def name(self) -> str:
        """What people call it: the one path, or both."""
        return self.left if self.left == self.right else f"{self.left} ~ {self.right}"


def same(path: str) -> Pair:
    """The pair of a field with itself."""
    return Pair(path, path)


def pipeline_of(path: str) -> Pipeline:
    """The pipeline that defines the field of a path."""
    if path.startswith("statistics."):
        return "rest"
    return "legacy" if path.startswith("legacy.") else "new"


_NEW_AND_REST = [
    Pair("started_at", "statistics.first_contact_reply_at"),
    Pair("first_response_at", "statistics.first_admin_reply_at"),
    Pair("last_closed_at", "statistics.last_close_at"),
    Pair("first_response_time", "statistics.time_to_admin_reply"),
    Pair("first_response_time_ooo", "statistics.time_to_admin_reply"),
    Pair("time_to_last_close", "statistics.time_to_last_close"),
    Pair("time_to_last_close_ooo", "statistics.time_to_last_close"),
    Pair("median_reply_time", "statistics.median_time_to_reply"),
    Pair("median_reply_time_ooo", "statistics.median_time_to_reply"),
    Pair("reply_times", "statistics.reply_times"),
    Pair("reply_times_ooo", "statistics.reply_times"),
]

_NEW_AND_LEGACY = [
    Pair("started_at", "legacy.conversation_created_at"),
    Pair("started_at", "legacy.first_user_reply_at"),
    Pair("first_response_at", "legacy.first_admin_reply_at"),
    Pair("last_closed_at", "legacy.last_close_at"),
    Pair("first_response_time", "legacy.time_to_admin_reply"),
    Pair("first_response_time_ooo", "legacy.time_to_admin_reply_ooo"),
    Pair("time_to_last_close", "legacy.time_to_last_close"),
    Pair("time_to_last_close_ooo", "legacy.time_to_last_close_ooo"),
]

_REST_AND_LEGACY = [
    Pair("statistics.first_contact_reply_at", "legacy.first_user_reply_at"),
    Pair("statistics.first_admin_reply_at", "legacy.first_admin_reply_at"),
    Pair("statistics.first_assignment_at", "legacy.first_assignment_at"),
    Pair("statistics.last_assignment_at", "legacy.last_assignment_at"),
    Pair("statistics.first_close_at", "legacy.first_close_at"),
    Pair("statistics.last_close_at", "legacy.last_close_at"),
    Pair("statistics.count_reopens", "legacy.count_reopens"),
    Pair("statistics.count_assignments", "legacy.count_assignments"),
    Pair("statistics.time_to_admin_reply", "legacy.time_to_admin_reply_ooo"),
    Pair("statistics.time_to_first_close", "legacy.time_to_first_close_ooo"),
    Pair("statistics.time_to_last_close", "legacy.time_to_last_close_ooo"),
]

_PAIRS: dict[tuple[Pipeline, Pipeline], list[Pair]] = {
    ("new", "rest"): _NEW_AND_REST,
    ("new", "legacy"): _NEW_AND_LEGACY,
    ("rest", "legacy"): _REST_AND_LEGACY,
}


def pairs_between(left: Pipeline, right: Pipeline) -> list[Pair]:
    """The fields that two pipelines both have, in the order of a conversation; none for a pipeline with itself."""
    if (left, right) in _PAIRS:
        return _PAIRS[left, right]
    return [Pair(pair.right, pair.left) for pair in _PAIRS.get((right, left), [])]
