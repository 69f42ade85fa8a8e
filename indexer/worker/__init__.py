"""The life of a worker: wake-ups, signs of life, and how it stops."""
