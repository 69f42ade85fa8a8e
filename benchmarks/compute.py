"""From a ten-part conversation as JSON to its reporting document as JSON, against decoding and encoding that JSON.

One core, no services. The conversations are those of the sample workspace that have ten parts, with its office hours
(and its team's own). The baseline is orjson, which decodes to plain objects and encodes them again unchanged.
"""

from collections.abc import Callable

import orjson

from benchmarks._conversations import PARTS, ten_part_conversations
from benchmarks._harness import Progress, Result, in_turn
from indexer.datasets.conversations import conversation_document
from indexer.datasets.dataset import Computation
from indexer.office_hours import parse_office_hours
from indexer.sample import office_hours, workspace

CONVERSATIONS = 500
REPEATS = 10


def run(rounds: int, progress: Progress) -> Result:
    """Microseconds per conversation, and how many times as long as the baseline that is."""
    progress(f"generating {CONVERSATIONS} conversations of {PARTS} parts")
    payloads = ten_part_conversations(CONVERSATIONS)
    bots = frozenset(workspace()["bot_admin_ids"])
    elapsed = Computation("benchmark", bot_admin_ids=bots)
    within = Computation("benchmark", parse_office_hours(office_hours()), bots)
    timings = in_turn(
        {
            "json": _over(payloads, lambda payload: orjson.dumps(orjson.loads(payload))),
            "elapsed": _over(payloads, lambda payload: conversation_document(payload, elapsed)),
            "within": _over(payloads, lambda payload: conversation_document(payload, within)),
        },
        rounds,
        progress,
    )
    microseconds = {name: timing.median * 1e6 / (CONVERSATIONS * REPEATS) for name, timing in timings.items()}
    return Result(
        figures={
            "microseconds_per_conversation": microseconds["within"],
            "microseconds_per_conversation_without_office_hours": microseconds["elapsed"],
            "microseconds_per_conversation_json": microseconds["json"],
            "bytes_per_conversation": sum(map(len, payloads)) / CONVERSATIONS,
            "bytes_per_document": sum(len(conversation_document(payload, within)) for payload in payloads)
            / CONVERSATIONS,
        },
        ratios={
            "compute_vs_json": timings["elapsed"].times(timings["json"]),
            "compute_vs_json_with_office_hours": timings["within"].times(timings["json"]),
        },
    )


def _over(payloads: list[bytes], work: Callable[[bytes], object]) -> Callable[[], None]:
    """The work on all payloads, several times over; every result is dropped at once, as a stream would."""

    def contestant() -> None:
        for _ in range(REPEATS):
            for payload in payloads:
                work(payload)

    return contestant
