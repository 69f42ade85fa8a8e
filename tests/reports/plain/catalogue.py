"""The list of reports."""

from tests.reports.plain import ai_and_sla, effort, resolution, responses, satisfaction, volumes

REPORTS = {
    **volumes.REPORTS,
    **resolution.REPORTS,
    **responses.REPORTS,
    **effort.REPORTS,
    **satisfaction.REPORTS,
    **ai_and_sla.REPORTS,
}
