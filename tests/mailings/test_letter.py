"""The mails of subscriptions and alerts: no text in them becomes a header."""

from email import message_from_bytes, policy

import pytest

from indexer.mailings.letter import Letter, compose_letter
from indexer.settings import Settings

SETTINGS = Settings.model_validate({"smtp_url": "smtp://127.0.0.1:1", "mail_from": "reports@example.com"})
HEADERS = {
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


@pytest.mark.parametrize("control", ["\r\n", "\n", "\r", "\n\n", "\r\n\r\n", "\0", "\v", "\x85", "\u2028", "\x1b[2J"])
def test_no_name_adds_a_header_to_a_mail(control: str) -> None:
    subject = f"Month{control}Bcc: eve@example.com"
    made = compose_letter(SETTINGS, "ann@example.com", Letter(subject, "text"), "key")
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert set(read.keys()) == HEADERS
    assert read["To"] == "ann@example.com"
    assert read["Subject"].startswith("Month")
    assert read["Subject"].endswith("Bcc: eve@example.com")
    assert read.get_content().strip() == "text"


@pytest.mark.parametrize("recipient", ["ann@example.com\nBcc: eve@example.com", "ann@example.com\r\n\r\nText"])
def test_no_recipient_adds_one_either(recipient: str) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        compose_letter(SETTINGS, recipient, Letter("Month", "text"), "key")
