"""What all requests share: connections, limits, errors, bodies, and the log."""
