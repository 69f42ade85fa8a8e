"""Figures of the workers for Prometheus: their definitions and the counters."""
