"""The messages that the sample workspace sends outside series: what they are, when they go out, how they are liked."""

from typing import NamedTuple

from indexer.sample.sample_workspace import TEAMMATES


class Campaign(NamedTuple):
    """A message; each of its `contents` is a version of an A/B test.

    `weight` is its share of all that is sent, in per cent. `begins` and `ends` are parts of the history, 0 to 1; if
    they are the same, everything is sent on one morning. `contents` and `versions` are ids: those of the contents, and
    those that the ruleset had in turn as it was edited. `liked` says for each of the contents how much more than usual
    its recipients do. Every `stride`th of the workspace's people gets the message. If it has a `control_group` (the id
    of its content), a sixth of them is sent nothing and only watched.
    """

    ruleset_id: str
    content_type: str
    title: str
    weight: int
    begins: float
    ends: float
    contents: tuple[str, ...]
    versions: tuple[str, ...]
    liked: tuple[float, ...] = (1.0,)
    stride: int = 1
    control_group: str | None = None
    to_leads_only: bool = False

    @property
    def state_changed_by(self) -> str:
        """The id of the teammate who set it live."""
        return TEAMMATES[int(self.ruleset_id) % len(TEAMMATES)].id


CAMPAIGNS = (
    Campaign(
        "31001",
        "Email",
        "Bookings that repeat are here 🎉",
        19,
        0.82,
        0.82,
        ("41001", "41002"),
        ("51001",),
        liked=(1.0, 1.35),
        control_group="41003",
    ),
    Campaign("31002", "Email", "Newsletter: a calmer spring", 7, 0.25, 0.25, ("41004",), ("51002",), stride=3),
    Campaign("31003", "Email", "Newsletter: ready for autumn", 9, 0.88, 0.88, ("41005",), ("51003",), (0.9,), 3),
    Campaign("31004", "Email", "Your card expires soon", 6, 0, 1, ("41006",), ("51004", "51005", "51006"), (1.2,), 7),
    Campaign("31005", "Chat", "Can we help you set up?", 8, 0.1, 1, ("41007",), ("51007", "51008"), stride=3),
    Campaign("31006", "Chat", "Where can we reach you?", 5, 0.3, 1, ("41008",), ("51009",), to_leads_only=True),
    Campaign("31007", "Post", 'New in the calendar: "Repeat"', 7, 0.8, 1, ("41009",), ("51010",)),
    Campaign("31008", "Banner", "Maintenance on Sunday morning", 7, 0.9, 0.93, ("41010",), ("51011",)),
    Campaign("31009", "Product Tour", "Your first location", 6, 0.2, 1, ("41011",), ("51012", "51013"), stride=7),
    Campaign("31010", "Mobile Carousel", "Bookings in your pocket", 5, 0.4, 1, ("41012",), ("51014",), stride=9),
    Campaign("31011", "Push", "You have a booking tomorrow", 7, 0.5, 1, ("41013",), ("51015",), stride=3),
    Campaign("31012", "Custom Bot", "Which plan fits you?", 4, 0.35, 1, ("41014",), ("51016",), stride=7),
    Campaign("31013", "Survey", "How are we doing?", 4, 0.7, 0.95, ("41015",), ("51017",), stride=3),
)
