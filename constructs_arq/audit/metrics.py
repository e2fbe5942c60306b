"""The namespace of the metrics about the audit of an account."""

from typing import Final

METRICS_NAMESPACE: Final = "Arq/Audit"
