"""Conversations that can never be indexed: each ends in quarantine, and its neighbours are indexed."""

from typing import Any

import pytest

from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import Raw, conversations
from tests.faults.proxy import BULK, Fault, FaultProxy

pytestmark = pytest.mark.services

MOST_BYTES = 300_000


def entry(installation: Faulty) -> dict[str, Any]:
    """The one entry of the quarantine, as its list has it."""
    [found] = installation.json("quarantine", "list")["entries"]
    return dict(found)


def has_a_keyword_beyond_lucenes_limit(raw: Raw) -> Raw:
    return raw | {"state": "x" * 32_767}


def test_a_document_that_elasticsearch_refuses_is_quarantined_until_it_is_corrected(
    installation: Faulty, note: Note
) -> None:
    raws = conversations(300)
    bad = raws[150]
    accepted = installation.imports([*raws[:150], has_a_keyword_beyond_lucenes_limit(bad), *raws[151:]])
    worker = installation.worker()
    seconds = everything_is_right(installation, raws, accepted=accepted, quarantined=[bad["id"]], poisoned=True)
    note("drained after", seconds)
    assert entry(installation)["reason"] == "refused by Elasticsearch"
    assert "immense term" in entry(installation)["error"]

    assert "1 are due again" in installation.run("quarantine", "replay", "w", bad["id"])
    installation.drains()
    assert installation.in_quarantine() == {bad["id"]}

    accepted += 1 + installation.imports([bad | {"updated_at": bad["updated_at"] + 1}])
    corrected = [*raws[:150], bad | {"updated_at": bad["updated_at"] + 1}, *raws[151:]]
    everything_is_right(installation, corrected, accepted=accepted, poisoned=True)
    assert worker.lives


def test_a_document_larger_than_a_request_may_be_is_quarantined_until_the_limit_is_raised(
    installation: Faulty, proxy: FaultProxy, note: Note
) -> None:
    raws = conversations(300)
    bad = raws[150] | {"custom_attributes": {str(number): "x" * 1_000 for number in range(400)}}
    raws[150] = bad
    worker = installation.worker()
    with proxy.failing(Fault.TOO_LARGE, BULK, MOST_BYTES):
        accepted = installation.imports(raws)
        seconds = everything_is_right(installation, raws, accepted=accepted, quarantined=[bad["id"]], poisoned=True)
        note("drained after", seconds)
        note("requests refused", proxy.struck[Fault.TOO_LARGE])
    assert "413" in entry(installation)["error"]
    assert proxy.struck[Fault.TOO_LARGE] > 1

    assert "1 are due again" in installation.run("quarantine", "replay", "--all")
    everything_is_right(installation, raws, accepted=accepted + 1, poisoned=True)
    assert worker.lives


@pytest.mark.parametrize(
    ("how", "reason"), [("raise", "cannot be computed"), ("kill", "too many attempts")], ids=["raises", "kills"]
)
def test_a_conversation_whose_computation_fails_is_quarantined_until_the_defect_is_mended(
    installation: Faulty, note: Note, how: str, reason: str
) -> None:
    raws = conversations(300)
    bad = raws[150]["id"]
    installation.use(INDEXER_LEASE_SECONDS="1")
    accepted = installation.imports(raws)
    defective = installation.worker(script=["tests.faults.worker_with_defect", how, bad])
    seconds = everything_is_right(installation, raws, accepted=accepted, quarantined=[bad], poisoned=True)
    note("drained after", seconds)
    note("processes killed", defective.log.count("signal 9"))
    assert entry(installation)["reason"] == reason
    assert entry(installation)["attempts"] <= 11
    assert defective.lives

    defective.kill()
    installation.worker()
    assert "1 are due again" in installation.run("quarantine", "replay", "--reason", reason)
    everything_is_right(installation, raws, accepted=accepted + 1, poisoned=True)
