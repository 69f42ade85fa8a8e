"""Where conversations come from, who starts them, and how fast people write there."""

from typing import Literal, NamedTuple

from indexer.sample.proportions import Mix

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Channel(NamedTuple):
    """A channel (`source.type`): median seconds until a teammate replies and until a customer answers."""

    name: str
    reply: int
    answer: int
    has_subject: bool = False
    has_bots: bool = False


MESSENGER = Channel("conversation", 6 * MINUTE, 4 * MINUTE, has_bots=True)
EMAIL = Channel("email", 90 * MINUTE, 3 * HOUR, has_subject=True)
WHATSAPP = Channel("whatsapp", 14 * MINUTE, 10 * MINUTE, has_bots=True)
PHONE = Channel("phone_call", 40, 2 * HOUR)
INSTAGRAM = Channel("instagram", 35 * MINUTE, 30 * MINUTE)
FACEBOOK = Channel("facebook", 35 * MINUTE, 30 * MINUTE)
SMS = Channel("sms", 12 * MINUTE, 8 * MINUTE)
PUSH = Channel("push", HOUR, 2 * HOUR)

StartedBy = Literal["customer_initiated", "automated", "admin_initiated", "operator_initiated"]
"""How a conversation starts (`source.delivered_as`)."""

DELIVERED_AS: Mix[StartedBy] = Mix(
    ("customer_initiated", 85), ("automated", 7), ("admin_initiated", 5), ("operator_initiated", 3)
)

CHANNELS: dict[StartedBy, Mix[Channel]] = {
    "customer_initiated": Mix(
        (MESSENGER, 46), (EMAIL, 28), (WHATSAPP, 9), (PHONE, 8), (INSTAGRAM, 3), (FACEBOOK, 3), (SMS, 3)
    ),
    "automated": Mix((EMAIL, 55), (MESSENGER, 35), (PUSH, 5), (SMS, 5)),
    "admin_initiated": Mix((EMAIL, 75), (MESSENGER, 20), (WHATSAPP, 5)),
    "operator_initiated": Mix((MESSENGER, 100)),
}
"""The channels of each way to start."""
