"""The statistics of messages: one for each file of the vendor's export, with its columns and content types.

The list, the columns and the content types are those of the vendor's description of the export. It names no content
types for the four statistics that only e-mails have; these follow from their descriptions.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple


class Statistic(NamedTuple):
    """A statistic, which is one file of the export.

    `kind` is its name in records, documents and reports; `title` is the vendor's name for it; `happened` says what an
    event means. `at` is the column of its time, and `details` are its other columns, which tell two events of one
    second apart. `content_types` are those that can have it, empty if all can.
    """

    kind: str
    title: str
    happened: str
    at: str
    details: tuple[str, ...] = ()
    content_types: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        """The name of its file in the export."""
        return f"{self.kind}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its file, in the vendor's order; receipts and checkpoints have lists of their own."""
        return ("receipt_id", *_ORDERS.get(self.kind, (self.at, *self.details)))

    def can_be_of(self, content_type: str | None) -> bool:
        """Whether content of this type can have such an event; any event is possible for a type that is not known."""
        return content_type not in CONTENT_TYPES or not self.content_types or content_type in self.content_types


_ORDERS: Final = {
    "tour_step_view": ("step_id", "viewed_at"),
    "tour_step_failure": ("step_id", "failed_selector", "failure_url", "failed_at"),
}

POST: Final = "post"
BANNER: Final = "banner"
CHAT: Final = "chat"
EMAIL: Final = "email"
PUSH: Final = "push"
PRODUCT_TOUR: Final = "product_tour"
MOBILE_CAROUSEL: Final = "mobile_carousel"
CUSTOM_BOT: Final = "custom_bot"
SURVEY: Final = "survey"
SERIES: Final = "series"
SERIES_EDGE_SPLIT: Final = "series_edge_split"
CONTROL_GROUP: Final = "control_group"

OPEN: Final = "open"
CLICK: Final = "click"

CONTENT_TYPES: Final = frozenset({
    POST, BANNER, CHAT, EMAIL, PUSH, PRODUCT_TOUR, MOBILE_CAROUSEL, CUSTOM_BOT, SURVEY, SERIES, SERIES_EDGE_SPLIT,
    CONTROL_GROUP,
})  # fmt: skip
"""The known content types, in the form of `content_type_of`."""


def _of(*content_types: str) -> frozenset[str]:
    # The description of the export does not list surveys, so nothing is said to be impossible for them.
    return frozenset({*content_types, SURVEY})


