"""Comparing two sides' documents of the same conversations: their sources, their differences, and the reasons."""
