"""The life of a worker: what wakes it, what shows that it lives, and how it ends."""