EVENTS: Final[dict[str, Statistic]] = {
    statistic.kind: statistic
    for statistic in (
        Statistic(
            "button_tap",
            "Button tap",
            "the recipient tapped a button of the carousel",
            "button_action_tapped_at",
            (),
            _of(MOBILE_CAROUSEL),
        ),
        Statistic(
            CLICK,
            "Click",
            "the recipient clicked a link, a button or an image",
            "clicked_at",
            (),
            _of(POST, BANNER, CHAT, EMAIL),
        ),
        Statistic(
            "collected_email",
            "Collected email",
            "the recipient gave an e-mail address",
            "email_collected_at",
            ("email",),
            _of(CHAT),
        ),
        Statistic(
            "completion",
            "Completion",
            "the recipient completed the tour, carousel or bot",
            "completed_at",
            (),
            _of(CUSTOM_BOT, PRODUCT_TOUR, MOBILE_CAROUSEL),
        ),
        Statistic(
            "dismissal", "Dismissal", "the recipient dismissed the carousel", "dismissed_at", (), _of(MOBILE_CAROUSEL)
        ),
        Statistic(
            "goal_success",
            "Goal success",
            "the recipient reached the goal of the message",
            "goal_hit_at",
            (),
            _of(
                POST,
                BANNER,
                PRODUCT_TOUR,
                PUSH,
                CONTROL_GROUP,
                MOBILE_CAROUSEL,
                CHAT,
                EMAIL,
                SERIES,
                CUSTOM_BOT,
                SERIES_EDGE_SPLIT,
            ),
        ),
        Statistic("hard_bounce", "Hard bounce", "the e-mail was rejected for good", "hard_bounced_at", (), _of(EMAIL)),
        Statistic(OPEN, "Open", "the recipient opened the message", "opened_at", (), _of(POST, PUSH, CHAT, EMAIL)),
        Statistic(
            "permission_grant",
            "Permission grant",
            "the recipient granted a permission that the carousel asked for",
            "granted_at",
            ("permission_type",),
            _of(MOBILE_CAROUSEL),
        ),
        Statistic(
            "reaction",
            "Reaction",
            "the recipient reacted with an emoji",
            "reacted_at",
            ("reaction",),
            _of(POST, BANNER),
        ),
        Statistic("reply", "Reply", "the recipient replied", "replied_at", (), _of(POST, CHAT, CUSTOM_BOT, EMAIL)),
        Statistic(
            "screen_view",
            "Screen view",
            "the recipient saw a screen of the carousel",
            "viewed_at",
            (),
            _of(MOBILE_CAROUSEL),
        ),
        Statistic(
            "series_completion",
            "Series completion",
            "the recipient finished the series",
            "completed_at",
            ("completion_node_ruleset_id",),
            _of(SERIES),
        ),
        Statistic(
            "series_disengagement",
            "Series disengagement",
            "the recipient was disengaged from the series",
            "disengaged_at",
            ("disengaged_node_ruleset_id",),
            _of(SERIES),
        ),
        Statistic(
            "series_exit",
            "Series exit",
            "the recipient matched the exit rules of the series",
            "exited_at",
            (),
            _of(SERIES),
        ),
        Statistic(
            "soft_bounce",
            "Soft bounce",
            "the e-mail could not be delivered for the time being",
            "soft_bounced_at",
            (),
            _of(EMAIL),
        ),
        Statistic(
            "spam_complaint",
            "Spam complaint",
            "the recipient marked the e-mail as spam",
            "complained_at",
            (),
            _of(EMAIL),
        ),
        Statistic(
            "tour_step_failure",
            "Tour step failure",
            "a step of the tour failed to show",
            "failed_at",
            ("step_id", "failed_selector", "failure_url"),
            _of(PRODUCT_TOUR),
        ),
        Statistic(
            "tour_step_view",
            "Tour step view",
            "a step of the tour was shown",
            "viewed_at",
            ("step_id",),
            _of(PRODUCT_TOUR),
        ),
        Statistic("unsubscribe", "Unsubscribe", "the recipient unsubscribed", "unsubscribed_at", (), _of(EMAIL)),
    )
}
"""The statistics that are events of a receipt, by kind: all but receipts and checkpoints."""

RECEIPT: Final = "receipt"
CHECKPOINT: Final = "checkpoint"
FLAT: Final = "flat"
OTHER_EVENTS: Final = "other_events"
OTHER_COLUMNS: Final = ("type", "receipt_id", "at", "machine", "details")
"""The files, and shapes of rows, that are not events of one kind; any other one is a kind of event."""

FURTHER_DETAILS: Final = ("link", "screen_id", "button_id")
FURTHER_COLUMNS: Final = ("machine", *FURTHER_DETAILS)
"""Columns of events that the vendor's files do not have."""

FURTHER_OF_RECEIPTS: Final = ("country",)
"""Columns of receipts that the vendor's files do not have."""

RECEIPT_COLUMNS: Final = (
    "user_id", "user_external_id", "company_id", "email", "name", "ruleset_id", "content_id", "content_type",
    "content_title", "ruleset_version_id", "receipt_id", "received_at", "series_id", "series_title", "node_id",
    "last_state_changed_by",
)  # fmt: skip

CHECKPOINT_COLUMNS: Final = (
    "user_id", "company_id", "ruleset_id", "status_code", "status_name", "created_at", "last_processed_at",
    "expires_at", "times_processed",
)  # fmt: skip

FLAT_COLUMNS: Final = {
    "first_reply": "reply",
    "first_completion": "completion",
    "first_series_completion": "series_completion",
    "first_series_disengagement": "series_disengagement",
    "first_series_exit": "series_exit",
    "first_goal_success": "goal_success",
    "first_open": OPEN,
    "first_click": CLICK,
    "first_dismisall": "dismissal",
    "first_unsubscribe": "unsubscribe",
    "first_hard_bounce": "hard_bounce",
}
"""The columns of the vendor's flat export that follow those of a receipt but its last: the kinds of which they have the
first time, -1 for none. The misspelling is the vendor's."""


_WORDS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W_]+")


@lru_cache(maxsize=1024)
def content_type_of(said: str) -> str:
    """A content type in the form of `CONTENT_TYPES`: `Mobile Carousel` and `mobileCarousel` are `mobile_carousel`."""
    return "_".join(_WORDS.findall(said)).lower()
