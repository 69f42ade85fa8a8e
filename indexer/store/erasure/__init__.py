"""Everything that the store holds about a person: one inventory, by which it is exported and by which it is erased."""
