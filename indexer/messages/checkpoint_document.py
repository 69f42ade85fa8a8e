"""The document of a checkpoint: a visit of a person, for a company, to a node of a series (see docs/metrics.md)."""

from typing import Final

from msgspec import Struct

from indexer.messages.checkpoint import Checkpoint

CHECKPOINT_VERSION: Final = 1
"""Raised with every change of a definition here."""

STATUS_NAMES: Final = {
    0: "waiting",
    1: "exited_primary",
    2: "exited_alternate",
    3: "exited_split",
    4: "expired",
    5: "exited_series",
}
"""Names for status codes that come without one. The vendor does not publish its codes: these are our proposal."""


class CheckpointDocument(Struct, omit_defaults=True, gc=False):
    """The reporting document of a checkpoint; times in epoch seconds, missing values are absent from the JSON."""

    workspace_id: str
    checkpoint_id: str
    metrics_version: int
    user_id: str
    ruleset_id: str
    created_at: int
    first_pass: bool
    revision: int | None = None
    company_id: str | None = None
    status_code: int | None = None
    status_name: str | None = None
    left_by: str | None = None
    last_processed_at: int | None = None
    expires_at: int | None = None
    times_processed: int | None = None


def checkpoint_document(
    checkpoint: Checkpoint, workspace_id: str, revision: int | None = None, *, first_pass: bool
) -> CheckpointDocument:
    """Everything that reports know of one checkpoint; `first_pass` says that no visit to the node came before it."""
    return CheckpointDocument(
        workspace_id=workspace_id,
        checkpoint_id=checkpoint.checkpoint_id,
        revision=revision,
        metrics_version=CHECKPOINT_VERSION,
        user_id=checkpoint.user_id,
        company_id=checkpoint.company_id,
        ruleset_id=checkpoint.ruleset_id,
        created_at=checkpoint.created_at,
        first_pass=first_pass,
        status_code=checkpoint.status_code,
        status_name=checkpoint.status_name,
        left_by=left_by(checkpoint),
        last_processed_at=checkpoint.last_processed_at,
        expires_at=checkpoint.expires_at,
        times_processed=checkpoint.times_processed,
    )


def left_by(checkpoint: Checkpoint) -> str | None:
    """How the person left the node: the name of the status as given, or ours for its code; None for other codes."""
    if checkpoint.status_name is not None:
        return checkpoint.status_name
    return None if checkpoint.status_code is None else STATUS_NAMES.get(checkpoint.status_code)
