"""How conversations begin, until people have to deal with them."""

from indexer.sample.ai_agent import answer_by_ai
from indexer.sample.authors import Teammate
from indexer.sample.case import Case
from indexer.sample.channels import DAY, HOUR, MESSENGER, MINUTE, PHONE
from indexer.sample.people import somebody
from indexer.sample.phrases import (
    ASK_WHICH,
    BOT_ACCEPTED,
    CALL_SUMMARIES,
    CHOICES,
    GREETINGS,
    NUDGES,
    OUTBOUND_ANSWERS,
    REPLY_TIMES,
)
from indexer.sample.routing import route
from indexer.sample.sample_workspace import FRONTLINE, OPERATOR, OPERATOR_ADMIN
from indexer.sample.staff import attend

_OPTIONS = [{"text": text, "uuid": f"00000000-0000-4000-8000-00000000001{n}"} for n, text in enumerate(CHOICES)]


def begin_inbound(case: Case) -> bool:
    """A customer wrote or called: bots first, then the queue. Whether people have to deal with it."""
    if case.channel is PHONE:
        route(case)
        attend(case)
        case.bot("call_summary", OPERATOR, case.words(CALL_SUMMARIES), after=case.soon(5 * MINUTE))
        return True
    if case.channel.has_bots and case.happens(0.5):
        if answer_by_ai(case):
            return False
    elif case.channel is MESSENGER:
        _ask_by_bot(case)
    if case.happens(0.02):
        case.contacts.append(somebody(case.draw()))
        case.bot("participant_added", OPERATOR)
    route(case)
    if case.channel is MESSENGER:
        _greet(case)
    return True


def begin_automated(case: Case) -> bool:
    """A message to many: one in four is answered, and only then there is a conversation to deal with."""
    if not case.happens(0.25):
        return False
    case.customer_writes(OUTBOUND_ANSWERS, 8 * HOUR)
    route(case)
    return True


def begin_by_teammate(case: Case, sender: Teammate) -> bool:
    """A teammate wrote to one customer, at times keeps it assigned, and asks again if nobody answers."""
    thread = case.thread
    if case.happens(0.6):
        thread.add("assignment", thread.now, sender.author, assignee=sender.team)
        thread.add("assignment", thread.now, sender.author, assignee=sender)
    chance = case.draw()
    if chance < 0.45:
        if chance < 0.15:
            thread.add("comment", case.rota.next_shift(sender, thread.now + DAY), sender.author, case.words(NUDGES))
        if chance < 0.05:
            thread.add("close", thread.now + 7 * DAY, OPERATOR)
        return False
    case.customer_writes(OUTBOUND_ANSWERS, 8 * HOUR)
    if thread.teammate is None:
        route(case)
    return True


def begin_by_bot(case: Case) -> bool:
    """A bot wrote to a visitor, who chooses an option, leaves an address, writes, or moves on."""
    thread = case.thread
    chance = case.draw()
    if chance < 0.4:
        return False
    if chance < 0.6:
        at = thread.now + case.soon(MINUTE)
        thread.add(
            "quick_reply",
            at,
            case.contact.author,
            CHOICES[0],
            metadata={"quick_reply_uuid": _OPTIONS[0]["uuid"]},
        )
    elif chance < 0.8:
        _collect(case)
    else:
        thread.add("comment", thread.now + case.soon(MINUTE), case.contact.author, case.words(BOT_ACCEPTED))
    route(case)
    return True


def _ask_by_bot(case: Case) -> None:
    """Let the bot ask what it is about, or for an e-mail address, before the queue."""
    thread = case.thread
    chance = case.draw()
    if chance < 0.2:
        body = case.words(ASK_WHICH)
        thread.add("quick_reply", thread.now + 2, OPERATOR, body, metadata={"quick_reply_options": _options()})
        choice = _OPTIONS[int(case.draw() * len(_OPTIONS))]
        thread.add(
            "quick_reply",
            thread.now + case.soon(20),
            case.contact.author,
            choice["text"],
            metadata={"quick_reply_uuid": choice["uuid"]},
        )
    elif chance < 0.4:
        _collect(case)


def _collect(case: Case) -> None:
    case.bot("attribute_collector", OPERATOR, after=3)
    case.thread.add("attribute_collected", case.thread.now + case.soon(25), case.contact.author)


def _greet(case: Case) -> None:
    """Say when somebody will answer: the older bot at night, the newer one by day."""
    if not case.rota.on_shift(case.thread.team or FRONTLINE, case.thread.now):
        case.bot("comment", OPERATOR_ADMIN, case.words(GREETINGS), after=3)
    elif case.happens(0.1):
        case.bot("channel_and_reply_time_expectation", OPERATOR, case.words(REPLY_TIMES), after=3)


def _options() -> list[dict[str, str]]:
    return [option.copy() for option in _OPTIONS]
