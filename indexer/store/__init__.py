"""PostgreSQL: what documents are computed from, and which of them are due."""
