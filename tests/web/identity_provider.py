"""A small identity provider (OpenID Connect) on loopback: discovery, authorization, signed tokens.

It gives out a code for the claims that a test has set, and checks the client, the code and the PKCE verifier.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.web.server import running

CLIENT_ID, CLIENT_SECRET = "reports", "a secret of the provider"


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": secrets.token_hex(4), "use": "sig"})


KEY, KEY_OF_ANOTHER = new_key(), new_key()


@dataclass
class Provider:
    """What the provider says of the next user (`claims`), and what it has been asked."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "1", "iat": now, "exp": now + 60, "nonce": nonce}
        header = {"alg": "RS256", "kid": KEY.as_dict()["kid"]}
        return jwt.encode(header, usual | self.claims, self.key)


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """A provider that runs until the test is over."""
    provider = Provider()
    with running(uvicorn.Server(uvicorn.Config(app_of(provider), log_level="warning", ws="none"))) as url:
        provider.issuer = url
        yield provider


def app_of(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        provider.asked.append(asked)
        code = secrets.token_urlsafe(8)
        provider.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    @app.post("/token")
    async def token(request: Request) -> Response:
        sent = dict(parse_qsl((await request.body()).decode()))
        asked = provider.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {client}":
            return JSONResponse({"error": "invalid_client"}, 401)
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != sent["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        issued = {"access_token": "a", "token_type": "Bearer", "id_token": provider.token(asked["nonce"])}
        return JSONResponse(issued)

    return app
