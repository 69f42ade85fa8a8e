"""One conversation computed under sets of rules, each set once."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import msgspec

from indexer.conversation import timeline_of
from indexer.datasets.conversation_fields.fact_fields import FACTS as COPIED
from indexer.datasets.conversation_fields.fact_fields import RATING_SLA_AI
from indexer.differences.reason import Reason
from indexer.differences.switched_rules import Inputs, Rule
from indexer.differences.tolerance import FieldKind, kind_of_field
from indexer.dotted_paths import value_at
from indexer.metrics import reporting_document
from indexer.metrics.schema import is_timestamp

ANYTHING: Final = object()
"""The earlier value of a fact: its history is not kept, so that any value may be an earlier one."""

_TIMES = frozenset({"created_at", "updated_at"})

FACTS = frozenset({"revision"}.union(*(group.explained for group in (COPIED, *RATING_SLA_AI)))) - _TIMES
"""The facts that a document only copies from the conversation, but its times; by the first name of the path."""

_OF_ITS_STATE = FACTS | {"data_quality"}
"""The flags of an earlier state that is not kept, since they compare it with the parts."""

_STARTS = frozenset({"started_at", "started_by", "first_contact_reply_at"})


class Variants:
    """The documents of one conversation under different rules."""

    def __init__(self, inputs: Inputs) -> None:
        """`inputs` are those without a switched rule."""
        self._inputs = inputs
        self._documents: dict[frozenset[Rule], dict[str, Any]] = {}

    def document(self, rules: Iterable[Rule] = ()) -> dict[str, Any]:
        """The document as decoded JSON, computed with these rules switched."""
        key = frozenset(rules)
        if key not in self._documents:
            inputs = self._inputs
            for rule in sorted(key):  # by their reasons, which differ
                inputs = rule.change(inputs)
            self._documents[key] = self._computed(inputs)
        return self._documents[key]

    def value(self, path: str, rules: Iterable[Rule] = ()) -> Any:
        """The field's value under the rules, None if there is none, ANYTHING for a fact of an earlier state."""
        rules = frozenset(rules)
        if path.partition(".")[0] in _OF_ITS_STATE and any(rule.reason is Reason.STALE for rule in rules):
            return ANYTHING
        return value_at(self.document(rules), path)

    def _computed(self, inputs: Inputs) -> dict[str, Any]:
        if inputs.before_anchor and inputs.timeline().anchor is None:
            # Events count from the beginning on, but no clock has a start.
            return _without_clocks(self._computed(replace(inputs, from_creation=True)))
        computed = reporting_document(
            inputs.conversation,
            "",  # of no workspace, which changes no number
            inputs.hours,
            bots_interrupt=inputs.bots_interrupt,
            timeline=inputs.timeline(),
        )
        if inputs.start_stays:
            anchor = timeline_of(inputs.conversation.events).anchor
            computed.started_at = computed.statistics.first_contact_reply_at = anchor.at if anchor else None
        document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(computed))
        if inputs.from_creation:
            document = _never_negative(document)
        return _shifted(document, inputs.shift) if inputs.shift else document


def _without_clocks(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the start of the clocks, and their durations."""
    return {
        name: _without_clocks(value) if name == "statistics" else value
        for name, value in document.items()
        if name not in _STARTS and kind_of_field(name) is not FieldKind.DURATION
    }


def _shifted(value: Any, seconds: int) -> Any:
    """A part of a document with all instants shifted."""
    if isinstance(value, dict):
        return {
            name: one + seconds if is_timestamp(name) and isinstance(one, int) else _shifted(one, seconds)
            for name, one in value.items()
            if name != "custom"
        } | ({"custom": value["custom"]} if "custom" in value else {})
    return [_shifted(one, seconds) for one in value] if isinstance(value, list) else value


def _never_negative(value: Any) -> Any:
    """A duration of a clock from the creation: 0 if the end claims to be earlier (decision 24 in docs/metrics.md)."""
    if isinstance(value, dict):
        return {name: one if name == "custom" else _never_negative(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_never_negative(one) for one in value]
    return max(value, 0) if type(value) is int else value
