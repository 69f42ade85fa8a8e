"""Measurements of the hot paths, each against a baseline in the same run; `python -m benchmarks` lists them."""
