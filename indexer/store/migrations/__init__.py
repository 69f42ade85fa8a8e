"""The schema's history; `database.upgrade` runs it."""
