"""The templates, and the page with a message."""

from datetime import UTC, datetime
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from indexer.calendar.durations import duration
from indexer.calendar.written_times import utc_minute
from indexer.sizes import bytes_said
from indexer.web.headings import heading
from indexer.web.requests.caller import CURRENT_USER, MAY_OPERATE, THEME

_templates = Environment(
    loader=PackageLoader("indexer.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["current_user"] = CURRENT_USER.get
_templates.globals["may_operate"] = MAY_OPERATE.get
_templates.globals["theme"] = THEME.get
_templates.filters["thousands"] = lambda number: f"{number:,}"
_templates.filters |= {"minute": utc_minute, "duration": duration, "bytes": bytes_said}
_templates.filters["heading"] = heading
_templates.filters["moment"] = lambda seconds: datetime.fromtimestamp(seconds, UTC)
_templates.filters["sentence"] = lambda text: text[:1].upper() + text[1:]


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from its template."""
    return HTMLResponse(rendered(template, **values), status)


def rendered(template: str, **values: Any) -> str:
    """A template with its values, in which markup is escaped."""
    return _templates.get_template(template).render(values)


_HEADINGS = {404: "There is no such page", 409: "This cannot be done now"}


def message_page(status: int, message: str, remedy: str | None = None, back: str = "/") -> HTMLResponse:
    """A page with an error and its remedy; `back` is the page to go on with."""
    heading = _HEADINGS.get(status, "This cannot be shown" if status < 500 else "This cannot be shown now")
    return page("message.html", status, heading=heading, message=message, remedy=remedy, back=back)
