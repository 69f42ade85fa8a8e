"""Outbound messages: receipts, their events, the checkpoints of series, and the documents that reports count."""
