import threading

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from indexer.search.inflight import Admission, InFlight


def budget_of(
    start: int = 1_000, *, floor: int = 100, ceiling: int = 4_000, rise: int = 100, most_requests: int = 100
) -> InFlight:
    return InFlight(start=start, floor=floor, ceiling=ceiling, rise=rise, most_requests=most_requests)


def entered(in_flight: InFlight, *sizes: int) -> list[Admission]:
    admissions = [in_flight.enter(size) for size in sizes]
    assert None not in admissions
    return [admission for admission in admissions if admission]


def later(in_flight: InFlight, size: int, events: list[str]) -> threading.Thread:
    """A thread that waits for room."""

    def wait() -> None:
        events.append("refused" if in_flight.enter(size) is None else "entered")

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_successful_requests_raise_the_budget_up_to_its_ceiling() -> None:
    in_flight = budget_of(1_000, ceiling=1_250)
    for budget in (1_100, 1_200, 1_250, 1_250):
        [admission] = entered(in_flight, 900)
        in_flight.leave(admission, congested=False)
        assert in_flight.budget == budget


def test_congestion_halves_the_budget_down_to_its_floor() -> None:
    in_flight = budget_of(1_000, floor=200)
    for budget in (500, 250, 200, 200):
        [admission] = entered(in_flight, 100)
        in_flight.leave(admission, congested=True)
        assert in_flight.budget == budget


def test_requests_that_meet_the_same_congestion_halve_the_budget_once() -> None:
    in_flight = budget_of(1_000)
    burst = entered(in_flight, 300, 300, 300)
    for admission in burst:
        in_flight.leave(admission, congested=True)
    assert in_flight.budget == 500
    [admission] = entered(in_flight, 300)
    in_flight.leave(admission, congested=True)
    assert in_flight.budget == 250


def test_a_budget_that_is_hardly_used_is_not_raised() -> None:
    in_flight = budget_of(1_000)
    [admission] = entered(in_flight, 500)
    in_flight.leave(admission, congested=False)
    assert in_flight.budget == 1_000


def test_a_request_that_finds_no_room_waits_until_another_ends() -> None:
    in_flight, events = budget_of(1_000), []
    first, _ = entered(in_flight, 600, 300)
    thread = later(in_flight, 500, events)
    events.append("left")
    in_flight.leave(first, congested=False)
    thread.join()
    assert events == ["left", "entered"]
    assert in_flight.bytes == 800


def test_a_request_that_finds_too_many_others_waits_however_small_it_is() -> None:
    in_flight, events = budget_of(1_000, most_requests=2), []
    first, _ = entered(in_flight, 1, 1)
    thread = later(in_flight, 1, events)
    events.append("left")
    in_flight.leave(first, congested=False)
    thread.join()
    assert events == ["left", "entered"]


def test_a_request_larger_than_the_budget_goes_alone() -> None:
    in_flight, events = budget_of(1_000), []
    [huge] = entered(in_flight, 5_000)
    thread = later(in_flight, 1, events)
    events.append("left")
    in_flight.leave(huge, congested=False)
    thread.join()
    assert events == ["left", "entered"]


def test_a_stop_refuses_waiting_and_new_requests() -> None:
    in_flight, events = budget_of(1_000), []
    entered(in_flight, 1_000)
    threads = [later(in_flight, 500, events) for _ in range(3)]
    in_flight.stop()
    for thread in threads:
        thread.join()
    assert events == ["refused"] * 3
    assert in_flight.enter(1) is None
    in_flight.pause(3_600)


@pytest.mark.parametrize(
    "wrong", [{"floor": 0}, {"floor": 2_000}, {"ceiling": 999}, {"rise": -1}, {"most_requests": 0}]
)
def test_bounds_that_contradict_each_other_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no budget"):
        budget_of(1_000, **wrong)


class Traffic(RuleBasedStateMachine):
    """Requests that come while there is room for them, and leave in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.in_flight = budget_of(1_000, floor=100, ceiling=2_000, rise=70, most_requests=6)
        self.inside: list[Admission] = []

    @precondition(lambda self: len(self.inside) < 6 and self.in_flight.bytes < self.in_flight.budget)
    @rule(share=st.floats(0.01, 1))
    def fits(self, share: float) -> None:
        size = max(1, int(share * (self.in_flight.budget - self.in_flight.bytes)))
        self.inside += entered(self.in_flight, size)
        assert self.in_flight.bytes <= self.in_flight.budget

    @precondition(lambda self: not self.inside)
    @rule(size=st.integers(1, 10_000))
    def alone(self, size: int) -> None:
        self.inside += entered(self.in_flight, size)

    @precondition(lambda self: self.inside)
    @rule(congested=st.booleans(), data=st.data())
    def leaves(self, congested: bool, data: st.DataObject) -> None:
        before = self.in_flight.budget
        gone = self.inside.pop(data.draw(st.integers(0, len(self.inside) - 1)))
        self.in_flight.leave(gone, congested=congested)
        assert self.in_flight.budget in {before, max(100, before // 2) if congested else min(2_000, before + 70)}

    @invariant()
    def adds_up(self) -> None:
        assert self.in_flight.bytes == sum(admission.size for admission in self.inside)
        assert 100 <= self.in_flight.budget <= 2_000


TestTraffic = Traffic.TestCase
