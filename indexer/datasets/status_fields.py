"""The catalogue of the fields that the document of a teammate's status has."""

from indexer.datasets.field import COUNT, EPOCH_SECONDS, ID, RANGE, TEXT, TIME, WORD, Field, group

STATUS_FIELDS = group(
    "Statuses of teammates",
    "",
    None,
    Field("workspace_id", ID, "", "The workspace, as named at the import."),
    Field("status_id", ID, "", "The id of the change that began the status."),
    Field("revision", COUNT, "", "The number of the newest write that the document was computed from."),
    Field("metrics_version", COUNT, "", "The version of the definitions of statuses."),
    Field("teammate_id", ID, "", "The teammate, as given by the change that began the status."),
    Field("status", WORD, "", "The status, as given by the change that began it."),
    Field("reason", TEXT, "", "The reason, as given by the change that began the status."),
    Field("started_at", TIME, "", "When the status began: the change's time."),
    Field(
        "ended_at", TIME, "",
        "When the status ended: the time of the teammate's next change.",
        "When the status ended: the time of the teammate's next change; absent until then.",
    ),
    Field(
        "during", RANGE, "",
        "From the beginning to the end.",
        "From `started_at` to `ended_at`. It and its ends are absent if the next change came in the same second.",
    ),
    Field("during_from", EPOCH_SECONDS, "", "The beginning of `during` as a number to add up."),
    Field("during_until", EPOCH_SECONDS, "", "The end of `during` as a number to add up."),
)  # fmt: skip
