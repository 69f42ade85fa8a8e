"""The same three services in containers, for a test run that asks for them: `INDEXER_TEST_SERVICES=docker`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from indexer.services import Service

VARIABLE = "INDEXER_TEST_SERVICES"
_COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


def start_containers(stack: ExitStack) -> dict[Service, str]:
    """Start the images of docker-compose.yml, to be stopped with `stack`; gives the services' URLs.

    Raises `pytest.UsageError` if no engine answers: who asks for Docker is not given something else.
    """
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env()
        client.ping()
        client.close()
    except DockerException as error:
        raise pytest.UsageError(
            f"{VARIABLE}=docker is set and no Docker engine answers ({error}); "
            "start one, or unset the variable to test with the embedded services"
        ) from error

    from testcontainers.community.elasticsearch import ElasticSearchContainer
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.community.redis import RedisContainer

    images = {name: service.get("image") for name, service in yaml.safe_load(_COMPOSE.read_text())["services"].items()}
    elasticsearch = ElasticSearchContainer(images["elasticsearch"], mem_limit="2g")
    elasticsearch.with_env("discovery.type", "single-node").with_env("action.auto_create_index", "false")
    elasticsearch.with_env("ES_JAVA_OPTS", "-Xms512m -Xmx512m")
    postgres = PostgresContainer(images["postgres"], driver=None)
    redis = RedisContainer(images["redis"])
    for container in (elasticsearch, postgres, redis):
        stack.enter_context(container)
    return {
        Service.ELASTICSEARCH: f"http://{_address(elasticsearch)}",
        Service.POSTGRESQL: postgres.get_connection_url(),
        Service.REDIS: f"redis://{_address(redis)}/0",
    }


def _address(container: Any) -> str:
    return f"{container.get_container_host_ip()}:{container.get_exposed_port(container.port)}"
