"""Ten writes, and limits under which nothing takes long."""

from indexer.search import Limits, Outcome, Settled, Write

ALIAS = "reporting-conversations"

TEN = [Write(f"w:{number}", number, b'{"revision":%d}' % number) for number in range(1, 11)]


def all_of(outcome: Outcome, settled: list[Settled]) -> bool:
    return [(one.id, one.outcome) for one in settled] == [(write.id, outcome) for write in TEN]


def quick(
    *, request_bytes: int = 1_000_000, budget: int = 1_000_000, most_requests: int = 4, most_retries: int = 4
) -> Limits:
    """Limits with hardly a wait between tries; the budget moves between 50 bytes and twice `budget`."""
    return Limits(
        request_bytes=request_bytes,
        start_bytes=budget,
        floor_bytes=50,
        ceiling_bytes=2 * budget,
        rise_bytes=50,
        most_requests=most_requests,
        most_retries=most_retries,
        retry_seconds=600,
        first_delay_seconds=0.001,
    )
