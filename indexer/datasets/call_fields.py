"""The catalogue of the fields that the document of a call has."""

from indexer.datasets.field import COUNT, FLAG, ID, SEARCHED_SECONDS, TEXT, TIME, WORD, Field, group

CALL_FIELDS = group(
    "Calls",
    "",
    None,
    Field("workspace_id", ID, "", "The workspace, as named at the import."),
    Field("call_id", ID, "", "The call's id.", "The call's `id`, as text."),
    Field("revision", COUNT, "", "The number of the newest write that the document was computed from."),
    Field("metrics_version", COUNT, "", "The version of the definitions of calls."),
    Field("office_hours_id", ID, "", "`24/7`, or a hash of the schedule's meaning."),
    Field(
        "initiated_at", TIME, "",
        "When the call began; the creation of its record if that is not given.",
        "As given; if it is missing, `created_at`.",
    ),
    Field("answered_at", TIME, "", "When the call was answered, as given."),
    Field("ended_at", TIME, "", "When the call ended, as given."),
    Field("updated_at", TIME, "", "When the call last changed, as given; else the latest of its other times."),
    Field(
        "in_office_hours", FLAG, "",
        "Whether the call began within the workspace's office hours.",
        "Whether the second of `initiated_at` lies in the workspace's [office hours](#office-hours); true if the "
        "workspace has none. Teams' own hours do not count.",
    ),
    Field(
        "duration", SEARCHED_SECONDS, "",
        "From the beginning to the end, ringing and waiting included.",
        "`ended_at - initiated_at`, 0 if negative: ringing and waiting included; absent while the call is in progress.",
        clock="elapsed",
    ),
    Field("state", TEXT, "", "The state, as given, in lower case."),
    Field(
        "outcome", WORD, "",
        "The result of the call.",
        "The result of the call: `state`, else `ended_reason`, if that is `answered`, `abandoned_routing`, "
        "`abandoned_in_queue`, `abandoned_on_hold`, `abandoned_in_voicemail` or `voicemail_left`; else `answered` if "
        "there is an `answered_at`; else absent.",
    ),
    Field("direction", TEXT, "", "The direction, as given, in lower case."),
    Field("call_type", TEXT, "", "The type, as given, in lower case."),
    Field("ended_reason", TEXT, "", "The reason of the end, as given, in lower case."),
    Field("teammate_id", ID, "", "The teammate, as given.", "`admin_id`, as given."),
    Field("team_id", ID, "", "The team, as given."),
    Field("contact_id", ID, "", "The contact, as given."),
    Field("conversation_id", ID, "", "The conversation, as given."),
)  # fmt: skip
