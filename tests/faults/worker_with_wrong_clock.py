"""A worker whose clock is wrong: `python -m tests.faults.worker_with_wrong_clock SECONDS worker …`.

Every way in which Python code asks for the time of day is shifted, before anything else is imported.
"""

import datetime
import runpy
import sys
import time

_SHIFT = float(sys.argv[1])
_DELTA = datetime.timedelta(seconds=_SHIFT)
_time, _time_ns, _gmtime, _localtime = time.time, time.time_ns, time.gmtime, time.localtime


class _Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "_Shifted":
        return super().now(tz) + _DELTA

    @classmethod
    def utcnow(cls) -> "_Shifted":
        return cls.now(datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> "_Shifted":
        return cls.now()


def _gmtime_shifted(seconds: float | None = None) -> time.struct_time:
    return _gmtime(time.time() if seconds is None else seconds)


def _localtime_shifted(seconds: float | None = None) -> time.struct_time:
    return _localtime(time.time() if seconds is None else seconds)


time.time = lambda: _time() + _SHIFT
time.time_ns = lambda: _time_ns() + int(_SHIFT * 1e9)
time.gmtime = _gmtime_shifted
time.localtime = _localtime_shifted
datetime.datetime = _Shifted  # type: ignore[misc]

if __name__ == "__main__":
    sys.argv[:2] = ["indexer"]
    runpy.run_module("indexer", run_name="__main__")
