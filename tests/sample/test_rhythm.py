from collections import Counter
from datetime import date, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from indexer.sample import generate
from tests.sample.state_rules import is_teammate, is_visible, parts_of

Json = dict[str, Any]
DUBLIN = ZoneInfo("Europe/Dublin")


def started(conversation: Json) -> datetime:
    return datetime.fromtimestamp(conversation["created_at"], DUBLIN)


def first_reply_after(conversation: Json) -> int | None:
    for part in parts_of(conversation):
        if is_visible(part) and is_teammate(part["author"]):
            return int(part["created_at"] - conversation["created_at"])
    return None


def test_every_weekday_brings_more_conversations_than_a_day_of_the_weekend(conversations: list[Json]) -> None:
    by_weekday = Counter(started(conversation).weekday() for conversation in conversations)
    assert min(by_weekday[day] for day in range(5)) > 2 * max(by_weekday[5], by_weekday[6])


def test_mornings_are_busy_and_nights_are_quiet(conversations: list[Json]) -> None:
    by_hour = Counter(started(conversation).hour for conversation in conversations)
    assert min(by_hour[hour] for hour in (10, 11, 14, 15)) > 8 * max(by_hour[hour] for hour in range(5))


def test_the_volume_grows(conversations: list[Json]) -> None:
    middle = median((min(c["created_at"] for c in conversations), max(c["created_at"] for c in conversations)))
    later = sum(conversation["created_at"] > middle for conversation in conversations)
    assert 1.02 < later / (len(conversations) - later) < 1.4


def test_a_few_days_burst_and_bring_outages(conversations: list[Json]) -> None:
    by_day = Counter(started(conversation).date() for conversation in conversations)
    usual = median(by_day.values())
    busiest, _ = by_day.most_common(1)[0]
    assert by_day[busiest] > 2 * usual
    areas = Counter(c["custom_attributes"]["product_area"] for c in conversations if started(c).date() == busiest)
    assert areas.most_common(1)[0][0] == "Status"


def test_christmas_is_quiet_and_no_teammate_replies(conversations: list[Json]) -> None:
    christmas = date(2025, 12, 25)
    by_day = Counter(started(conversation).date() for conversation in conversations)
    assert by_day[christmas] < median(by_day.values())
    human = [
        part
        for conversation in conversations
        for part in parts_of(conversation)
        if is_teammate(part["author"]) and part["author"]["id"] < "5122"
    ]
    replied = Counter(datetime.fromtimestamp(part["created_at"], DUBLIN).date() for part in human)
    assert replied[christmas] < 0.1 * median(replied.values())


def test_teammates_write_when_they_work() -> None:
    hours: Counter[bool] = Counter()
    for conversation in generate(1500, seed=3):
        for part in parts_of(conversation):
            if is_teammate(part["author"]) and is_visible(part):
                at = datetime.fromtimestamp(part["created_at"], DUBLIN)
                hours[at.weekday() < 6 and at.hour >= 8] += 1
    assert hours[True] > 20 * hours[False]


def test_the_first_reply_waits_for_the_morning(conversations: list[Json]) -> None:
    inbound = [
        (started(conversation).hour, wait)
        for conversation in conversations
        if conversation["source"]["type"] == "conversation"
        and conversation["source"]["delivered_as"] == "customer_initiated"
        and started(conversation).weekday() < 4
        and (wait := first_reply_after(conversation)) is not None
    ]
    by_day = median(wait for hour, wait in inbound if 10 <= hour < 16)
    by_night = median(wait for hour, wait in inbound if hour < 5)
    assert by_day < 30 * 60
    assert 3 * 3600 < by_night < 12 * 3600


def test_email_is_answered_later_than_chat(conversations: list[Json]) -> None:
    waits: dict[str, list[int]] = {"conversation": [], "email": []}
    for conversation in conversations:
        channel = conversation["source"]["type"]
        if channel in waits and (wait := first_reply_after(conversation)) is not None:
            waits[channel].append(wait)
    assert median(waits["email"]) > 2 * median(waits["conversation"])
