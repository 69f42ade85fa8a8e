"""A worker that serves its figures, driven from its standard input: `python -m tests.prometheus.counting_worker`.

It prints the URL and the directory of its files, then obeys: `fork` starts a process that counts a batch and goes on
living, `kill` ends the oldest of them without warning, each answered by a line when it is done; the end of the input
ends the worker.
"""

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.synchronize import Event

from indexer import logs
from indexer.datasets.conversations import CONVERSATIONS
from indexer.prometheus import counters
from indexer.search import Exchange
from indexer.settings import settings
from indexer.worker.metrics_server import figures_served


def _count_a_batch(counted: Event) -> None:
    counters.woken()
    with counters.batch():
        counters.leased(500, CONVERSATIONS)
        with counters.computing(400):
            pass
        counters.retried(100, CONVERSATIONS)
    counters.request_began()
    counters.observe(Exchange(writes=400, bytes=2_000_000, seconds=0.2, congested=True))
    counters.request_began()
    counted.set()
    threading.Event().wait()


def main() -> None:
    logs.configure()
    context = multiprocessing.get_context("fork")
    processes = []
    with figures_served(settings()) as url:
        print(url, os.environ["PROMETHEUS_MULTIPROC_DIR"], flush=True)
        for line in sys.stdin:
            if line == "fork\n":
                counted = context.Event()
                processes.append(context.Process(target=_count_a_batch, args=[counted], daemon=True))
                processes[-1].start()
                counted.wait()
            else:
                ended = processes.pop(0)
                ended.kill()
                ended.join()
                assert ended.exitcode == -signal.SIGKILL
            print("done", flush=True)
        for process in processes:
            process.kill()
            process.join()


if __name__ == "__main__":
    main()
