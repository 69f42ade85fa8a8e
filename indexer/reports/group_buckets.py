"""From the responses of Elasticsearch to the buckets of each group."""

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.reports.definition import Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.period_buckets import Bucket
from indexer.reports.question import Question
from indexer.reports.search_body import DOCUMENTS, NAMED, NAMELESS, OTHERS, UNFINISHED


def whole_bucket(definition: Definition, response: Mapping[str, Any]) -> Bucket:
    """The whole response as a bucket: of documents, or of their actions that are in scope."""
    found: Bucket = {"doc_count": response["hits"]["total"]["value"], **response.get("aggregations", {})}
    return _of_items(definition, found)


def buckets_of_groups(
    definition: Definition, question: Question, response: Mapping[str, Any]
) -> Iterator[tuple[str | None, Bucket]]:
    """The groups of a page, each with its bucket."""
    dimension = definition.dimension(question.group_by)
    if dimension is None:
        return
    found = _groups(dimension, response)
    if isinstance(found, Mapping):
        for name in found:
            if name != OTHERS:
                group = None if name == NAMELESS else name.removeprefix(NAMED)
                yield group, _group(definition, dimension, response, name)
        return
    for place, bucket in enumerate(found):
        yield _name(bucket["key"]["group"]), _group(definition, dimension, response, place)


def others_bucket(definition: Definition, question: Question, response: Mapping[str, Any]) -> Bucket | None:
    """The bucket of the groups that are combined as others, if the response has one."""
    dimension = definition.dimension(question.group_by)
    found = [] if dimension is None else _groups(dimension, response)
    if dimension is None or not isinstance(found, Mapping) or OTHERS not in found:
        return None
    return _group(definition, dimension, response, OTHERS)


def _groups(dimension: Dimension, response: Mapping[str, Any]) -> Any:
    """The buckets of groups: a list, or for chosen groups a mapping by name."""
    found = response["aggregations"]
    return (found[dimension.nested]["in_scope"] if dimension.nested else found)["groups"]["buckets"]


def _group(definition: Definition, dimension: Dimension, response: Mapping[str, Any], place: int | str) -> Bucket:
    """A group's bucket of the documents or actions that count, with periods inside, wherever the search made them."""
    bucket: Bucket = _groups(dimension, response)[place]
    if not dimension.of_action:
        return _of_items(definition, bucket)
    if not definition.counts_actions:
        found: Bucket = bucket[DOCUMENTS]
        return found
    if definition.by_day_of_action:
        return bucket
    periods = response["aggregations"].get("periods", {}).get("buckets", ())
    return {
        **bucket,
        "periods": {"buckets": [{**one, **_in_scope(definition, one)["groups"]["buckets"][place]} for one in periods]},
    }


def _of_items(definition: Definition, bucket: Bucket) -> Bucket:
    """A bucket of documents as one of the documents or actions that count, with periods by days of documents inside."""
    if not definition.counts_actions:
        return bucket
    found = _in_scope(definition, bucket)
    if definition.by_day_of_action:
        return found
    outside: dict[str, Any] = {}
    if "periods" in bucket:
        outside["periods"] = {
            "buckets": [{**one, **_in_scope(definition, one)} for one in bucket["periods"]["buckets"]]
        }
    if UNFINISHED in bucket:
        outside[UNFINISHED] = _in_scope(definition, bucket[UNFINISHED])
    return {**found, **outside}


def _in_scope(definition: Definition, bucket: Bucket) -> Bucket:
    """The bucket of the actions of a bucket of documents."""
    found: Bucket = bucket[definition.nested_path]["in_scope"]
    return found


def _name(key: object) -> str | None:
    if key is None:
        return None
    return str(key).lower() if isinstance(key, bool) else str(key)
