"""Settings of Prometheus and Alertmanager, and the disk and memory that they need."""

import math
from typing import Annotated

from pydantic import Field

from constructs_arq.core.config import Config

_SECONDS_PER_DAY = 86_400
_GIB = 1024**3
# Prometheus stores 1 to 2 bytes per sample.
# https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
_BYTES_PER_SAMPLE = 2
# The write-ahead log has samples of up to three hours. One has 8 bytes for the series and 8 for the value,
# before compression.
# https://github.com/prometheus/prometheus/blob/v3.14.0/tsdb/docs/format/wal.md
_LOG_SECONDS = 3 * 3600
_LOG_BYTES_PER_SAMPLE = 16
# The documentation recommends a retention size of 80 to 85 % of the disk.
_USED_PERCENT = 80
_MIN_VOLUME_GIB = 10
# The head has labels, index and open chunk of each series, together 3 KiB. Queries and the new series of
# deployments need as much again.
# https://www.robustperception.io/how-much-ram-does-prometheus-2-x-need-for-cardinality-and-ingestion/
_BYTES_PER_SERIES = 8 * 1024
_BASE_MIB = 512
_MEMORY_STEP_MIB = 256
_SERIES_PER_MILLICORE = 500
_MIN_MILLICORES = 100


class PrometheusConfig(Config):
    """Settings of Prometheus and Alertmanager. `series` and the retention determine volume and memory."""

    series: int = Field(
        default=250_000,
        ge=10_000,
        description="Most active time series. Volume and memory are for these, and an alert reports more.",
    )
    retention_days: int = Field(
        default=35, ge=1, description="Days that samples are kept. Objectives have windows of 28 days."
    )
    replicas: Annotated[int, Field(ge=1, le=2)] = Field(
        default=2, description="Servers that scrape the same targets, in different zones."
    )
    alertmanager_replicas: Annotated[int, Field(ge=1, le=3)] = Field(
        default=3, description="Members of the Alertmanager cluster. One of them notifies."
    )
    scrape_seconds: int = Field(default=30, ge=10, le=60, description="Interval between scrapes.")
    evaluation_seconds: int = Field(
        default=30, ge=10, le=60, description="Interval between rule evaluations."
    )

    @property
    def retention_gib(self) -> int:
        """The size at which Prometheus deletes the oldest samples, before the volume is full."""
        samples_per_second = self.series / self.scrape_seconds
        blocks = samples_per_second * self.retention_days * _SECONDS_PER_DAY * _BYTES_PER_SAMPLE
        log = samples_per_second * _LOG_SECONDS * _LOG_BYTES_PER_SAMPLE
        least = _MIN_VOLUME_GIB * _USED_PERCENT // 100
        return max(least, math.ceil((blocks + log) / _GIB))

    @property
    def volume_gib(self) -> int:
        """The size of the volume of each server."""
        return math.ceil(self.retention_gib * 100 / _USED_PERCENT)

    @property
    def memory_mib(self) -> int:
        """The memory of each server: `series` in its head, and queries."""
        needed = _BASE_MIB + self.series * _BYTES_PER_SERIES / 1024**2
        return math.ceil(needed / _MEMORY_STEP_MIB) * _MEMORY_STEP_MIB

    @property
    def millicores(self) -> int:
        """The CPU that each server requests."""
        return max(_MIN_MILLICORES, self.series // _SERIES_PER_MILLICORE)
