"""The pages of the documentation that are made from code: wholly, or tables in them. `make docs` writes them."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from indexer.answers.catalogue import by_category, load_reports
from indexer.datasets.call_fields import CALL_FIELDS
from indexer.datasets.conversation_fields import GROUPS
from indexer.datasets.field import Field, Group
from indexer.datasets.message_fields import CHECKPOINT_FIELDS, MESSAGE_EVENT_FIELDS, RECEIPT_FIELDS
from indexer.datasets.status_fields import STATUS_FIELDS
from indexer.exports.columns import BASE, METRICS, Column
from indexer.messages.statistics import CHECKPOINT_COLUMNS, EVENTS, RECEIPT_COLUMNS, SERIES, SURVEY
from indexer.people.attribute import Model
from indexer.people.standard import STANDARD
from indexer.reports import reports_page
from indexer.resources import resource_dir

_GROUPS = (*GROUPS, CALL_FIELDS, STATUS_FIELDS, RECEIPT_FIELDS, MESSAGE_EVENT_FIELDS, CHECKPOINT_FIELDS)

DOCS = resource_dir("mappings").parent / "docs"

_COLUMNS = {
    "Columns": BASE,
    "New pipeline": METRICS["new"],
    "REST statistics": METRICS["rest"],
    "Legacy pipeline": METRICS["legacy"],
}


def generated_pages() -> dict[Path, str]:
    """The pages as they have to be."""
    metrics, exports, attributes = DOCS / "metrics.md", DOCS / "exports.md", DOCS / "people-attributes.md"
    return {
        DOCS / "reports.md": reports_page(by_category(load_reports())),
        metrics: with_tables(metrics.read_text(), fields_tables(_GROUPS)),
        exports: with_tables(
            exports.read_text(),
            {title: columns_table(made) for title, made in _COLUMNS.items()}
            | {"The detailed report": message_files_table()},
        ),
        attributes: with_tables(
            attributes.read_text(),
            {
                "Standard attributes of people": attributes_table("contact"),
                "Standard attributes of companies": attributes_table("company"),
            },
        ),
    }


def with_tables(page: str, tables: dict[str, str]) -> str:
    """The page with the first table under each of these headings replaced."""
    for heading, table in tables.items():
        under = re.compile(rf"(^##+ {re.escape(heading)}\n(?:(?!\||#).*\n)*)(?:\|.*\n)+", re.MULTILINE)
        found = under.search(page)
        if found is None:
            raise ValueError(f"there is no table under the heading {heading!r}")
        page = page[: found.end(1)] + table + page[found.end() :]
    return page


def fields_tables(groups: Iterable[Group]) -> dict[str, str]:
    """The tables of fields in Markdown, by their headings."""
    rows: dict[str, list[str]] = {}
    for group in groups:
        paths = {field.path for field in group.fields}
        for field in group.fields:
            if field.path.removesuffix("_ooo") not in paths - {field.path}:
                rows.setdefault(group.title, []).append(_field_row(field, group, twin=f"{field.path}_ooo" in paths))
    return {title: "".join([_heading(lines[0]), *lines]) for title, lines in rows.items()}


def _field_row(field: Field, group: Group, *, twin: bool) -> str:
    name = f"`{field.path if group.whole else field.name}{'(+_ooo)' if twin else ''}`"
    cells = [name, field.type.words, field.page or field.rule, *filter(None, [field.certainty])]
    return f"| {' | '.join(cells)} |\n"


def _heading(row: str) -> str:
    names = ["field", "values", "meaning", ""][: row.count(" | ") + 1]
    return f"| {' | '.join(names)} |\n|{' --- |' * len(names)}\n".replace("  |", " |")


def columns_table(columns: Collection[Column]) -> str:
    """The columns of an export in Markdown."""
    rows = [f"| `{column.name}` | {column.kind} | {column.about} |\n" for column in columns]
    return "| column | kind | meaning |\n| --- | --- | --- |\n" + "".join(rows)


def message_files_table() -> str:
    """The files of the detailed export of messages in Markdown."""
    events = [
        (one.kind, ", ".join(sorted(one.content_types - {SURVEY})).replace("_", " "), one.columns)
        for one in EVENTS.values()
    ]
    files = [("receipt", "all", RECEIPT_COLUMNS), *events, ("checkpoint", SERIES, CHECKPOINT_COLUMNS)]
    rows = [f"| `{name}.csv` | {types} | {_code(columns)} |\n" for name, types, columns in files]
    return "| file | content types | columns |\n| --- | --- | --- |\n" + "".join(rows)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def attributes_table(model: Model) -> str:
    """The standard attributes in Markdown, with the places where a record has them."""
    rows = [
        f"| `{one.name}` | {one.type} | {one.meaning} | {_code(one.places or [one.name])} |\n"
        for one in STANDARD[model].values()
    ]
    return "| attribute | type | meaning | in JSON |\n| --- | --- | --- | --- |\n" + "".join(rows)


if __name__ == "__main__":
    for path, text in generated_pages().items():
        path.write_text(text)
