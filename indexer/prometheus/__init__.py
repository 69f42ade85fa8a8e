"""Figures of the workers for Prometheus: their definitions, the counters, and their server."""
