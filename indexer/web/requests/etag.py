"""Answers that a client need not fetch again: their entity tag, and whether the client has them already."""

import hashlib
import re

from fastapi import Response

_TAG = re.compile(r'(?:W/)?("[^"]*")')


def entity_tag(body: bytes) -> str:
    """The tag of a body, the same for the same bytes."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def tagged(body: bytes, if_none_match: str | None, *, personal: bool = False) -> Response:
    """The body as JSON with its tag, or 304 without a body to a client that names this tag.

    `if_none_match` is the header: tags with commas between them, or `*`. No cache keeps a body with `personal` data.
    """
    tag = entity_tag(body)
    # A cache may keep the answer for one reader alone, and must ask each time whether it is still valid.
    headers = {"ETag": tag, "Cache-Control": "private, no-store" if personal else "private, no-cache"}
    asked = (if_none_match or "").strip()
    if asked == "*" or tag in _TAG.findall(asked):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
