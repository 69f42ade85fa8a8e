"""Comparing two sides' documents of the same entities: their sources, their differences, and the reasons."""
