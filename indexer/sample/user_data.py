"""The people of the sample workspace, their companies and their events, in the shapes of the vendor's API."""

from collections.abc import Iterator
from random import Random
from typing import Final

from indexer.sample.authors import Json
from indexer.sample.channels import DAY
from indexer.sample.generator import DEFAULT_DAYS, DEFAULT_END, start_of
from indexer.sample.people import CONTACTS, contact
from indexer.sample.product_use import Use, uses

_BROWSERS: Final = (("Chrome", "128.0"), ("Firefox", "131.0"), ("Safari", "18.1"), ("Edge", "129.0"))
_SYSTEMS: Final = ("Windows 11", "OS X 14.6", "Linux")
_JOBS: Final = ("Owner", "Office manager", "Developer", "Marketing")
_INDUSTRIES: Final = ("Health", "Retail", "Software", "Travel")
_SOURCES: Final = ("newsletter", "search", "partner")
_TAGS: Final = ("3101", "3102", "3103")


def people(count: int, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> Iterator[Json]:
    """The first `count` people as contacts of the API; more of them continue the same sequence.

    Raises `ValueError` as `generator.History` does, and for more people than the workspace has.
    """
    return (_contact(number, use, seed, end) for number, use in enumerate(_uses(count, seed, end, days)))


def events(count: int, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> Iterator[Json]:
    """What the first `count` people did, an event a line, in no order of time. Raises `ValueError` as `people` does."""
    return (event for use in _uses(count, seed, end, days) for event in use.events)


def companies(count: int, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> Iterator[Json]:
    """The companies of the first `count` people, each once. Raises `ValueError` as `people` does."""
    members: dict[str, int] = {}
    named: dict[str, Json] = {}
    for use in _uses(count, seed, end, days):
        if (company := use.person.company) is not None:
            members[company["id"]] = members.get(company["id"], 0) + 1
            named.setdefault(company["id"], company)
    return (_company(company, members[company_id], seed, end) for company_id, company in named.items())


def _uses(count: int, seed: int, end: int, days: int) -> Iterator[Use]:
    if not 0 <= count <= CONTACTS:
        raise ValueError(f"{count} people: the sample has at most {CONTACTS:,}")
    return uses(count, seed, start_of(end, days), end)


def _contact(number: int, use: Use, seed: int, end: int) -> Json:
    random = Random(f"contact {number} of {seed}")
    draw, person, said = random.random, use.person, use.person.author.json
    browser, version = random.choice(_BROWSERS)
    address = contact(number - 1).author.json["email"] if number % 50 == 49 else said["email"]
    signed_up_at = None if use.is_lead else use.began_at
    if not use.is_lead and draw() < 0.002:
        signed_up_at = end + 30 * DAY  # as live workspaces have it
    country = person.country
    return {
        "type": "contact",
        "id": person.id,
        "workspace_id": "sample",
        "external_id": person.external_id,
        "role": "lead" if use.is_lead else "user",
        "email": address,
        "phone": f"+353 1 {number:07}" if draw() < 0.2 else None,
        "name": said["name"],
        "owner_id": None,
        "has_hard_bounced": draw() < 0.01,
        "marked_email_as_spam": draw() < 0.005,
        "unsubscribed_from_emails": draw() < 0.08,
        "created_at": use.began_at,
        "updated_at": use.last_seen_at,
        "signed_up_at": signed_up_at,
        "last_seen_at": use.last_seen_at,
        "last_replied_at": _sometime(random, use, 0.2),
        "last_contacted_at": _sometime(random, use, 0.5),
        "last_email_opened_at": _sometime(random, use, 0.3),
        "last_email_clicked_at": _sometime(random, use, 0.1),
        "language_override": None,
        "browser": browser.lower(),
        "browser_version": version,
        "browser_language": random.choice(("en", "de", "fr")),
        "os": random.choice(_SYSTEMS),
        **_mobile("ios", random, use, 0.2),
        **_mobile("android", random, use, 0.15),
        "location": {
            "type": "location",
            "country": country and country.name,
            "region": None,
            "city": None,
        },
        "utm_source": random.choice(_SOURCES) if draw() < 0.3 else None,
        "custom_attributes": _custom(random, use),
        "tags": _list([{"type": "tag", "id": tag, "url": f"/tags/{tag}"} for tag in _TAGS if draw() < 0.05]),
        "companies": _list(
            [{"type": "company", "id": person.company["id"], "url": f"/companies/{person.company['id']}"}]
            if person.company
            else []
        ),
    }


def _custom(random: Random, use: Use) -> Json:
    found: Json = {"job_title": random.choice(_JOBS)} if random.random() < 0.6 else {}
    if use.is_lead:
        return found
    found |= {"plan": use.plan, "seats": use.person.seats, "is_owner": random.random() < 0.3}
    if use.plan != "free":
        found["renews_at"] = use.began_at + 365 * DAY
    if random.random() < 0.4:
        found["score"] = round(random.random() * 10, 1)
    return found


def _sometime(random: Random, use: Use, share: float) -> int | None:
    if random.random() >= share:
        return None
    return use.began_at + int((use.last_seen_at - use.began_at) * random.random())


def _mobile(system: str, random: Random, use: Use, share: float) -> Json:
    has = random.random() < share
    return {
        f"{system}_app_name": "Sample" if has else None,
        f"{system}_app_version": f"4.{int(random.random() * 9)}.0" if has else None,
        f"{system}_device": ("iPhone 15" if system == "ios" else "Pixel 8") if has else None,
        f"{system}_os_version": ("17.5" if system == "ios" else "14") if has else None,
        f"{system}_sdk_version": "17.0.1" if has else None,
        f"{system}_last_seen_at": _sometime(random, use, 1.0) if has else None,
    }


def _list(entries: list[Json]) -> Json:
    return {"type": "list", "data": entries, "total_count": len(entries), "has_more": False}


def _company(company: Json, members: int, seed: int, end: int) -> Json:
    random = Random(f"company {company['id']} of {seed}")
    plan = random.choice(("free", "starter", "pro", "enterprise"))
    created_at = end - int(700 * DAY * random.random()) - DAY
    return {
        "type": "company",
        "id": company["id"],
        "company_id": f"customer-{company['id']}",
        "app_id": "sample",
        "name": company["name"],
        "remote_created_at": created_at,
        "created_at": created_at,
        "updated_at": end - int(DAY * random.random()) - 1,
        "last_request_at": end - int(40 * DAY * random.random()) - 1,
        "size": 5 * (1 + int(60 * random.random() ** 3)),
        "website": f"https://{company['name'].replace(' ', '-').lower()}.example",
        "industry": random.choice(_INDUSTRIES),
        "monthly_spend": int(2_000 * random.random() ** 3),
        "session_count": members * 9,
        "user_count": members,
        "plan": {"type": "plan", "id": plan, "name": plan},
        "custom_attributes": {"region": random.choice(("EMEA", "AMER", "APAC")), "strategic": random.random() < 0.1},
        "tags": {"type": "tag.list", "tags": []},
        "segments": {"type": "segment.list", "segments": []},
    }
