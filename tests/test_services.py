from pathlib import Path

from indexer.services import Service, ServiceUrls, explicit_url, service_urls
from indexer.settings import Settings

URLS = {
    "ELASTICSEARCH_URL": "http://es.example:9200",
    "DATABASE_URL": "postgresql://u:p@db.example/x",
    "REDIS_URL": "redis://redis.example/0",
}


def test_urls_that_are_set_are_taken_as_they_are_and_nothing_is_started(tmp_path: Path) -> None:
    settings = Settings.model_validate({**URLS, "home": tmp_path / "home"})

    assert service_urls(settings, *Service) == ServiceUrls(
        "http://es.example:9200", "postgresql://u:p@db.example/x", "redis://redis.example/0"
    )
    assert not (tmp_path / "home").exists()


def test_the_url_of_a_service_that_is_not_needed_is_empty(tmp_path: Path) -> None:
    settings = Settings.model_validate({**URLS, "home": tmp_path / "home"})

    assert service_urls(settings, Service.REDIS) == ServiceUrls("", "", "redis://redis.example/0")


def test_every_service_names_the_variable_that_sets_its_url() -> None:
    for service in Service:
        settings = Settings.model_validate({service.url_variable: "it"})
        assert explicit_url(settings, service) == "it"
        assert [explicit_url(settings, other) for other in Service if other is not service] == [None, None]
