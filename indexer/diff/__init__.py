"""Comparing two sides' documents of the same conversations: where they come from, how they differ, and why."""
