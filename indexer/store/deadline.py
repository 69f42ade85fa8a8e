"""Connections that do not wait for ever for a PostgreSQL that has accepted them and hangs.

The server itself enforces `statement_timeout`, which a stopped server cannot do; a time-out of TCP has no effect if
the network acknowledges everything. So the client looks at the clock itself.
"""

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any, TypeVar

from psycopg import Connection, OperationalError

_T = TypeVar("_T")


def connecting_with_deadline(seconds: float) -> Callable[..., Connection[Any]]:
    """The function that SQLAlchemy's event `do_connect` calls to connect.

    If a statement is not answered within `seconds`, its connection is closed and it raises psycopg's
    `OperationalError`, without an SQLSTATE, as for any lost connection.
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
