"""Forms that a browser sends: their fields as text."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

_MOST_FIELDS = 100


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, max_num_fields=_MOST_FIELDS, keep_blank_values=True)
    except ValueError:
        raise HTTPException(422, f"a form has at most {_MOST_FIELDS} fields") from None
    return dict(reversed(pairs))


Form = Annotated[dict[str, str], Depends(_form)]
"""The fields of a form, each with its first value; raises `HTTPException` 422 for too many of them."""
