"""From stored entities to documents in the index: computed, written, rebuilt, and compared with the store."""
