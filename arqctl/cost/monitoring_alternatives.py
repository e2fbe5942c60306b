"""Monthly cost of monitoring and of its alternatives: managed storage, and an exporter."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from arqctl.cost.prices import HOURS_A_MONTH, find_price

_SECONDS_AN_HOUR = 3600
_GIB = 1024**3
# As for the volumes. AWS names 1 to 2, and metadata.
_BYTES_PER_SAMPLE = 2
_MINUTES_AN_HOUR = 60
# Samples above which a price holds. https://aws.amazon.com/prometheus/pricing/
_SAMPLE_TIERS = (
    (Decimal(0), "prometheus/sample-up-to-2-billion"),
    (Decimal(2_000_000_000), "prometheus/sample-from-2-billion"),
    (Decimal(252_000_000_000), "prometheus/sample-from-252-billion"),
)
# The default of YACE.
# https://github.com/prometheus-community/yet-another-cloudwatch-exporter/blob/84eeb596e24c5da8f558ef152c5b6718cd43bd80/cmd/yace/main.go
_EXPORTER_MINUTES = 5
# One person looks at all dashboards of AWS for four hours of each working day.
OPEN_HOURS_A_MONTH = 87


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringSize:
    """Configured size of an environment's monitoring.

    `short_volume_gib` is the volume that a server still needs if it writes all samples to managed storage.
    `cloudwatch_metrics` are those on dashboards, which refresh every `refresh_minutes`.
    """

    environment: str
    region: str
    series: int
    scrape_seconds: int
    replicas: int
    retention_days: int
    volume_gib: int
    short_volume_gib: int
    cloudwatch_metrics: int
    refresh_minutes: int

    @property
    def samples(self) -> Decimal:
        """Samples of a month that one server reads."""
        return Decimal(self.series) * HOURS_A_MONTH * _SECONDS_AN_HOUR / self.scrape_seconds

    @property
    def stored_gib(self) -> Decimal:
        """Size of the samples of the retention."""
        share = Decimal(self.retention_days * 24) / HOURS_A_MONTH
        return self.samples * share * _BYTES_PER_SAMPLE / _GIB


def volume_cost(size: MonitoringSize) -> Decimal:
    """Return the cost of the servers' volumes, which keep all samples."""
    return _price(size, "ebs/gp3", Decimal(size.volume_gib * size.replicas))


def managed_storage_cost(size: MonitoringSize) -> Decimal:
    """Return the cost of Amazon Managed Prometheus with the same retention, at its least.

    It drops the samples of the second server without a charge. Queries are charged for reading each sample
    once, although rules read them more often.
    https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-ingest-dedupe.html
    """
    return (
        _ingestion_cost(size)
        + _price(size, "prometheus/query-sample", size.samples)
        + _price(size, "prometheus/storage", size.stored_gib)
        + _price(size, "ebs/gp3", Decimal(size.short_volume_gib * size.replicas))
    )


def _ingestion_cost(size: MonitoringSize) -> Decimal:
    limits = [start for start, _ in _SAMPLE_TIERS[1:]] + [size.samples]
    return sum(
        (
            _price(size, item, max(min(size.samples, end) - start, Decimal(0)))
            for (start, item), end in zip(_SAMPLE_TIERS, limits, strict=True)
        ),
        Decimal(0),
    )


def data_source_cost(size: MonitoringSize) -> Decimal:
    """Return the cost of reading CloudWatch while somebody looks at the dashboards."""
    refreshes = OPEN_HOURS_A_MONTH * _MINUTES_AN_HOUR // size.refresh_minutes
    return _price(size, "cloudwatch/get-metric-data", Decimal(size.cloudwatch_metrics * refreshes))


def exporter_cost(size: MonitoringSize) -> Decimal:
    """Return the cost of an exporter that reads all metrics all the time, without its pod."""
    reads = HOURS_A_MONTH * _MINUTES_AN_HOUR // _EXPORTER_MINUTES
    return _price(size, "cloudwatch/get-metric-data", Decimal(size.cloudwatch_metrics * reads))


def render_alternatives(sizes: Sequence[MonitoringSize]) -> str:
    """Return both comparisons as a Markdown table with a column for each environment."""
    rows = [
        ("samples a month, in billions", [f"{size.samples / 10**9:.1f}" for size in sizes]),
        ("volumes of the servers", [_dollars(volume_cost(size)) for size in sizes]),
        ("Amazon Managed Prometheus", [_dollars(managed_storage_cost(size)) for size in sizes]),
        ("CloudWatch metrics on dashboards", [str(size.cloudwatch_metrics) for size in sizes]),
        ("CloudWatch data source of Grafana", [_dollars(data_source_cost(size)) for size in sizes]),
        ("YACE", [_dollars(exporter_cost(size)) for size in sizes]),
    ]
    header = ["A month", *(size.environment.capitalize() for size in sizes)]
    lines = [header, ["---"] * len(header), *([name, *cells] for name, cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _price(size: MonitoringSize, item: str, quantity: Decimal) -> Decimal:
    price = find_price(size.region, item)
    if price is None:
        raise LookupError(f"the price table of {size.region} lacks {item!r}: add it with its source")
    return price.monthly(quantity)
