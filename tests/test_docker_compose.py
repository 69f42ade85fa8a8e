"""No Docker is needed: what can be known of docker-compose.yml and Dockerfile without starting it."""

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from indexer.cli.app import app
from indexer.embedded.download import VERSION
from indexer.services import Service

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
STORES = ("elasticsearch", "postgres", "redis")
PROGRAMS = ("worker", "beat", "web")


def test_there_are_the_three_services_and_the_three_programs() -> None:
    assert set(SERVICES) == {*STORES, *PROGRAMS}


@pytest.mark.parametrize("name", STORES)
def test_a_service_has_a_health_check_a_named_volume_and_limits(name: str) -> None:
    service = SERVICES[name]

    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["mem_limit"]
    [volume] = service["volumes"]
    assert volume.partition(":")[0] in COMPOSE["volumes"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_waits_for_healthy_services_and_has_limits(name: str) -> None:
    program = SERVICES[name]

    assert program["depends_on"] == {store: {"condition": "service_healthy"} for store in STORES}
    assert set(program["environment"]) == {service.url_variable for service in Service}
    assert program["mem_limit"]


def test_ports_are_published_to_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert len(ports) == 4
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in ports)


def test_elasticsearch_is_the_version_that_runs_embedded_and_creates_no_index_by_itself() -> None:
    elasticsearch = SERVICES["elasticsearch"]

    assert elasticsearch["image"] == f"elasticsearch:{VERSION}"
    assert elasticsearch["environment"]["action.auto_create_index"] == "false"


def test_urls_name_the_services_and_their_ports() -> None:
    urls = SERVICES["worker"]["environment"]

    for variable, name in (
        ("ELASTICSEARCH_URL", "elasticsearch"),
        ("DATABASE_URL", "postgres"),
        ("REDIS_URL", "redis"),
    ):
        found = re.search(r"[/@]([a-z]+):(\d+)(/|$)", urls[variable])
        assert found is not None
        assert found[1] == name
        assert SERVICES[name]["ports"][0].endswith(f":{found[2]}")


def test_the_workers_command_is_one_of_ours_with_its_options() -> None:
    _, name, *options = SERVICES["worker"]["command"]

    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(options) <= known


def test_beat_is_the_beat_of_our_celery_application() -> None:
    program, flag, module, command = SERVICES["beat"]["command"]

    assert (program, flag, command) == ("celery", "-A", "beat")
    assert importlib.util.find_spec(module) is not None


def imported_names(source: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from ((str(node.module), alias.name) for alias in node.names)


def test_the_web_program_imports_what_there_is() -> None:
    [source] = [part for part in SERVICES["web"]["command"] if "import" in part]

    names = list(imported_names(source))
    assert ("indexer.web.app", "create_app") in names
    for module, name in names:
        assert hasattr(importlib.import_module(module), name)


def test_everything_the_image_copies_is_there_and_not_ignored() -> None:
    copied = [
        source
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ")
        for source in line.split()[1:-1]
    ]
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert set(copied) == sent
    assert all((ROOT / source).exists() for source in copied)


def test_the_installer_of_the_image_is_pinned() -> None:
    assert re.search(r"(?m)^uv==[0-9.]+ ", (ROOT / "constraints.txt").read_text())
