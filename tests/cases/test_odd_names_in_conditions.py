"""Conditions on tags and attributes whose names and values have signs of their own."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.run_report import run_report
from indexer.reports import read_question
from indexer.reports.question_conditions import Clause
from tests.reports.indexed import conversation, indexed

NOON = 1_772_452_800  # 2026-03-02
TAGS = ["refund, partial", "a=b", "*", ">=5", " lead", "(none)", '"quoted"', "back\\slash"]
ATTRIBUTES = {"Size > 50": "yes", "a=b": "c", "VIP?!": "true", "Plan": "A=B", "Mood": "*", 'say "hi"': "<3"}


def odd_texts(count: int) -> list[str]:
    dice = random.Random(13)
    return ["".join(dice.choices(' =!<>",*\\.:()[]{}', k=dice.randint(1, 6))) + str(place) for place in range(count)]


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    documents = [
        conversation(1, NOON, tags=TAGS, custom=ATTRIBUTES),
        conversation(2, NOON + 60, tags=["other"], custom={"Plan": "C"}),
        conversation(3, NOON + 120),
        *(conversation(10 + place, NOON, tags=[text], custom={text: text}) for place, text in enumerate(odd_texts(40))),
    ]
    with indexed(elasticsearch_url, documents) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def counted(index: tuple[Elasticsearch, str], *where: str) -> int:
    client, prefix = index
    report = load_reports()["new_inbound_conversations"]
    asked: dict[str, Any] = {"workspace": "w", "from": "2026-03-02", "to": "2026-03-02", "where": list(where)}
    return run_report(client, prefix, report, read_question(report, asked)).total.count


@pytest.mark.services
@pytest.mark.parametrize(
    "written",
    [
        "tag=refund, partial",
        "tag=a=b",
        "tag=>=5",
        "tag= lead",
        "tag=(none)",
        'tag="*"',
        r'tag="\"quoted\""',
        'custom."Size > 50"=yes',
        'custom."a=b"=c',
        'custom."VIP?!"=true',
        "custom.Plan=A=B",
        'custom.Mood="*"',
        r'custom."say \"hi\""=<3',
    ],
)
def test_a_name_with_signs_of_its_own_can_be_asked_for(index: Any, written: str) -> None:
    assert counted(index, written) == 1


@pytest.mark.services
def test_an_asterisk_without_quotes_is_any_value(index: Any) -> None:
    assert counted(index, "tag=*") == 42
    assert counted(index, "tag!=*") == 1
    assert counted(index, 'tag!="*"') == 42


@pytest.mark.services
def test_generated_names_and_values_are_found(index: Any) -> None:
    for text in odd_texts(40):
        assert counted(index, str(Clause("tag", "=", text))) == 1
        assert counted(index, str(Clause(f"custom.{text}", "=", text))) == 1
