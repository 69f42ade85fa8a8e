"""What operators see: whether the index is up to date, and what the workers have done."""
