"""Reading a side in a thread of its own, a few pages ahead of the comparison."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_PAGES = 2
"""The most pages that wait for the comparison: enough that neither side waits for long, few enough for memory."""


@contextmanager
def read_ahead(pages: Iterable[T]) -> Iterator[Iterator[T]]:
    """The same pages, read by a thread that ends with the block; its errors are raised in the place of a page."""
    waiting: queue.Queue[T | _End] = queue.Queue(_PAGES)
    stopped = threading.Event()

    def put(item: "T | _End") -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def read() -> None:
        source = iter(pages)
        try:
            for page in source:
                if not put(page):
                    return
        except BaseException as error:  # the reader gets it in the place of the page
            put(_End(error))
        else:
            put(_End(None))
        finally:
            close = getattr(source, "close", None)
            if close is not None:
                close()

    def taken() -> Iterator[T]:
        while True:
            item = waiting.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    thread = threading.Thread(target=read, name="diff-side", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        stopped.set()
        thread.join()


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error
