"""The catalogue of the fields that the documents of receipts and of checkpoints have."""

from indexer.datasets.field import COUNT, FLAG, ID, SEARCHED_SECONDS, TEXT, TIME, WORDS, Field, group
from indexer.messages.receipt_document import FIRSTS
from indexer.messages.statistics import EVENTS

RECEIPT_FIELDS = group(
    "Message receipts",
    "",
    None,
    Field("workspace_id", ID, "", "The workspace, as named at the import."),
    Field("receipt_id", ID, "", "The receipt's id."),
    Field("revision", COUNT, "", "The number of the newest write that the document was computed from."),
    Field("metrics_version", COUNT, "", "The version of the definitions of receipts."),
    Field(
        "data_quality", WORDS, "",
        "What is unusual about the receipt and its events.",
        "What is unusual: `clock_skew`, `events_truncated`, `impossible_event`, `unknown_content_type`, "
        "`unknown_statistic`; see [below](#message-events).",
    ),
    Field("received_at", TIME, "", "When the receipt was recorded: when the message was sent."),
    Field("user_id", ID, "", "The recipient: the vendor's id."),
    Field("user_external_id", ID, "", "The recipient: your own id."),
    Field("company_id", ID, "", "The company of the recipient; absent if there is none, as for -1."),
    Field("email", TEXT, "", "The recipient's e-mail address."),
    Field("name", TEXT, "", "The recipient's name."),
    Field("country", TEXT, "", "The recipient's country, if the source has one; the vendor's files do not."),
    Field("ruleset_id", ID, "", "The message."),
    Field("content_id", ID, "", "The content that was received: each version of an A/B test has its own."),
    Field(
        "content_type", TEXT, "",
        "The type of the content, such as email; an unknown one as given.",
        "The type of the content: `banner`, `chat`, `control_group`, `custom_bot`, `email`, `mobile_carousel`, `post`, "
        "`product_tour`, `push`, `series`, `series_edge_split`, `survey`. An unknown one is as given.",
    ),
    Field("content_title", TEXT, "", "The title of the content, as given."),
    Field("ruleset_version_id", ID, "", "The version of the message: each edit makes one."),
    Field("series_id", ID, "", "The series that the content is part of; absent if there is none, as for -1."),
    Field("series_title", TEXT, "", "The title of the series, as given."),
    Field("node_id", ID, "", "The node of the series that sent the message."),
    Field("last_state_changed_by", ID, "", "The teammate who last paused the message or set it live, as given."),
    *(
        Field(path, TIME, "", f"When {EVENTS[kind].happened} for the first time, by the events that count.")
        for kind, path in FIRSTS.items()
    ),
    Field(
        "time_to_open", SEARCHED_SECONDS, "",
        "From the receipt to the first open.",
        "`first_open_at - received_at`, 0 if negative.",
        clock="elapsed",
    ),
    Field(
        "time_to_click", SEARCHED_SECONDS, "",
        "From the receipt to the first click.",
        "`first_click_at - received_at`, 0 if negative.",
        clock="elapsed",
    ),
    Field("machine_opens", COUNT, "", "Opens by mail proxies and scanners, which do not count; absent if 0."),
    Field("machine_clicks", COUNT, "", "Clicks by mail proxies and scanners, which do not count; absent if 0."),
    Field("impossible_events", COUNT, "", "Events that the content type cannot have, which do not count; absent if 0."),
)  # fmt: skip

MESSAGE_EVENT_FIELDS = group(
    "Message events",
    "events",
    None,
    Field("at", TIME, "", "When the event happened."),
    Field(
        "kind", TEXT, "",
        "The kind of the event, such as click; an unknown one as given.",
        f"The kind of the event: {', '.join(f'`{kind}`' for kind in EVENTS)}. An unknown one is as given.",
    ),
    Field("step_id", TEXT, "", "On views and failures of a tour's step: the step."),
    Field("node_ruleset_id", TEXT, "", "On completion or disengagement of a series: the message there."),
    Field("permission_type", TEXT, "", "On a granted permission: which one."),
    Field("reaction", TEXT, "", "On a reaction: which one."),
    Field("link", TEXT, "", "The link that was clicked, if the source has it."),
    Field("screen_id", TEXT, "", "The screen that was seen, if the source has it."),
    Field("button_id", TEXT, "", "The button that was tapped, if the source has it."),
    whole="One entry per event that counts.",
)  # fmt: skip

CHECKPOINT_FIELDS = group(
    "Series checkpoints",
    "",
    None,
    Field("workspace_id", ID, "", "The workspace, as named at the import."),
    Field(
        "checkpoint_id", ID, "",
        "The identity of the checkpoint: a hash of person, company, node and second.",
        "A checkpoint has no id with the vendor: a hash of person, company, node and second.",
    ),
    Field("revision", COUNT, "", "The number of the newest write that the document was computed from."),
    Field("metrics_version", COUNT, "", "The version of the definitions of checkpoints."),
    Field("user_id", ID, "", "The person: the vendor's id."),
    Field("company_id", ID, "", "The company that the person came for; absent if there is none."),
    Field("ruleset_id", ID, "", "The message, which is the node of the series."),
    Field("created_at", TIME, "", "When the person came to the node."),
    Field("first_pass", FLAG, "", "Whether the person comes to the node, for this company, for the first time."),
    Field("status_code", COUNT, "", "The status as a number, as given."),
    Field("status_name", TEXT, "", "The name of the status, as given."),
    Field(
        "left_by", TEXT, "",
        "How the person left the node: the name of the status, or our name for its code.",
        "How the person left the node: `status_name`, or without one our name for `status_code`: 0 is `waiting`, 1 "
        "`exited_primary`, 2 `exited_alternate`, 3 `exited_split`, 4 `expired`, 5 `exited_series`. These names are a "
        "proposal, because the vendor does not publish its codes. It is absent for other codes.",
    ),
    Field("last_processed_at", TIME, "", "When the rules of the node were last checked, as given."),
    Field("expires_at", TIME, "", "When the person is sent on if the rules do not match until then, as given."),
    Field("times_processed", COUNT, "", "How often the rules of the node were checked, as given."),
)  # fmt: skip
