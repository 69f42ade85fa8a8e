"""What teammates do with a conversation: reply, ask, note, pass on, snooze, and settle it in the end."""

from indexer.sample.authors import Teammate
from indexer.sample.case import Case
from indexer.sample.closing import settle, silence
from indexer.sample.phrases import ADDITIONS, FOLLOW_UPS, NOTES, QUESTIONS
from indexer.sample.proportions import Mix
from indexer.sample.replies import reply
from indexer.sample.routing import pass_on, set_attribute, set_priority, take
from indexer.sample.slas import withdraw_promise
from indexer.sample.snoozing import snooze

_LONG = 52
"""Parts after which a conversation is brought to its end."""

# The chance that the next reply settles the matter: most conversations are short, a few seem endless.
_EASE = Mix((0.8, 30), (0.5, 40), (0.25, 20), (0.1, 10))


def serve(case: Case) -> bool:
    """Tell what happens until the conversation is closed; False if it is forgotten and stays as it is."""
    if case.happens(0.006):
        return False
    ease = _EASE.pick(case.draw())
    while True:
        mate, at = attend(case)
        if len(case.thread.parts) > _LONG or case.happens(ease):
            settle(case, mate, at)
            return True
        reply(case, mate, at, case.words(QUESTIONS))
        if case.happens(0.12):
            reply(case, mate, case.thread.now + case.soon(40), case.words(ADDITIONS))
        fate = case.draw()
        if fate < 0.08:
            silence(case, mate)
            return True
        if fate < 0.20:
            snooze(case, mate)
        else:
            case.customer_writes(FOLLOW_UPS, case.channel.answer)


def attend(case: Case) -> tuple[Teammate, int]:
    """Who replies next and when, with what teammates do to the conversation before."""
    mate, at = _next(case)
    chance = case.draw()
    if chance < 0.07 and len(case.thread.parts) < _LONG:
        pass_on(case, mate, at)
        mate, at = _next(case)
    elif chance < 0.18:
        case.thread.add("note", at - case.soon(90), mate.author, case.words(NOTES))
    elif chance < 0.22:
        set_priority(case, mate, at - 20)
    elif chance < 0.28:
        set_attribute(case, mate, at - 30)
    elif chance < 0.29:
        withdraw_promise(case)
    return mate, at


def _next(case: Case) -> tuple[Teammate, int]:
    busy = case.arrivals.load(case.thread.now)
    mate, at = case.on_duty(case.soon(case.channel.reply * busy))
    take(case, mate, at)
    return mate, at
