"""What the document repeats from the conversation, and what says how the document was made."""

from indexer.datasets.field import (
    ATTRIBUTES,
    COUNT,
    FLAG,
    ID,
    IDS,
    LONG_TEXT,
    TEXT,
    TEXT_NOT_GROUPED,
    TEXTS,
    TIME,
    WORD,
    WORDS,
    Field,
    group,
)

IDENTITY = group(
    "Identity",
    "",
    None,
    Field("workspace_id", ID, "D", "The workspace, as named at the import."),
    Field("conversation_id", ID, "P", "The conversation's id.", "The conversation's `id`, as text."),
    Field(
        "revision", COUNT, "D",
        "The number of the newest write that it was computed from. Absent if it was computed without a store.",
        "The number of the newest write that the document was computed from (conversation or workspace settings); it "
        "is the document's version in the index. Absent in the output of `indexer compute`.",
    ),
    Field(
        "metrics_version", COUNT, "D",
        "The version of these definitions.",
        "The version of these definitions. It rises with every change of a definition.",
    ),
    Field(
        "office_hours_id", ID, "D",
        "The schedule that it is measured with: 24/7, or a hash of the schedule's meaning.",
        "`24/7`, or a hash of the schedule's meaning; see [office-hours.md](office-hours.md#the-id).",
    ),
)  # fmt: skip

FACTS = group(
    "Facts",
    "",
    None,
    Field(
        "created_at", TIME, "P",
        "The creation of the conversation, as delivered.", "When the conversation was created.",
    ),
    Field(
        "updated_at", TIME, "P",
        "The conversation's last change, as delivered.", "When it last changed, according to the conversation.",
    ),
    Field(
        "title", TEXT_NOT_GROUPED, "P",
        "The conversation's or the ticket's title, else the subject of its source.",
        "The conversation's title, or a ticket's attribute `_default_title_`, else the subject of the source.",
    ),
    Field(
        "state", WORD, "P",
        "Open, closed or snoozed, as delivered.",
        "`open`, `closed` or `snoozed`, as delivered. Old API versions and tickets: from `open` and `snoozed_until`.",
    ),
    Field(
        "channel", WORD, "P",
        "The channel of the source, such as email, as delivered.",
        "`source.type`: `conversation` (the Messenger), `email`, `whatsapp`, …",
    ),
    Field(
        "delivered_as", WORD, "P",
        "Who started it, in the vendor's words.",
        "`source.delivered_as`: who started it, in the vendor's words.",
    ),
    Field(
        "priority", WORD, "P",
        "The priority, as delivered.",
        "As delivered; true and false of old versions are `priority` and `not_priority`.",
    ),
    Field(
        "team_assigned_id", ID, "P",
        "The team that is assigned now, as delivered.",
        "The team that it is assigned to now ([decision 20](#decision-20)).",
    ),
    Field(
        "teammate_assigned_id", ID, "P",
        "The teammate who is assigned now, as delivered.",
        "The teammate that it is assigned to now ([decision 20](#decision-20)).",
    ),
    Field(
        "tags", TEXTS, "P",
        "The names of the tags, as delivered.", "Names of its tags, the id of a tag without a name.",
    ),
    Field(
        "contact_ids", IDS, "P",
        "The contacts. A contact that was merged into another one has the other one's id.",
    ),
    Field(
        "company_ids", IDS, "P",
        "The company of the conversation, then those of its contacts.",
        "Its own company first, then those of its contacts, each once.",
    ),
    Field("country", TEXT, "P", "The country of the first contact that has one."),
    Field("continent", TEXT, "P", "The continent of the first contact that has one."),
    Field(
        "custom", ATTRIBUTES, "P",
        "The custom attributes, as delivered.", "Its custom attributes (of a ticket its attributes), as they came.",
    ),
)  # fmt: skip

_TITLE = "Rating, SLA, AI agent"

RATING_SLA_AI = (
    group(
        _TITLE,
        "rating",
        None,
        Field(
            "score", COUNT, "P",
            "The customer's rating, 1 to 5.", "1 to 5. Any other score is left out and flagged.",
        ),
        Field("remark", LONG_TEXT, "P", "What the customer wrote with the rating."),
        Field(
            "requested_at", TIME, "P",
            "When the customer was asked for the rating.", "When the customer was asked ([decision 33](#decision-33)).",
        ),
        Field(
            "rated_at", TIME, "P, D",
            "When the rating was given.",
            "When the score was given, absent without a score ([decision 33](#decision-33)).",
        ),
        Field("teammate_id", ID, "P", "The teammate that the vendor names for the rating."),
        whole="The rating, when it was requested and when it was given.",
    ),
    group(
        _TITLE,
        "sla",
        None,
        Field("name", TEXT, "P", "The name of the SLA, as delivered."),
        Field(
            "status", WORD, "P",
            "Hit, missed, cancelled or active, as delivered.", "As delivered: `hit`, `missed`, `cancelled`, `active`.",
        ),
        Field(
            "missed_targets", WORDS, "P",
            "The targets that were missed according to the parts.",
            "The targets named by `conversation_sla_target_missed` parts, each once, `unknown` for a miss that names "
            "none ([decision 34](#decision-34)). If a part was delivered twice, the later version counts.",
        ),
        whole="The SLA, its status, and the targets that were missed according to the parts.",
    ),
    group(
        _TITLE,
        "ai",
        None,
        Field(
            "participated", FLAG, "P, D",
            "Whether the AI agent took part.",
            "As delivered; true if the agent is described but this is not given.",
        ),
        Field("source_type", WORD, "P", "The type of the AI agent's source, as delivered."),
        Field("source_title", TEXT, "P", "The title of the AI agent's source, as delivered."),
        Field("last_answer_type", WORD, "P", "The type of the AI agent's last answer, as delivered."),
        Field(
            "resolution_state", WORD, "P",
            "The result of the AI agent's answers.",
            "As delivered, under its present name ([decision 38](#decision-38)).",
        ),
        Field(
            "rating", COUNT, "P",
            "The customer's rating of the AI agent, 1 to 5.",
            "The rating of the agent, 1 to 5; any other rating is left out and flagged.",
        ),
        Field("rating_remark", LONG_TEXT, "P", "What the customer wrote with the rating of the agent."),
        Field("created_at", TIME, "P", "When the AI agent's record was created, as delivered."),
        Field("updated_at", TIME, "P", "When the AI agent's record last changed, as delivered."),
        whole="What the AI agent did, as delivered.",
    ),
)  # fmt: skip

DATA_QUALITY = group(
    "Data quality",
    "",
    None,
    Field(
        "data_quality", WORDS, "D",
        "Flags that say what to know before trusting the numbers.",
        "List of flags: what to know before trusting the document. Absent if there are no flags.",
    ),
)  # fmt: skip
