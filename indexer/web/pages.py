"""The templates, and the page with a message."""

from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from indexer.web.caller import CURRENT_USER

_templates = Environment(
    loader=PackageLoader("indexer.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["current_user"] = CURRENT_USER.get
_templates.filters["thousands"] = lambda number: f"{number:,}"
_templates.filters["sentence"] = lambda text: text[:1].upper() + text[1:]


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from its template."""
    return HTMLResponse(rendered(template, **values), status)


def rendered(template: str, **values: Any) -> str:
    """A template with its values, in which markup is escaped."""
    return _templates.get_template(template).render(values)


def message_page(status: int, message: str, remedy: str | None = None) -> HTMLResponse:
    """A page with an error and its remedy."""
    return page("message.html", status, missing=status == 404, message=message, remedy=remedy)
