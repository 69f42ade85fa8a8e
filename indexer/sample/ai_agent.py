"""The AI agent: it answers first, settles some conversations alone and passes on the others."""

from indexer.sample.authors import Json
from indexer.sample.case import Case
from indexer.sample.channels import DAY, HOUR, MINUTE
from indexer.sample.phrases import AI_ANSWERS, AI_ASK_FOR_PERSON, BAD_REMARKS, FOLLOW_UPS, GOOD_REMARKS
from indexer.sample.proportions import Mix
from indexer.sample.sample_workspace import AI_AGENT

_HELPED = "That helped"
_HELPFUL = "00000000-0000-4000-8000-000000000001"
_FATES = Mix(
    ("confirmed_resolution", 17),
    ("assumed_resolution", 26),
    ("escalated", 34),
    ("negative_feedback", 10),
    ("procedure_handoff", 7),
    ("no_answer", 6),
)


def answer_by_ai(case: Case) -> bool:
    """Let the AI agent try; whether it settled the conversation, which is then closed."""
    fate = _FATES.pick(case.draw())
    if fate == "no_answer":
        case.bot("resolution_bot_found_no_answer", AI_AGENT, after=6)
        case.ai_agent = _participation(case, None, None)
        return False
    answer_type = "ai_answer" if case.happens(0.85) else "custom_answer"
    _answer(case)
    # Until the end is known, the last answer counts as having helped.
    case.ai_agent = _participation(case, answer_type, "assumed_resolution")
    while case.happens(0.35):
        case.customer_writes(FOLLOW_UPS, MINUTE)
        _answer(case)
    settled = fate in ("confirmed_resolution", "assumed_resolution")
    if fate == "confirmed_resolution":
        _say_that_it_helped(case)
        case.bot("close", AI_AGENT, after=5)
    elif fate == "assumed_resolution":
        case.bot("close", AI_AGENT, after=DAY)
    elif fate != "procedure_handoff":
        at = case.thread.now + case.soon(MINUTE)
        case.thread.add("comment", at, case.contact.author, case.words(AI_ASK_FOR_PERSON))
    case.ai_agent["resolution_state"] = fate
    if case.happens(0.2):
        _rate(case, case.ai_agent, pleased=settled)
    return settled


def _answer(case: Case) -> None:
    case.bot("comment", AI_AGENT, case.words(AI_ANSWERS), after=4 + int(case.draw() * 12))


def _say_that_it_helped(case: Case) -> None:
    options = [{"text": _HELPED, "uuid": _HELPFUL}]
    thread = case.thread
    thread.add(
        "quick_reply", thread.now + 1, AI_AGENT, "<p>Did that help?</p>", metadata={"quick_reply_options": options}
    )
    thread.add(
        "quick_reply",
        thread.now + case.soon(2 * MINUTE),
        case.contact.author,
        _HELPED,
        metadata={"quick_reply_uuid": _HELPFUL},
    )


def _rate(case: Case, ai_agent: Json, *, pleased: bool) -> None:
    rated_at = case.thread.now + case.later(HOUR)
    if rated_at >= case.thread.end:
        return
    chance = case.draw()
    ai_agent |= {
        "rating": 4 + int(chance * 2) if pleased else 1 + int(chance * 4),
        "created_at": rated_at,
        "updated_at": rated_at,
    }
    if case.happens(0.3):
        ai_agent["rating_remark"] = (GOOD_REMARKS if pleased else BAD_REMARKS)[int(chance * 3)]


def _participation(case: Case, answer_type: str | None, state: str | None) -> Json:
    article = 100 + int(case.draw() * 80)
    sources = [
        {
            "content_type": "article",
            "url": f"https://help.tidewater.example/articles/{article}",
            "title": f"Sample article {article}",
            "locale": "en",
        }
    ]
    return {
        "source_type": "workflow" if case.happens(0.7) else "profile",
        "source_title": "Answer first",
        "last_answer_type": answer_type,
        "resolution_state": state,
        "rating": None,
        "rating_remark": None,
        "created_at": None,
        "updated_at": None,
        "content_sources": {
            "type": "content_source.list",
            "total_count": len(sources) if answer_type else 0,
            "content_sources": sources if answer_type else [],
        },
    }
