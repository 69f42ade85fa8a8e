"""The fields of a receipt's document."""

from msgspec import Struct


class DocumentEvent(Struct, omit_defaults=True, gc=False):
    """An event that counts, `at` in epoch seconds; missing details are absent from the JSON."""

    at: int
    kind: str
    step_id: str | None = None
    node_ruleset_id: str | None = None
    permission_type: str | None = None
    reaction: str | None = None
    link: str | None = None
    screen_id: str | None = None
    button_id: str | None = None


class ReceiptDocument(Struct, omit_defaults=True, gc=False):
    """The reporting document of a receipt; times in epoch seconds, durations in seconds, missing values are absent."""

    workspace_id: str
    receipt_id: str
    metrics_version: int
    received_at: int
    revision: int | None = None
    data_quality: list[str] | None = None
    user_id: str | None = None
    user_external_id: str | None = None
    company_id: str | None = None
    email: str | None = None
    name: str | None = None
    country: str | None = None
    ruleset_id: str | None = None
    content_id: str | None = None
    content_type: str | None = None
    content_title: str | None = None
    ruleset_version_id: str | None = None
    series_id: str | None = None
    series_title: str | None = None
    node_id: str | None = None
    last_state_changed_by: str | None = None
    first_button_tap_at: int | None = None
    first_click_at: int | None = None
    first_collected_email_at: int | None = None
    first_completion_at: int | None = None
    first_dismissal_at: int | None = None
    first_goal_success_at: int | None = None
    first_hard_bounce_at: int | None = None
    first_open_at: int | None = None
    first_permission_grant_at: int | None = None
    first_reaction_at: int | None = None
    first_reply_at: int | None = None
    first_screen_view_at: int | None = None
    first_series_completion_at: int | None = None
    first_series_disengagement_at: int | None = None
    first_series_exit_at: int | None = None
    first_soft_bounce_at: int | None = None
    first_spam_complaint_at: int | None = None
    first_tour_step_failure_at: int | None = None
    first_tour_step_view_at: int | None = None
    first_unsubscribe_at: int | None = None
    time_to_open: int | None = None
    time_to_click: int | None = None
    machine_opens: int = 0
    machine_clicks: int = 0
    impossible_events: int = 0
    events: list[DocumentEvent] = []
