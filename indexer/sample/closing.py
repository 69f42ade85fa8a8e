"""How conversations end: settled, gone silent, left behind; with tags and the request for a rating."""

from indexer.sample.authors import Teammate
from indexer.sample.case import Case
from indexer.sample.channels import DAY, HOUR, MINUTE
from indexer.sample.phrases import BAD_REMARKS, CLOSINGS, GOOD_REMARKS, NUDGES, THANKS
from indexer.sample.proportions import Mix
from indexer.sample.replies import reply
from indexer.sample.routing import unassign
from indexer.sample.sample_workspace import OPERATOR

_ENDS = Mix(("closed with words", 38), ("answered and closed", 42), ("answered and left to the bot", 20))
_FURTHER_TAGS = ("bug", "vip", "follow-up")
_SCORES = Mix((5, 52), (4, 22), (3, 9), (2, 6), (1, 11))


def settle(case: Case, mate: Teammate, at: int) -> None:
    """Let a teammate give the answer that settles the matter, and the conversation be closed after it."""
    thread = case.thread
    answer = case.words(case.topic.answers)
    match _ENDS.pick(case.draw()):
        case "closed with words":
            if case.happens(0.5):
                reply(case, mate, at, answer)
                case.customer_message(thread.now + case.later(case.channel.answer), case.words(THANKS))
                mate, at = case.on_duty(case.soon(10 * MINUTE))
            _tag(case, mate, at)
            reply(case, mate, at, case.words(CLOSINGS), part_type="close")
        case "answered and closed":
            reply(case, mate, at, answer)
            _tag(case, mate, thread.now)
            if case.happens(0.02):
                unassign(case, mate, thread.now)
            thread.add("close", thread.now + case.soon(2 * MINUTE), mate.author)
        case _:
            reply(case, mate, at, answer)
            _tag(case, mate, thread.now)
            _close_by_bot(case)


def silence(case: Case, mate: Teammate) -> None:
    """Close a conversation whose customer does not answer any more, at times after asking once again."""
    if case.happens(0.3):
        thread = case.thread
        reply(case, mate, case.rota.next_covered(mate.team, thread.now + DAY), case.words(NUDGES))
    _tag(case, mate, case.thread.now)
    _close_by_bot(case)


def ask_for_rating(case: Case) -> None:
    """Ask the customer to rate the teammate, and let one in three do so within a few days."""
    thread = case.thread
    mate = thread.teammate
    requested_at = thread.now + case.soon(30)
    if mate is None or requested_at >= thread.end:
        return
    contact = case.contact
    case.rating = {
        "created_at": requested_at,
        "updated_at": requested_at,
        "contact": {"type": "contact", "id": contact.id, "external_id": contact.external_id},
        "teammate": mate.reference,
    }
    if not case.happens(0.36):
        return
    rated_at = requested_at + min(3 * DAY, case.later(HOUR))
    score = _SCORES.pick(case.draw())
    if case.happens(0.05):
        thread.add("conversation_rating_changed", rated_at, contact.author)
    if case.happens(0.3):
        thread.add("conversation_rating_remark_added", rated_at, contact.author)
        remarks = GOOD_REMARKS if score > 3 else BAD_REMARKS
        case.rating["remark"] = remarks[int(case.draw() * len(remarks))]
    if rated_at < thread.end:
        case.rating |= {"rating": score, "updated_at": rated_at}


def _close_by_bot(case: Case) -> None:
    """Close after days of silence."""
    thread = case.thread
    idle_at = thread.now + DAY
    if case.happens(0.25):
        thread.add("user_became_idle", idle_at, OPERATOR)
    thread.add("close", idle_at + 2 * DAY, OPERATOR)


def _tag(case: Case, mate: Teammate, at: int) -> None:
    """Tag by subject, which three in four get, and now and then with another tag."""
    added = [case.topic.tag] if case.happens(0.75) else []
    if case.happens(0.15):
        added.append(_FURTHER_TAGS[int(case.draw() * len(_FURTHER_TAGS))])
    added = [name for name in added if name not in case.tags]
    if not added:
        return
    case.tags += added
    if case.happens(0.3):
        details = {"tags_added": added, "tags_removed": []}
        case.thread.add("conversation_tags_updated", at, mate.author, details=details)
