"""The figures of a worker that does its work."""

from pathlib import Path

import orjson
import pytest

from indexer.embedded.ports import free_port
from indexer.sample import generate
from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.prometheus.scrape_result import scrape

OUTCOMES = ("indexed_total", "superseded_total", "deleted_total", "quarantined_total", "queued")


@pytest.mark.services
def test_the_figures_of_a_worker_say_what_it_has_done(test_settings: Settings, tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"  # connections out of the machine get no such port meanwhile
    installation = Installation(test_settings, INDEXER_METRICS_ADDRESS=address, INDEXER_LEASE_SECONDS="600")
    file = tmp_path / "sample.ndjson"
    file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in generate(500, seed=7)))
    installation.run("import", str(file), "--workspace", "w")
    worker = installation.start_worker()
    try:
        installation.wait_until(changes_left=0)
        found = scrape(f"http://{address}/metrics")
        said = installation.said("worker", code=2)
    finally:
        worker.terminate()
        worker.wait(60)
        installation.close()
    account = {
        name: found[f'indexer_changes_{name}{{dataset="conversations"}}'] for name in ("written_total", *OUTCOMES)
    }
    assert account == {"written_total": 500, "indexed_total": 500} | dict.fromkeys(OUTCOMES[1:], 0)
    assert found['indexer_changes_leased_total{dataset="conversations"}'] == 500
    assert found["indexer_documents_computed_total"] == found["indexer_bulk_writes_total"] == 500
    assert found["indexer_wakes_total"] > 0
    assert found["indexer_compute_seconds_count"] > 0
    assert found["indexer_bulk_request_bytes_sum"] > 0
    assert found["indexer_bulk_requests_in_flight"] == 0
    assert f"cannot listen on {address}" in said
