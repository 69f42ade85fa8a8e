"""Elasticsearch, PostgreSQL and Redis as processes of our own, from packages: no Docker, no system Java."""
