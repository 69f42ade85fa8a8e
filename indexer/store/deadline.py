"""Connections that do not wait for ever for a PostgreSQL that has accepted them and hangs.

`statement_timeout` is the server's own, and nothing to a server that has stopped; a time-out of TCP is nothing to a
network that acknowledges everything. So the client looks at the clock itself.
"""

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any, TypeVar

from psycopg import Connection, OperationalError

_T = TypeVar("_T")


def connecting_with_deadline(seconds: float) -> Callable[..., Connection[Any]]:
    """What SQLAlchemy's event `do_connect` calls to connect.

    A statement that is not answered within `seconds` raises psycopg's `OperationalError`, without an SQLSTATE as for
    any lost connection, and its connection is closed.
    """

    class WithDeadline(Connection[Any]):
        def wait(self, gen: Generator[Any, Any, _T], *arguments: Any, **others: Any) -> _T:
            return super().wait(self._until(gen, monotonic() + seconds), *arguments, **others)

        def _until(self, gen: Generator[Any, Any, _T], deadline: float) -> Generator[Any, Any, _T]:
            # psycopg asks for the next step when the socket is ready, and every tenth of a second when it is not.
            try:
                wanted = next(gen)
                while True:
                    ready = yield wanted
                    if not ready and monotonic() > deadline:
                        self.close()
                        raise OperationalError(f"no answer within {seconds:g} s")
                    wanted = gen.send(ready)
            except StopIteration as end:
                answer: _T = end.value
                return answer

    def connect(_dialect: object, _record: object, arguments: Any, parameters: Any) -> Connection[Any]:
        return WithDeadline.connect(*arguments, **parameters)

    return connect
