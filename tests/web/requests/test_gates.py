from indexer.web.requests.gates import Gate, open_gates

THREADS_OF_THE_SERVER = 40


def test_every_kind_of_requests_has_places_of_its_own() -> None:
    gates = open_gates()
    assert len({id(places) for places in gates.values()}) == len(Gate.__members__)


def test_all_places_together_leave_threads_for_other_requests() -> None:
    assert sum(Gate[name].places for name in Gate.__members__) < THREADS_OF_THE_SERVER
