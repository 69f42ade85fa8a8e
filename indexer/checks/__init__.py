"""The checks of `indexer doctor`: one small function per question, listed in `CHECKS` of its subject's module."""

from indexer.checks import elasticsearch, machine, postgresql, redis, time_zones, work
from indexer.checks.check import Check, Finding, Installation, Verdict, examine

__all__ = ["CHECKS", "Check", "Finding", "Installation", "Verdict", "examine"]

CHECKS: tuple[Check, ...] = (
    *machine.CHECKS,
    *elasticsearch.CHECKS,
    *postgresql.CHECKS,
    *redis.CHECKS,
    *work.CHECKS,
    *time_zones.CHECKS,
)
"""The checks in the order in which they run and are shown; the first of a service is whether it can be reached."""
