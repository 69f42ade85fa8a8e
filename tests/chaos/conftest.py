"""The services and installations of the fault tests, here for everything at once."""

from tests.faults.conftest import database_url, index_prefix, installation, note, services, shared_services

__all__ = ["database_url", "index_prefix", "installation", "note", "services", "shared_services"]
