"""The queue of changes to be indexed: changes, leases on them, the quarantine and stops of the drain."""
