"""No Docker is needed: what can be known of docker-compose.yml and Dockerfile without starting it."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from sqlalchemy import make_url

from indexer.cli.app import app
from indexer.embedded.download import VERSION
from indexer.services import Service
from indexer.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
STORES = ("elasticsearch", "postgres", "redis")
PROGRAMS = ("worker", "beat", "web")
OTHERS = {"DATABASE_PASSWORD", "INDEXER_EXPORTS_DIR"}


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
    assert set(program["environment"]) == {service.url_variable for service in Service} | OTHERS
    assert program["healthcheck"]["test"][0] == "CMD"
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


def options_of(name: str) -> set[str]:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts}


def test_the_workers_command_is_one_of_ours_with_its_options() -> None:
    _, name, *options = SERVICES["worker"]["command"]

    assert set(options) <= options_of(name)


def test_beat_is_the_beat_of_our_celery_application() -> None:
    program, flag, module, command = SERVICES["beat"]["command"]

    assert (program, flag, command) == ("celery", "-A", "beat")
    assert importlib.util.find_spec(module) is not None


def test_the_web_program_is_our_own_command_and_is_ready_if_it_can_answer() -> None:
    program, name, *options = SERVICES["web"]["command"]

    assert (program, name) == ("indexer", "serve")
    assert {option for option in options if option.startswith("--")} <= options_of(name)
    assert "/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_worker_and_beat_are_asked_for_signs_of_life(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "indexer", "alive", name]
    assert {"interval", "timeout", "retries", "start_period"} < set(SERVICES[name]["healthcheck"])


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_share_the_files_of_exports_and_take_all_settings(name: str) -> None:
    program = SERVICES[name]

    [volume] = program["volumes"]
    place, _, target = volume.partition(":")
    assert place in COMPOSE["volumes"]
    assert target == program["environment"]["INDEXER_EXPORTS_DIR"]
    assert f"chown indexer: {target}" in (ROOT / "Dockerfile").read_text()
    assert program["env_file"] == [{"path": "indexer.env", "required": False}]


def test_a_password_is_demanded_and_never_put_into_a_url() -> None:
    demanded = re.compile(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}")

    assert demanded.fullmatch(SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"])
    for name in PROGRAMS:
        assert demanded.fullmatch(SERVICES[name]["environment"]["DATABASE_PASSWORD"])
        assert "PASSWORD" not in SERVICES[name]["environment"]["DATABASE_URL"]


def test_the_settings_of_the_programs_are_read_as_they_are_given() -> None:
    given = {**SERVICES["worker"]["environment"], "DATABASE_PASSWORD": "p@ss/word#1 $x'"}

    settings = Settings.model_validate(given)

    assert make_url(str(settings.full_database_url)).password == "p@ss/word#1 $x'"


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
