"""Strikes at workers and services: killed, stopped beyond the lease, killed as a whole."""

import random
import time
from collections import Counter
from contextlib import suppress
from threading import Event

import psutil

from indexer.services import Service
from tests.faults.faulty import SHORT, Faulty, Worker
from tests.faults.services import Services
from tests.faults.waiting import eventually

WORKERS = 2
_BEYOND_THE_LEASE = float(SHORT["INDEXER_LEASE_SECONDS"]) + 1


class Striker:
    """Strikes at the workers of an installation; as many are running afterwards, and none stands still.

    Which strike comes next is drawn from `seed`; which process it meets depends on what is running.
    """

    def __init__(self, installation: Faulty, seed: str) -> None:
        self.struck: Counter[str] = Counter()
        self._installation = installation
        self._random = random.Random(seed)
        self._workers = [installation.worker() for _ in range(WORKERS)]

    def run(self, over: Event) -> None:
        """Strike until it is over."""
        while not over.wait(self._random.uniform(0.3, 1.5)):
            [strike] = self._random.choices([self._kill_process, self._stop_process, self._kill_worker], [5, 4, 2])
            strike(over)
            self.replace_ended()
        self.replace_ended()

    def _kill_process(self, _: Event) -> None:
        for process in self._a_child():
            with suppress(psutil.NoSuchProcess):
                process.kill()
                self.struck["killed processes"] += 1

    def _stop_process(self, over: Event) -> None:
        for process in self._a_child():
            with suppress(psutil.NoSuchProcess):
                process.suspend()
                over.wait(_BEYOND_THE_LEASE)
                process.resume()
                self.struck["stopped processes"] += 1

    def _kill_worker(self, _: Event) -> None:
        for worker, _children in self._a_pool():
            worker.kill()
            self.struck["killed workers"] += 1

    def _a_child(self) -> list[psutil.Process]:
        return [self._random.choice(children) for _, children in self._a_pool()]

    def _a_pool(self) -> list[tuple[Worker, list[psutil.Process]]]:
        """One worker with the processes of its pool; none as long as all are still about to begin."""
        pools = [(worker, _children(worker)) for worker in self._workers]
        begun = [pool for pool in pools if pool[1]]
        return [self._random.choice(begun)] if begun else []

    def replace_ended(self) -> None:
        """Start a worker for each one that has ended."""
        for number, worker in enumerate(self._workers):
            if not worker.lives:
                self._workers[number] = self._begun(worker)

    def _begun(self, ended: Worker) -> Worker:
        ended.kill()  # the rest of its process group
        return self._installation.worker()


def _children(worker: Worker) -> list[psutil.Process]:
    try:
        return worker.children()
    except psutil.NoSuchProcess:
        return []


class Outages:
    """Elasticsearch and PostgreSQL die in turn and come back; all are there afterwards."""

    def __init__(self, services: Services, installation: Faulty, seed: str) -> None:
        self.struck: Counter[str] = Counter()
        self._services = services
        self._installation = installation
        self._random = random.Random(seed)

    def run(self, over: Event) -> None:
        """Kill services until it is over, Elasticsearch twice as often."""
        while True:
            for service in (Service.ELASTICSEARCH, Service.POSTGRESQL, Service.ELASTICSEARCH):
                if over.wait(self._random.uniform(3, 6)):
                    return
                self._services.kill(service)
                time.sleep(self._random.uniform(0, 2))
                self._services.heal()
                eventually(lambda: self._installation.left() is not None)
                self.struck[f"killed {service}"] += 1
