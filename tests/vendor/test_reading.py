from pathlib import Path

from tests.vendor.reading import looked_up, words

CODE = '''
"""documentation"""

__all__ = ["exported"]
FLAGS = ("flagged",)
_RENAMED = {"old_state": "new_state"}


def read(raw, flags):
    """more_documentation"""
    flags.append("noticed")
    if raw.get("state") == "pending":
        raise Refused("is missing")
    match raw["kind"]:
        case "special":
            return other(raw.get("author")).get("name", "")
'''


def test_names_and_literals_are_found_and_documentation_messages_and_flags_are_not(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(CODE)
    found = words(str(module))
    assert set(found) == {"old_state", "new_state", "state", "pending", "kind", "special", "author", "name"}


def test_a_name_is_looked_up_in_an_object(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(CODE)
    assert set(looked_up(str(module))) == {
        ("read", "raw", "state"),
        ("read", "raw", "kind"),
        ("read", "raw", "author"),
        ("read", "other(raw.get('author'))", "name"),
    }
