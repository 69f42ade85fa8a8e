"""People and companies: who they are, what they do, and the documents that filters and reports search."""
