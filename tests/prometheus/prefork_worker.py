"""A Celery worker with figures: `python -m tests.prometheus.prefork_worker QUEUE`; prints their URL, then works."""

import os
import signal
import sys
import warnings

from celery import Celery

from indexer import logs
from indexer.datasets.conversations import CONVERSATIONS
from indexer.prometheus import counters
from indexer.services import Service, service_urls
from indexer.settings import settings
from indexer.worker.metrics_server import figures_served

app = Celery("prefork_worker", broker=service_urls(settings(), Service.REDIS).redis, set_as_current=False)
app.conf.update(task_ignore_result=True, worker_concurrency=2, worker_max_tasks_per_child=2, worker_pool="prefork")


@app.task(name="count")
def count() -> None:
    counters.woken()


@app.task(name="die")
def die() -> None:
    counters.leased(7, CONVERSATIONS)
    counters.request_began()
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    logs.configure()
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")
    with figures_served(settings()) as url:
        print(url, os.environ["PROMETHEUS_MULTIPROC_DIR"], flush=True)
        app.worker_main(["--quiet", "worker", "--queues", sys.argv[1], "--loglevel", "CRITICAL"])


if __name__ == "__main__":
    main()
