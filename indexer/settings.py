"""Every setting, in one typed object, read from the environment and from `.env`."""

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError
from indexer.mail_server import MailServer, checked_address
from indexer.ownership import expect_ours
from indexer.urls import with_password

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_APPLICATION = "reporting-indexer"
_TOKEN = re.compile(r"[!-~]+")
_LEAST_TOKEN = 16
_SHORT_TOKEN = 20

_NOT_SETTINGS = frozenset({"INDEXER_NATIVE", "INDEXER_DEBUG", "INDEXER_LEFT_CHILDREN"})
"""Variables of ours that are read elsewhere."""

_OF_TESTS = "INDEXER_TEST_"


class Settings(BaseSettings):
    """Settings of all commands and workers; each is the environment variable `INDEXER_<NAME>`.

    The three service URLs also go by their common names. An unset URL means the embedded service.
    """

    model_config = SettingsConfigDict(
        env_prefix="INDEXER_",
        env_file=".env",
        extra="ignore",
        env_ignore_empty=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    elasticsearch_url: str | None = Field(
        default=None, validation_alias=AliasChoices("INDEXER_ELASTICSEARCH_URL", "ELASTICSEARCH_URL")
    )
    database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("INDEXER_DATABASE_URL", "DATABASE_URL")
    )
    database_password: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("INDEXER_DATABASE_PASSWORD", "DATABASE_PASSWORD"),
        description="The password of the user in DATABASE_URL, if the URL has none; any characters.",
    )
    redis_url: str | None = Field(default=None, validation_alias=AliasChoices("INDEXER_REDIS_URL", "REDIS_URL"))
    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path(_APPLICATION),
        description="Data and state of the embedded services.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path(_APPLICATION),
        description="Downloads, shared by all homes of a user.",
    )
    index_prefix: str = Field(default="reporting", pattern=r"^[a-z][a-z0-9]*$")
    index_shards: int = Field(default=1, ge=1, le=1024, description="Number of primary shards of new indices.")
    workspace_shards: int = Field(
        default=1, ge=1, description="Number of those shards that hold the documents of one workspace."
    )
    worker_processes: int = Field(default=2, ge=1, description="Number of processes of one `indexer worker`.")
    stall_seconds: float = Field(
        default=60, gt=0, description="How long messages may wait before a worker that takes none restarts."
    )
    shutdown_seconds: float = Field(default=60, gt=0, description="How long a worker or the server may take to stop.")
    drain_batch: int = Field(default=500, ge=1, le=10_000, description="Changes leased, computed and written at once.")
    lease_seconds: float = Field(
        default=60, gt=0, description="How long a drain may hold a batch before another drain may take it."
    )
    index_interval_seconds: float = Field(
        default=5, ge=0, description="How often a constantly changing conversation is indexed."
    )
    most_attempts: int = Field(
        default=10, ge=1, description="How many leases without a result move a change to quarantine."
    )
    quarantine_share: float = Field(
        default=0.2, ge=0, le=1, description="Share of a worker's last documents in quarantine that stops the drain."
    )
    quarantine_minimum: int = Field(
        default=20, ge=1, description="Minimum number of these documents before the share is checked."
    )
    person_event_days: int = Field(
        default=90, ge=1, description="Days that single events of people are kept after their time and arrival."
    )
    sweep_seconds: float = Field(default=2, gt=0, description="How often the beat looks for due changes.")
    reconcile_seconds: float = Field(
        default=10, gt=0, description="How often the beat compares a part of the index with the store."
    )
    reconcile_documents: int = Field(default=500, ge=1, description="Number of documents in that part of the index.")
    reconcile_sample: float = Field(
        default=0.01, ge=0, le=1, description="Share of these documents that is recomputed and compared in full."
    )
    mailings_seconds: float = Field(
        default=30, gt=0, description="How often the beat looks for subscriptions that are due, and checks alerts."
    )
    literal_reply_times: bool = Field(default=False, description="Let a bot's message interrupt reply times.")
    metrics_address: str | None = Field(
        default=None,
        pattern=r"^([^:\[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$",
        description="`host:port` where a worker serves its figures to Prometheus. Unset: nowhere.",
    )
    reports_dir: Path | None = Field(
        default=None, description="Directory of your own reports, with a directory for each dataset. Unset: none."
    )
    exports_dir: Path | None = Field(
        default=None, description="Directory for files of exports, the same on all hosts. Unset: `exports` in the home."
    )
    exports_waiting: int = Field(default=100, ge=1, description="How many exports may wait to be written at once.")
    exports_gib: float = Field(default=20, gt=0, description="Maximum size of all files of exports together, in GiB.")
    export_hours: float = Field(default=72, gt=0, description="How long the file of an export can be fetched.")
    api_token: SecretStr | None = Field(
        default=None,
        description="A token with every scope. Without it and without accounts, the server listens on loopback only.",
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="The mail server for mail about exports. Unset: no mail is sent."
    )
    mail_from: str | None = Field(default=None, description="The sender of that mail.")
    mail_domains: str | None = Field(
        default=None,
        description="Domains that mail about exports may go to, separated by commas, or *. Unset: the sender's.",
    )
    mail_per_hour: int = Field(default=60, ge=1, description="How many exports may be ordered with mail in an hour.")
    oidc_issuer: str | None = Field(
        default=None, description="The identity provider (OpenID Connect) that users sign in through. Unset: none."
    )
    oidc_client_id: str | None = Field(default=None, description="The name of this server at the provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Its secret there; PKCE is used with and without one."
    )
    oidc_claim: str = Field(
        default="email", min_length=1, description="The claim with the user's name; `email` has to be verified."
    )
    oidc_domains: str | None = Field(
        default=None, description="Domains that the name has to end with, separated by commas. Unset: any."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8080", description="The address where readers reach the HTTP server."
    )
    profile_url: str | None = Field(
        default=None,
        description="The address of a person's profile, with {key} for user_id or email and {value}. Unset: no links.",
    )
    elasticsearch_heap: str = Field(
        default="1g", pattern=r"^\d+[mg]$", description="Heap size of the embedded Elasticsearch."
    )

    @property
    def exports_directory(self) -> Path:
        """The directory of the files of exports."""
        return self.exports_dir or self.home / "exports"

    @field_validator("database_password")
    @classmethod
    def _belongs_to_a_user(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        url = info.data.get("database_url")
        if value is not None and url is not None:
            try:
                with_password(url, value.get_secret_value())
            except ValueError as error:
                raise ValueError(f"cannot be put into DATABASE_URL, which {error}") from error
        return value

    @property
    def full_database_url(self) -> str | None:
        """`database_url` with the password in it, if that was given by itself."""
        if self.database_url is None or self.database_password is None:
            return self.database_url
        return with_password(self.database_url, self.database_password.get_secret_value())

    @field_validator("api_token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("must consist of visible ASCII characters, without spaces")
        if value is not None and len(value.get_secret_value()) < _LEAST_TOKEN:
            raise ValueError(
                f"has fewer than {_LEAST_TOKEN} characters and can be guessed; make one with: openssl rand -hex 32"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _names_a_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            MailServer.of(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        return value if value is None else checked_address(value)

    @field_validator("mail_domains")
    @classmethod
    def _are_domains(cls, value: str | None) -> str | None:
        if value is not None and value.strip() != "*":
            for domain in value.split(","):
                checked_address(f"ann@{domain.strip()}")
        return value

    def may_mail(self, address: str) -> bool:
        """Whether mail about exports may go to the address."""
        allowed = self.mail_domains or (self.mail_from or "").rpartition("@")[2]
        domains = {domain.strip().lower() for domain in allowed.split(",")}
        return "*" in domains or address.rpartition("@")[2].lower() in domains

    @field_validator("public_url")
    @classmethod
    def _begins_links(cls, value: str) -> str:
        parts = urlsplit(value)
        visible = _TOKEN.fullmatch(value) and "?" not in value and "#" not in value
        if parts.scheme not in {"http", "https"} or not parts.hostname or not visible:
            raise ValueError("must be http:// or https:// with a host, such as https://reports.example.com")
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _can_be_trusted(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        is_near = parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if value is not None and not (parts.scheme == "https" or (parts.scheme == "http" and is_near)):
            raise ValueError("must begin with https://")
        return value

    @field_validator("workspace_shards")
    @classmethod
    def _fewer_than_all(cls, value: int, info: ValidationInfo) -> int:
        shards = info.data.get("index_shards", value + 1)
        if 1 < value >= shards:
            raise ValueError(f"must be 1 or less than index_shards, which is {shards}")
        return value


@cache
def settings() -> Settings:
    """The settings of this process; raises `OperatorError` that names the variable at fault.

    A `.env` file that another user could have written is refused. Likely mistakes are warned of on
    standard error.
    """
    file = Settings.model_config.get("env_file")
    if isinstance(file, str):
        expect_ours(Path(file), "settings", "run in another directory")
    try:
        found = Settings()
    except ValidationError as error:
        faults = "; ".join(f"{_variable(e)}: {e['msg']}" for e in error.errors())
        raise OperatorError(
            f"settings are wrong: {faults}", "correct the environment variable or the line in .env"
        ) from error
    for warning in (*_unknown_variables(), *_weak_token(found)):
        print(f"warning: {warning}", file=sys.stderr)
    return found


def _variable(error: "ErrorDetails") -> str:
    """The variable that an error is about, with its value unless that may hold a secret."""
    name = str(error["loc"][0]) if error["loc"] else ""
    field = Settings.model_fields.get(name)
    variable = name if field is None else f"INDEXER_{name.upper()}"
    is_secret = field is None or name.endswith("_url") or "SecretStr" in str(field.annotation)
    return variable if is_secret else f"{variable}={error['input']!r}"


def _unknown_variables() -> Iterator[str]:
    """Variables that look as if they were ours and are not, each with the nearest name."""
    known = {f"INDEXER_{name.upper()}" for name in Settings.model_fields} | _NOT_SETTINGS
    file = Settings.model_config.get("env_file")
    written = dotenv_values(file) if isinstance(file, str) and Path(file).is_file() else {}
    for name in sorted({*os.environ, *written}):
        if name.upper().startswith("INDEXER_") and name.upper() not in known and not name.upper().startswith(_OF_TESTS):
            hint = did_you_mean(near_names(name, known, most=1))
            yield f"there is no setting {name}" + (f"; {hint}" if hint else "")


def _weak_token(found: Settings) -> Iterator[str]:
    if found.api_token is not None and len(found.api_token.get_secret_value()) < _SHORT_TOKEN:
        yield (
            f"INDEXER_API_TOKEN has fewer than {_SHORT_TOKEN} characters and may be guessed; "
            "make one with: openssl rand -hex 32"
        )
