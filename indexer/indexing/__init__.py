"""From what is stored to documents in the index: computed, written, rebuilt, and compared with the store."""
