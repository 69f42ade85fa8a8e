from random import Random
from statistics import median

from indexer.sample.arrivals import Arrivals
from indexer.sample.generator import DEFAULT_END

HOUR = 3600


def test_people_fall_behind_in_a_burst() -> None:
    arrivals = Arrivals(Random(4), DEFAULT_END, 60)
    hours = range(DEFAULT_END - 60 * 24 * HOUR, DEFAULT_END, HOUR)
    bursts = [hour for hour in hours if arrivals.in_burst(hour)]
    after = [arrivals.load(hour + HOUR) for hour in bursts]
    assert bursts
    assert median(after) > 2 * median(arrivals.load(hour) for hour in hours)


def test_the_first_and_the_last_chance_stay_inside_the_history() -> None:
    arrivals = Arrivals(Random(4), DEFAULT_END, 3)
    assert arrivals.begin(0.0, 0.0) >= DEFAULT_END - 3 * 24 * HOUR
    assert arrivals.begin(1 - 2**-53, 1 - 2**-53) < DEFAULT_END
