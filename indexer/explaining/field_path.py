"""The part of an explanation that the path of a field selects."""

from collections.abc import Collection
from dataclasses import replace

from indexer.datasets.conversation_fields import FIELDS
from indexer.datasets.field import RANGES
from indexer.did_you_mean import did_you_mean, near_names
from indexer.explaining.explanation import Explanation
from indexer.explaining.rules import RULES
from indexer.metrics.schema import DateRange


class UnknownField(ValueError):
    """No document has a field of that path; `nearest` are those of the same name elsewhere, then of similar ones."""

    def __init__(self, path: str, known: Collection[str] = RULES.keys()) -> None:
        """The sentence that says so; `known` are the paths that there are."""
        name = _name(path)
        candidates = {**{_name(one): one for one in known}, **{one: one for one in known}}
        alike = [*near_names(path, candidates), *near_names(name, candidates, cutoff=0.75)]
        same = [one for one in known if _name(one) == name]
        self.nearest = list(dict.fromkeys([*same, *(candidates[one] for one in alike)]))[:3]
        proposal = did_you_mean(self.nearest)
        super().__init__(f"{path!r} is not a field of a document" + (f"; {proposal}" if proposal else ""))


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def names_of(path: str) -> list[str]:
    """The explained fields that a path means: one, those of an object, or the one it leads into."""
    outer, _, inner = path.partition(".")
    found = [path] if path in RULES else [name for name in RULES if name.startswith(f"{path}.")]
    if not found and (path in FIELDS or _leads_into(outer, inner)):
        found = [outer]
    if not found:
        raise UnknownField(path)
    return found


def _leads_into(outer: str, inner: str) -> bool:
    """Whether a field that is explained as a whole has an inner name: an attribute, or an end of a range."""
    if outer == "custom":
        return bool(inner)
    return outer in FIELDS and FIELDS[outer].type is RANGES and inner in DateRange.__struct_fields__


def only(explanation: Explanation, path: str) -> Explanation:
    """The explanation of the fields that the path means, and of the other pipelines' fields compared with them."""
    wanted = _of_rows(explanation, set(names_of(path)))
    differences = [why for why in explanation.differences if wanted & {why.left, why.right}]
    shown = _of_rows(explanation, wanted.union(*({why.left, why.right} for why in differences)))
    return replace(
        explanation,
        rows=[row for row in explanation.rows if shown & set(row.names)],
        fields={name: field for name, field in explanation.fields.items() if name in shown},
        differences=differences,
    )


def _of_rows(explanation: Explanation, names: set[str]) -> set[str]:
    """The fields of the rows that have one of these."""
    return {name for row in explanation.rows if names & set(row.names) for name in row.names}
