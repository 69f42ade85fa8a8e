"""The numbers of a conversation: one definition per field, and the reporting document made from them."""

from indexer.metrics.documents import METRICS_VERSION, reporting_document

__all__ = ["METRICS_VERSION", "reporting_document"]
