"""Whatever a text contains, its printed form controls no terminal and hides no letter."""

import re
import unicodedata

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.plain_text import printable, printable_json

OVERRIDES = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
STEERING = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{OVERRIDES}\ud800-\udfff]")
SEQUENCES = ["\x1b[31m", "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://x.example\x1b\\", "\x9b1A", "\x1bc", "\x1b(0"]
hostile = st.lists(
    st.sampled_from([*SEQUENCES, *OVERRIDES, "\x1b", "\x9b", "\x07", "\r", "\n", "\t", "\x00", "\x7f", "\ud800"])
    | st.text(st.characters(), max_size=4)
    | st.sampled_from(["[red]", ":smile:", "[/]", "עברית", "العربية", "👩\u200d🚒", "é"]),
    max_size=12,
).map("".join)


@given(hostile)
@example("\x1b\x1b[0m[31m")
@example("\x1b]0;not ended")
def test_no_control_characters_are_left(text: str) -> None:
    assert not STEERING.search(printable(text))
    assert not STEERING.search(printable(text, keep="\n").replace("\n", ""))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]).filter(lambda sign: not STEERING.match(sign))))
@example("[bold]:smile:[/bold] Zoë 👩\u200d🚒 عربي \\n \ufeff")
def test_other_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(hostile)
def test_a_second_pass_changes_nothing(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\x1b[31mred\x1b[0mb", "aredb"),
        ("a\x1b]8;;http://x.example\x07link\x1b]8;;\x07", "alink"),
        ("a\nb\tc", "a b c"),
        ("moc.elpmaxe\u202e", "moc.elpmaxe"),
        ("half \ud83d", "half \ufffd"),
        ("\x9b2Jx", "x"),
    ],
)
def test_examples(text: str, said: str) -> None:
    assert printable(text) == said


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_keeps_its_value(text: str) -> None:
    written = printable_json(orjson.dumps([text]).decode())
    assert orjson.loads(written) == [text]
    assert not any(unicodedata.category(sign) == "Cc" for sign in written)
    assert not STEERING.search(written)
