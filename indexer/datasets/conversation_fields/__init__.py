"""The catalogue of the fields that the document of a conversation has, in the order of docs/metrics.md.

The mapping is checked against it. The columns of exports, the pairs that `indexer diff` compares, the rules in
explanations and the tables of docs/metrics.md are made from it. It is beside the dataset's package and not in it,
because importing that package loads the definitions, which a command that only needs names does not want.
"""

from indexer.datasets.conversation_fields.action_fields import ACTIONS
from indexer.datasets.conversation_fields.fact_fields import DATA_QUALITY, FACTS, IDENTITY, RATING_SLA_AI
from indexer.datasets.conversation_fields.legacy_fields import LEGACY
from indexer.datasets.conversation_fields.new_fields import DERIVED, NEW_PIPELINE, SPANS
from indexer.datasets.conversation_fields.rest_fields import STATISTICS

GROUPS = (
    IDENTITY, FACTS, NEW_PIPELINE, DERIVED, STATISTICS, LEGACY, ACTIONS, SPANS, *RATING_SLA_AI, DATA_QUALITY,
)  # fmt: skip

FIELDS = {field.path: field for group in GROUPS for field in group.fields}
"""All of them by their paths."""
