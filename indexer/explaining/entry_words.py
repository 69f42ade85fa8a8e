"""An entry of the timeline in words: its author, and as what it counts."""

from collections.abc import Mapping

from indexer.explaining.explanation import Entry


def author_words(entry: Entry, names: Mapping[str, str]) -> str:
    """The author: the kind, the name if it is known, and the id; empty if the entry has no author.

    `names` are by `teammate ID` and `team ID`.
    """
    if entry.author_type is None and entry.author_id is None:
        return ""
    kind = {"admin": "teammate"}.get(entry.author_type or "", entry.author_type or "")
    name = names.get(f"teammate {entry.author_id}") if kind in {"teammate", "bot"} else None
    return f"{kind} {name} ({entry.author_id})" if name else f"{kind} {entry.author_id or ''}".strip()


def counts_as(entry: Entry, names: Mapping[str, str]) -> str:
    """The roles in which the entry counts, and whom it assigns."""
    marks = list(entry.roles)
    if entry.assigned_to is not None:
        kind, id_ = entry.assigned_to
        name = names.get(f"team {id_}" if kind == "team" else f"teammate {id_}")
        marks.append(f"→ {kind} {name or id_}".strip())
    if entry.beside_team_id is not None:
        team_id = entry.beside_team_id
        marks.append(f"→ team {names.get(f'team {team_id}') or team_id}")
    return ", ".join(marks)
