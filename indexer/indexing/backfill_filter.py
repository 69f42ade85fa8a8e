"""The choice of conversations for a backfill by their documents: `--only`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from indexer.did_you_mean import near_names
from indexer.errors import OperatorError
from indexer.search.mappings import mapped_fields

OUTDATED = "outdated"
"""Documents computed by another version of the definitions, or with other office hours, than the present ones."""


class Candidate(NamedTuple):
    """A document by its `_id`, and the office hours that it would be computed with now; None if it needs none."""

    document: str
    office_hours_id: str | None


class Choice(NamedTuple):
    """The choice: a field of the documents and its value, or all outdated ones (no field)."""

    field: str | None
    value: str = ""

    @classmethod
    def parse(cls, text: str) -> "Choice":
        """Read `outdated` or `FIELD=VALUE`; raises `OperatorError`."""
        if text == OUTDATED:
            return cls(None)
        field, equals, value = text.partition("=")
        if not equals or not field:
            raise OperatorError(f"{text!r} is not a filter", f"write --only {OUTDATED}, or --only FIELD=VALUE")
        return cls(field, value)

    def check(self, dataset: str) -> None:
        """Raise `OperatorError` with the nearest names if documents of the dataset do not have the field."""
        if self.field is None or self.field == "_id":
            return
        fields = {path: type_ for path, type_ in mapped_fields(dataset).items() if type_ != "nested"}
        outer, _, inner = self.field.partition(".")
        if self.field in fields or (inner and fields.get(outer) == "flattened"):
            return
        alike = near_names(self.field, fields, cutoff=0.5)
        remedy = f"choose {' or '.join(alike)}" if alike else "choose a field that documents have"
        raise OperatorError(f"--only: documents of {dataset} have no field {self.field!r} with values", remedy)

    def among(self, search: Elasticsearch, index: str, candidates: Sequence[Candidate], version: int) -> set[str]:
        """The `_id`s of the chosen candidates; outdated ones include those without a document.

        `version` is that of the present definitions.
        """
        names = [candidate.document for candidate in candidates]
        if self.field is not None:
            condition: Mapping[str, Any] = {"term": {self.field: self.value}}
            return _found(search, index, names, condition)
        current: set[str] = set()
        for office_hours_id in {candidate.office_hours_id for candidate in candidates}:
            of_these = [one.document for one in candidates if one.office_hours_id == office_hours_id]
            same = {
                "bool": {
                    "filter": [
                        {"term": {"metrics_version": version}},
                        *([] if office_hours_id is None else [{"term": {"office_hours_id": office_hours_id}}]),
                    ]
                }
            }
            current |= _found(search, index, of_these, same)
        return set(names) - current


def _found(search: Elasticsearch, index: str, names: Sequence[str], condition: Mapping[str, Any]) -> set[str]:
    answer = search.search(
        index=index,
        query={"bool": {"filter": [{"ids": {"values": list(names)}}, condition]}},
        size=len(names),
        source=False,
        track_total_hits=False,
    )
    return {hit["_id"] for hit in answer["hits"]["hits"]}
