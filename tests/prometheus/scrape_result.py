"""The result of a scrape, as Prometheus would read it."""

import urllib.request

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector, CollectorRegistry

Scrape = dict[str, float]
"""Values by the series as it is written: `indexer_queue_entries{dataset="conversations",state="due"}`."""


def scrape(url: str) -> Scrape:
    """The answer over HTTP; fails where Prometheus could not read it."""
    return parsed(_answer(url))


def described(url: str) -> dict[str, tuple[str, str]]:
    """Type and description of what is answered, by name; a counter's has no `_total`."""
    return {family.name: (family.type, family.documentation) for family in text_string_to_metric_families(_answer(url))}


def collected(collector: Collector) -> Scrape:
    registry = CollectorRegistry()
    registry.register(collector)
    return parsed(generate_latest(registry).decode())


def parsed(text: str) -> Scrape:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {}
    for sample in samples:
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
        series = sample.name + (f"{{{labels}}}" if labels else "")
        assert series not in found, f"{series} is there twice"
        found[series] = sample.value
    return found


def _answer(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the test's own server
        text: str = answer.read().decode()
        return text
