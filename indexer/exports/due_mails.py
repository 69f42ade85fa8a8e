"""The mails with the links of complete exports, sent by workers; each is tried again until it is taken or refused."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Engine

from indexer.errors import OperatorError, RetryLater
from indexer.exports.mail import Ready, send_link
from indexer.exports.orders import check_recipient, download_path, hash_of, new_token, request_of
from indexer.reports import InvalidQuestion
from indexer.settings import Settings
from indexer.store.jobs.export_mail import mail_failed, mark_mailed, take_mail
from indexer.store.jobs.exports import Export

log = structlog.get_logger()


def send_due_mails(store: Engine, settings: Settings, go_on: Callable[[], bool]) -> None:
    """Send the mails that are due, until `go_on` says to stop. A mail that is not taken now is due again later."""
    while True:
        token = new_token()
        with store.begin() as connection:
            export = take_mail(connection, hash_of(token))
        if export is None:
            return
        _send(store, settings, export, token)
        if not go_on():
            return


def _ready(export: Export, until: datetime, token: str) -> Ready:
    """What the mail says of an export."""
    request = request_of(export)
    path = None if export.status == "no_data" else download_path(export.export_id, token)
    return Ready(
        export.export_id, export.dataset, request.workspace, request.days, request.time_zone,
        request.facts(export.rows), path, until,
    )  # fmt: skip


def _send(store: Engine, settings: Settings, export: Export, token: str) -> None:
    if export.mail_to is None or export.expires_at is None:
        return
    id_ = export.export_id
    try:
        check_recipient(export.mail_to, settings)
        send_link(settings, export.mail_to, _ready(export, export.expires_at, token))
    except (RetryLater, OperatorError, InvalidQuestion) as error:
        log.warning("export_mail_not_sent", export=id_, error=str(error))
        with store.begin() as connection:
            mail_failed(connection, id_, str(error), for_good=not isinstance(error, RetryLater))
        return
    with store.begin() as connection:
        mark_mailed(connection, id_)
