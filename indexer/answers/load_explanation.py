"""Reading the inputs of an explanation: a conversation, its workspace, and its document in the index."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.answers.carried_names import names_in
from indexer.answers.computed_document import ComputedDocument, searching_by
from indexer.answers.earlier_moment import expect_existed, read_moment
from indexer.connections import Connections
from indexer.conversation import Conversation, parse_conversation
from indexer.conversation.values import identifier
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Computation
from indexer.differences.reasons import Hours
from indexer.document_inputs import read_inputs
from indexer.errors import OperatorError, Refused
from indexer.explaining.explain import explain
from indexer.explaining.explanation import Explanation
from indexer.explaining.field_words import shown_values
from indexer.input_files.record_reader import read_records
from indexer.keys import EntityKey
from indexer.office_hours import ALWAYS_OPEN, OfficeHours
from indexer.store.database import snapshot
from indexer.store.entities.names import Named, list_names
from indexer.store.entities.other_office_hours import other_office_hours


class UnknownConversation(OperatorError):
    """The workspace has no such conversation."""


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation, the differences of the index (None if none), and names by `teammate ID` and `team ID`.

    `office_hours` are those that the document was computed with.
    """

    explanation: Explanation
    notice: str | None
    names: dict[str, str]
    office_hours: OfficeHours

    def json_object(self) -> dict[str, Any]:
        """The explanation for programs, with each value in words."""
        return {
            "notice": self.notice,
            "names": self.names,
            "shown": shown_values(self.explanation),
            "explanation": self.explanation,
        }


def explain_stored(
    here: Connections, workspace_id: str, conversation_id: str, as_of: str | None, time_zone: str | None = None
) -> Explained:
    """Explain a stored conversation; raises `OperatorError` if it is not stored or cannot be computed.

    Times are shown, and `as_of` is read, in the time zone; the default is that of the workspace.
    """
    with snapshot(here.store) as connection:
        explained, document = load_explanation(
            connection,
            workspace_id,
            conversation_id,
            bots_interrupt=here.settings.literal_reply_times,
            as_of=as_of,
            time_zone=time_zone,
        )
    return replace(explained, notice=document.notice(searching_by(here)))


def load_explanation(
    connection: Connection,
    workspace_id: str,
    conversation_id: str,
    *,
    bots_interrupt: bool,
    as_of: str | None = None,
    time_zone: str | None = None,
) -> tuple[Explained, ComputedDocument]:
    """Explain a conversation as the store has it, on one snapshot; the index is not asked.

    Raises `UnknownConversation`, `InvalidMoment` for an `as_of` that cannot be used, and `OperatorError` if the
    conversation cannot be computed.
    """
    key = EntityKey(workspace_id, conversation_id)
    inputs = read_inputs(connection, CONVERSATIONS, [key], bots_interrupt=bots_interrupt).get(key)
    if inputs is None or inputs.stored.deleted:
        raise UnknownConversation(
            f"conversation {conversation_id!r} is {'not stored' if inputs is None else 'deleted'} in workspace "
            f"{workspace_id!r}",
            "list the ids: indexer report conversations; or read the conversation from a file: --file",
        )
    names = {
        f"{named.value} {id_}": name
        for named in Named
        for id_, name in list_names(connection, workspace_id, named).items()
    }
    computation, payload = inputs.computation, inputs.stored.payload
    zone = ZoneInfo(time_zone or inputs.workspace.time_zone)
    conversation = _parsed(payload, computation)
    explanation = explain(
        conversation,
        workspace_id,
        Hours(computation.office_hours, other_office_hours(inputs.workspace)),
        revision=inputs.version,
        bots_interrupt=computation.bots_interrupt,
        as_of=_instant(as_of, zone, conversation),
        time_zone=zone.key,
    )
    computed = json.loads(inputs.document())
    # The store has further inputs of these.
    for name in ("contact_ids", "data_quality") if as_of is None else ("contact_ids",):
        explanation.fields[name] = replace(explanation.fields[name], value=computed.get(name))
    named = _that_occur(explanation, _written_names(payload) | names)
    explained = Explained(explanation, None, named, computation.office_hours)
    return explained, ComputedDocument(CONVERSATIONS, inputs.document_id, computed)


def explain_in_file(
    path: str, conversation_id: str, computation: Computation, zone: str, as_of: str | None
) -> Explained:
    """Explain a conversation in a file, without any service; raises `OperatorError` like `explain_stored`."""
    for record in read_records([path], lists=CONVERSATIONS.lists):
        if isinstance(record.payload, Refused):
            continue
        try:
            conversation = parse_conversation(record.payload, computation.bot_admin_ids)
        except Refused as refused:
            if _id_of(record.payload) == conversation_id:
                raise OperatorError(f"{record.place}: {refused}", "correct the record") from refused
            continue
        if conversation.id != conversation_id:
            continue
        explanation = explain(
            conversation,
            computation.workspace_id,
            Hours(computation.office_hours, {"24/7": ALWAYS_OPEN}),
            bots_interrupt=computation.bots_interrupt,
            as_of=_instant(as_of, ZoneInfo(zone), conversation),
            time_zone=zone,
        )
        named = _that_occur(explanation, _written_names(record.payload))
        return Explained(explanation, None, named, computation.office_hours)
    raise OperatorError(f"{path} has no conversation {conversation_id!r}", "give an id that is in the file")


def _parsed(payload: bytes, computation: Computation) -> Conversation:
    try:
        return parse_conversation(payload, computation.bot_admin_ids)
    except Refused as refused:
        raise OperatorError(
            f"the conversation cannot be computed: {refused}", "import it again, corrected"
        ) from refused


def _instant(written: str | None, zone: ZoneInfo, conversation: Conversation) -> int | None:
    at = read_moment(written, zone)
    expect_existed("the conversation", conversation.said.created_at, at, zone)
    return at


def _id_of(payload: bytes) -> str | None:
    try:
        said = json.loads(payload)
        return identifier(said.get("id")) if isinstance(said, dict) else None
    except (ValueError, Refused):
        return None


def _that_occur(explanation: Explanation, names: Mapping[str, str]) -> dict[str, str]:
    """The names of teammates and teams that wrote or were assigned."""
    keys: set[str] = set()
    for entry in explanation.timeline:
        keys |= {f"teammate {id_}" for id_ in (entry.author_id, entry.teammate_id)} | {f"team {entry.team_id}"}
        keys.add(f"team {entry.beside_team_id}")
        if entry.assigned_to is not None:
            kind, id_ = entry.assigned_to
            keys.add(f"{'team' if kind == 'team' else 'teammate'} {id_}")
    return {key: name for key, name in names.items() if key in keys}


def _written_names(payload: bytes) -> dict[str, str]:
    """The names in the conversation itself, by `teammate ID` and `team ID`."""
    return {f"{named.value} {id_}": name for (named, id_), name in names_in(payload).items()}
