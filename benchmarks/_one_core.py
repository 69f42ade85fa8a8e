"""`python -m benchmarks._one_core MODULE ARGUMENT…`: run a module on one core, with all of its threads and children."""

import os
import runpy
import sys

if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
