"""Messages on their whole way, by the commands of their page: made up, imported, reported, exported, imported again."""

import io
import re
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from indexer.answers.catalogue import load_reports
from indexer.answers.run_report import run_reports
from indexer.messages.statistics import FLAT_COLUMNS
from indexer.reports import Answer, Definition, read_question
from indexer.resources import resource_dir
from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.web.server import served

pytestmark = pytest.mark.services

PAGE = (resource_dir("mappings").parent / "docs" / "messages.md").read_text()
DATASETS = ("message_receipts", "series_checkpoints")
REPORTS = {name: one for name, one in load_reports().items() if one.dataset in DATASETS}
RANGE = {"from": "2026-08-03", "to": "2026-10-31"}
OPTIONS = ("--from", RANGE["from"], "--to", RANGE["to"])

AS_JSON = {"Content-Type": "application/json"}
LOST_WITHOUT_EVERYTHING = {"country", "link", "screen", "button"}
"""Groups that the vendor's files have no columns for."""


@pytest.fixture
def installation(test_settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    used = Installation(test_settings, INDEXER_EXPORTS_DIR=str(tmp_path / "exports"))
    yield used
    used.close()


def commands_of_the_page() -> list[str]:
    return re.findall(r"^    \$ (?:indexer )?(.*)$", PAGE, flags=re.MULTILINE)


def tried(installation: Installation, command: str, directory: Path, server: httpx.Client) -> str:
    """The output of a command of the page, whose files are in that directory; `curl` asks the server."""
    if command.startswith("curl "):
        _, url, option, body = shlex.split(command)
        assert option == "--json"
        answer = server.post(url.removeprefix("http://127.0.0.1:8080"), content=body, headers=AS_JSON)
        assert answer.is_success, answer.text
        return answer.text
    line, _, target = command.partition(" > ")
    words = [
        re.sub(r"[a-z]+\.(?:ndjson|zip|csv)$", lambda file: str(directory / file[0]), word)
        for word in shlex.split(line)
    ]
    said = installation.run(*words)
    if target:
        (directory / target).write_text(said)
    return said


def text_of(report: Definition) -> str:
    """The file that defines the report."""
    return (resource_dir("queries") / report.dataset / f"{report.name}.yaml").read_text()


def is_carried_by_plain_files(report: Definition) -> bool:
    return not re.search("machine|screen|button|link", text_of(report).partition("group_by:")[0])


def is_carried_by_flat_files(report: Definition) -> bool:
    """Whether it needs no more than the first event of each of the kinds that have a column."""
    text = text_of(report)
    kinds = set(re.findall(r"first_(\w+)_at", text)) | {"open", "click"}
    counts_events = re.search(r"^(axis: events|items:|action:)", text, flags=re.MULTILINE)
    return (
        report.dataset == "message_receipts"
        and not counts_events
        and not re.search("machine", text)
        and kinds <= set(FLAT_COLUMNS.values())
    )


def answers(installation: Installation, workspace: str) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Every report by week, and over the whole range for its first group; the comparison of messages for each."""
    asked = []
    for report in REPORTS.values():
        some = report.group_by if report.name == "message_performance" else report.group_by[:1]
        for group in (None, *some):
            interval = "week" if group is None else "range"
            question = {**RANGE, "workspace": workspace, "interval": interval, "group_by": group or "none"}
            asked.append((report, group, read_question(report, question)))
    found = []
    for start in range(0, len(asked), 50):
        questions = [(report, question) for report, _, question in asked[start : start + 50]]
        found += run_reports(installation.search, installation.settings.index_prefix, questions)
    told = {}
    for (report, group, _), answer in zip(asked, found, strict=True):
        assert isinstance(answer, Answer), (report.name, group, answer)
        told[report.name, group] = answer.model_dump(exclude={"workspace"})
    return told


def check_what_the_page_says(said: dict[str, str], server: httpx.Client) -> None:
    """Whether what commands beside the round trip printed is what the page says of them."""
    [small] = [orjson.loads(text) for command, text in said.items() if command.startswith("import few.ndjson")]
    assert (small["receipts"], small["refused"], small["waiting"]) == (2_001, 0, 0)
    [reply, order] = [orjson.loads(text) for command, text in said.items() if command.startswith("curl ")]
    assert (reply["created"], reply["waiting"], reply["refused"]) == (1, 0, [])
    plans = [orjson.loads(text) for command, text in said.items() if "--group-by person.custom.plan" in command]
    assert {"free", "pro"} <= {row["group"] for row in plans[0]["rows"]}
    exports = orjson.loads(said["export list"])
    assert [(one["workspace"], one["state"]) for one in exports] == [("small", "completed"), ("acme", "completed")]
    file = server.get(order["link"].partition(":8080")[2])
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert b"40001" in archive.read("reply.csv")


def test_an_export_imported_into_an_empty_workspace_gives_the_same_reports(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "few.ndjson").write_text("\n".join(re.findall(r'^    (\{"type".*)$', PAGE, flags=re.MULTILINE)))
    used = installation.settings
    with served(
        str(used.elasticsearch_url),
        used.index_prefix,
        DATABASE_URL=str(used.database_url),
        REDIS_URL=str(used.redis_url),
        exports_dir=installation.environment["INDEXER_EXPORTS_DIR"],
    ) as server:
        commands = commands_of_the_page()
        said = [tried(installation, command, tmp_path, server) for command in commands]
        check_what_the_page_says(dict(zip(commands, said, strict=True)), server)
    of_acme, of_copy = (said[place] for place, one in enumerate(commands) if "report run message_performance" in one)
    assert of_copy.replace("copy", "acme") == of_acme
    plain, flat = tmp_path / "plain.zip", tmp_path / "ours.csv"
    installation.run("export", "messages", "--workspace", "acme", *OPTIONS, "--output", str(plain))
    for file, workspace in ((plain, "plain"), (flat, "flat")):
        installation.run("import", str(file), "--dataset", "messages", "--workspace", workspace)
    installation.index_everything()

    expected = answers(installation, "acme")
    assert answers(installation, "copy") == expected
    of_plain, of_flat = answers(installation, "plain"), answers(installation, "flat")
    for (name, group), answer in expected.items():
        if group not in LOST_WITHOUT_EVERYTHING:
            if is_carried_by_plain_files(REPORTS[name]):
                assert of_plain[name, group] == answer, (name, group)
            if is_carried_by_flat_files(REPORTS[name]):
                assert of_flat[name, group] == answer, (name, group)
    assert sum(map(is_carried_by_plain_files, REPORTS.values())) >= len(REPORTS) * 0.8
    assert sum(map(is_carried_by_flat_files, REPORTS.values())) >= len(REPORTS) / 5
    assert all(answer["total"]["count"] for (_, group), answer in expected.items() if group is None)
