"""What recipients do with a message, by its content type; `liked` is how much more than usual."""

from collections.abc import Callable

from indexer.sample.proportions import Mix
from indexer.sample.sent import Sent

_MINUTE = 60
_HOUR = 3600

Response = Callable[[Sent, float], None]

_SITE = "https://app.tidewater.example"
_LINKS = Mix((f"{_SITE}/calendar", 5), (f"{_SITE}/pricing", 2), ("https://help.tidewater.example/articles/112", 3))
_REACTIONS = Mix(("👍", 5), ("❤️", 3), ("🎉", 3), ("😕", 1))
_TOUR = ("61001", "61002", "61003", "61004", "61005")
_FAILING = "61003"
_SCREENS = ("62001", "62002", "62003", "62004")
_PERMISSIONS = {"62002": ("push notifications", 0.45), "62003": ("location", 0.3)}


def _email(sent: Sent, liked: float) -> None:
    sent.now += 1
    if sent.happens(0.012):
        sent.add("hard_bounce")
        return
    if sent.happens(0.02):
        sent.add("soft_bounce")
        if sent.happens(0.7):
            return
    received_at = sent.now
    if sent.happens(0.15):
        _scan(sent)
    sent.now = received_at
    if not sent.happens(0.4 * liked):
        return
    sent.later(3 * _HOUR)
    sent.add("open")
    opened_at = sent.now
    if sent.happens(0.006):
        sent.add("spam_complaint")
    if sent.happens(0.02):
        sent.soon(_MINUTE)
        sent.add("unsubscribe")
        return
    _click(sent, 0.25 * liked)
    sent.now = opened_at
    if sent.happens(0.03):
        sent.later(_HOUR)
        sent.add("reply")
    _reach_goal(sent, 0.12 * liked)


def _scan(sent: Sent) -> None:
    """A proxy of the mail provider loads the pictures; a scanner also follows a link."""
    sent.now += 3
    sent.add("open", machine=True)
    if sent.happens(0.2):
        sent.now += 2
        sent.add("click", machine=True, link=_LINKS.pick(0))


def _chat(sent: Sent, liked: float) -> None:
    if sent.happens(0.5 * liked):
        sent.later(2 * _HOUR)
        sent.add("open")
        _click(sent, 0.12 * liked)
        if sent.happens(0.2 * liked):
            sent.later(5 * _MINUTE)
            sent.add("reply")
        _reach_goal(sent, 0.08)


def ask_lead(sent: Sent, liked: float) -> None:
    """Respond to a chat to people without an e-mail address, who may leave one."""
    address = sent.receipt["email"]
    sent.receipt["email"] = None
    if sent.happens(0.45 * liked):
        sent.soon(2 * _MINUTE)
        sent.add("open")
        if sent.happens(0.4):
            sent.soon(_MINUTE)
            sent.add("collected_email", email=address)


def _post(sent: Sent, liked: float) -> None:
    if sent.happens(0.55 * liked):
        sent.later(12 * _HOUR)
        sent.add("open")
        if sent.happens(0.2):
            sent.soon(20)
            sent.add("reaction", reaction=_REACTIONS.pick(sent.draw()))
        _click(sent, 0.18 * liked)
        if sent.happens(0.04):
            sent.later(20 * _MINUTE)
            sent.add("reply")
        _reach_goal(sent, 0.1)


def _banner(sent: Sent, liked: float) -> None:
    _click(sent, 0.1 * liked)
    if sent.happens(0.05):
        sent.soon(_MINUTE)
        sent.add("reaction", reaction=_REACTIONS.pick(sent.draw()))
    _reach_goal(sent, 0.03)


def _push(sent: Sent, liked: float) -> None:
    if sent.happens(0.22 * liked):
        sent.later(15 * _MINUTE)
        sent.add("open")
        _reach_goal(sent, 0.3)


def _tour(sent: Sent, liked: float) -> None:
    """Steps one after the other; one of them does not find its button in many browsers, which ends the tour."""
    for step in _TOUR:
        sent.soon(25)
        if step == _FAILING and sent.happens(0.35):
            sent.add(
                "tour_step_failure",
                step_id=step,
                failed_selector="#locations .add > button",
                failure_url=f"{_SITE}/settings/locations",
            )
            return
        sent.add("tour_step_view", step_id=step)
        if not sent.happens(0.85 * liked):
            return
    sent.soon(10)
    sent.add("completion")
    _reach_goal(sent, 0.4)


def _carousel(sent: Sent, liked: float) -> None:
    for screen in _SCREENS:
        sent.soon(8)
        sent.add("screen_view", screen_id=screen)
        if screen in _PERMISSIONS:
            permission, share = _PERMISSIONS[screen]
            if sent.happens(share):
                sent.soon(4)
                sent.add("permission_grant", permission_type=permission)
        if not sent.happens(0.86 * liked):
            if sent.happens(0.7):
                sent.soon(4)
                sent.add("dismissal")
            return
        sent.soon(4)
        sent.add("button_tap", screen_id=screen, button_id="start" if screen == _SCREENS[-1] else "next")
    sent.add("completion")
    _reach_goal(sent, 0.25)


def _custom_bot(sent: Sent, liked: float) -> None:
    if sent.happens(0.4 * liked):
        sent.soon(2 * _MINUTE)
        sent.add("reply")
        if sent.happens(0.6):
            sent.soon(2 * _MINUTE)
            sent.add("completion")
            _reach_goal(sent, 0.3)


def _survey(sent: Sent, liked: float) -> None:
    if sent.happens(0.25 * liked):
        sent.later(10 * _MINUTE)
        sent.add("completion")
    elif sent.happens(0.3):
        sent.soon(30)
        sent.add("dismissal")


def _control_group(sent: Sent, liked: float) -> None:
    _reach_goal(sent, 0.03 * liked)


def _click(sent: Sent, share: float) -> None:
    """One click, or several."""
    while sent.happens(share):
        sent.soon(40)
        sent.add("click", link=_LINKS.pick(sent.draw()))
        share = 0.3


def _reach_goal(sent: Sent, share: float) -> None:
    if sent.happens(share):
        sent.later(20 * _HOUR)
        sent.add("goal_success")


RESPONSES: dict[str, Response] = {
    "Email": _email,
    "Chat": _chat,
    "Post": _post,
    "Banner": _banner,
    "Push": _push,
    "Product Tour": _tour,
    "Mobile Carousel": _carousel,
    "Custom Bot": _custom_bot,
    "Survey": _survey,
    "Control Group": _control_group,
}
"""By the content type of a receipt."""
