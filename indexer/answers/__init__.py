"""Answers from the index: reports, the conversations behind a number, and explanations."""
