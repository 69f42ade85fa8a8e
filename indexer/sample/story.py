"""The life of one conversation: its first message, its beginning, and every time it is dealt with."""

from indexer.sample.authors import Teammate
from indexer.sample.case import Case
from indexer.sample.channels import PHONE, StartedBy
from indexer.sample.closing import ask_for_rating
from indexer.sample.first_messages import begin_automated, begin_by_bot, begin_by_teammate, begin_inbound
from indexer.sample.phrases import BOT_INVITATIONS, CALLS, OUTBOUND_MAILS, TEAMMATE_MAILS
from indexer.sample.reopening import reopen
from indexer.sample.routing import route
from indexer.sample.sample_workspace import OPERATOR
from indexer.sample.slas import judge_close
from indexer.sample.staff import serve
from indexer.sample.writing import Opening

_RATED_SHARE = 0.45
_REOPENED_SHARE = 0.1
_REOPENED_AFTER_AI_SHARE = 0.06


def first_message(case: Case, delivered_as: StartedBy, sender: Teammate) -> Opening:
    """The message that starts the conversation; `sender` writes it where it comes from a teammate."""
    subject = ""
    if case.channel.has_subject or case.happens(0.5):
        subject = case.words((case.topic.title,))
    match delivered_as:
        case "customer_initiated":
            chance = case.draw()
            return Opening(
                case.contact.author,
                delivered_as,
                case.words(CALLS if case.channel is PHONE else case.topic.openings),
                subject,
                [case.picture()] if chance < 0.05 else [],
                redacted=chance > 0.997,
            )
        case "operator_initiated":
            return Opening(OPERATOR, delivered_as, case.words(BOT_INVITATIONS), subject, [], redacted=False)
        case "admin_initiated":
            return Opening(sender.author, delivered_as, case.words(TEAMMATE_MAILS), subject, [], redacted=False)
        case "automated":
            return Opening(sender.author, delivered_as, case.words(OUTBOUND_MAILS), subject, [], redacted=False)


def tell(case: Case, delivered_as: StartedBy, sender: Teammate) -> None:
    """Tell everything that happens after the first message; raises `PresentReached` where it is still going on."""
    created_at = case.thread.now
    to_do = _begin(case, delivered_as, sender)
    if not to_do and case.ai_agent is not None:
        to_do = reopen(case, _REOPENED_AFTER_AI_SHARE)
        if to_do:
            route(case)
    while to_do:
        if not serve(case):
            return
        judge_close(case, created_at)
        if case.rating is None and case.happens(_RATED_SHARE):
            ask_for_rating(case)
        to_do = reopen(case, _REOPENED_SHARE)


def _begin(case: Case, delivered_as: StartedBy, sender: Teammate) -> bool:
    match delivered_as:
        case "customer_initiated":
            return begin_inbound(case)
        case "operator_initiated":
            return begin_by_bot(case)
        case "admin_initiated":
            return begin_by_teammate(case, sender)
        case "automated":
            return begin_automated(case)
