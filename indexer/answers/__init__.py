"""What is asked of the index: reports, the conversations behind a number, and explanations."""
