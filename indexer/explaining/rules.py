"""The rule of every field in one sentence, as the catalogue of fields has it; docs/metrics.md says it in full."""

from collections.abc import Sequence
from typing import NamedTuple

from indexer.datasets.conversation_fields import GROUPS
from indexer.datasets.field import Derivation, Group


class Rule(NamedTuple):
    """How a field's value follows from what is listed with it, and how it is defined, in a sentence."""

    kind: Derivation
    words: str


def rules_of(groups: Sequence[Group]) -> dict[str, Rule]:
    """By the field's path in the document, facts last; an object such as `rating` can be one field."""
    return {
        path: rule for group in sorted(groups, key=lambda group: group.pipeline is None) for path, rule in _rules(group)
    }


def _rules(group: Group) -> list[tuple[str, Rule]]:
    if group.whole:
        return [(group.object, Rule("fact", group.whole))]
    return [(field.path, Rule(field.derivation or field.type.derivation, field.rule)) for field in group.fields]


RULES = rules_of(GROUPS)
"""By the field's path in the document; `rating`, `sla`, `ai`, `custom` and `actions` are one field each."""
