"""Elasticsearch, PostgreSQL and Redis as processes of our own, out of packages: no Docker, no system Java."""
