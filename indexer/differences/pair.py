"""Which field of one side is compared with which field of the other.

Two documents of one shape are compared field by field under the same names. The three pipelines stand side by side
inside each document under names of their own, so the catalogue of fields says which of them are compared.
"""

from typing import NamedTuple

from indexer.datasets.conversation_fields import FIELDS
from indexer.datasets.field import Pipeline


class Pair(NamedTuple):
    """Two paths with dots into the two sides' documents, such as `first_response_time`, `legacy.time_to_admin_reply`.

    The path tells the pipeline: `statistics.` is rest, `legacy.` is legacy, every other field is of the new pipeline.
    """

    left: str
    right: str

    @property
    def name(self) -> str:
        """What people call it: the one path, or both."""
        return self.left if self.left == self.right else f"{self.left} ~ {self.right}"


def same(path: str) -> Pair:
    """The pair of a field with itself."""
    return Pair(path, path)


def pipeline_of(path: str) -> Pipeline:
    """The pipeline that defines the field of a path."""
    if path.startswith("statistics."):
        return "rest"
    return "legacy" if path.startswith("legacy.") else "new"


def pairs_between(left: Pipeline, right: Pipeline) -> list[Pair]:
    """The fields that two pipelines both have, in the order of a conversation; none for a pipeline with itself."""
    pairs = [Pair(other, field.path) for field in FIELDS.values() for other in field.compared_with]
    found = [pair for pair in pairs if {pipeline_of(pair.left), pipeline_of(pair.right)} == {left, right}]
    return [pair if pipeline_of(pair.left) == left else Pair(pair.right, pair.left) for pair in found]
