"""Panels of dashboards: graphs and numbers, with queries of Prometheus, Loki or CloudWatch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders import (
    cloudwatch,
    common,
    dashboard,
    logs,
    loki,
    prometheus,
    stat,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.cloudwatch import CloudWatchQueryMode, MetricEditorMode, MetricQueryType
from grafana_foundation_sdk.models.common import GraphThresholdsStyleMode, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    Threshold,
    ThresholdsMode,
)

PROMETHEUS_UID: Final = "prometheus"
"""The identifier of the Prometheus data source in dashboards."""
LOKI_UID: Final = "loki"
"""The identifier of the Loki data source in dashboards."""
CLOUDWATCH_UID: Final = "cloudwatch"
"""The identifier of the CloudWatch data source in dashboards."""

_METRICS = DataSourceRef(type_val="prometheus", uid=PROMETHEUS_UID)
_LOGS = DataSourceRef(type_val="loki", uid=LOKI_UID)
_CLOUDWATCH = DataSourceRef(type_val="cloudwatch", uid=CLOUDWATCH_UID)


@dataclass(frozen=True)
class Query:
    """A PromQL expression. `legend` names its series, for example `{{route}}`."""

    expression: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class AwsMetric:
    """A CloudWatch metric. A dimension `*` stands for all values in the account, with one series each."""

    namespace: str
    metric: str
    statistic: str
    dimensions: Mapping[str, str]
    region: str = "default"
    period_seconds: int = 60


@dataclass(frozen=True)
class Graph:
    """A graph over time. `limit` is drawn as a red line."""

    title: str
    unit: str
    queries: Sequence[Query | AwsMetric]
    description: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Number:
    """The last value of a query. It is red from `limit`, or below it with `low_is_bad`."""

    title: str
    unit: str
    query: Query
    description: str = ""
    limit: float | None = None
    low_is_bad: bool = False


@dataclass(frozen=True)
class LogLines:
    """The lines of a LogQL query."""

    title: str
    expression: str


PanelDefinition: TypeAlias = Graph | Number | LogLines


def render_panel(definition: PanelDefinition) -> timeseries.Panel | stat.Panel | logs.Panel:
    """Return the panel as the SDK builds it."""
    match definition:
        case Graph():
            return _graph(definition)
        case Number():
            return _number(definition)
        case LogLines():
            query = loki.Dataquery().expr(definition.expression).query_type("range").ref_id("A")
            return logs.Panel().title(definition.title).datasource(_LOGS).with_target(query)


def _graph(definition: Graph) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .title(definition.title)
        .description(definition.description)
        .unit(definition.unit)
        .datasource(_CLOUDWATCH if isinstance(definition.queries[0], AwsMetric) else _METRICS)
        .min(0)
        .line_width(1)
        .fill_opacity(8)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
    )
    if definition.limit is not None:
        panel = panel.thresholds(_limit(definition.limit, low_is_bad=False)).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.LINE)
        )
    for index, query in enumerate(definition.queries):
        panel = panel.with_target(_target(query, chr(ord("A") + index)))
    return panel


def _number(definition: Number) -> stat.Panel:
    panel = (
        stat.Panel()
        .title(definition.title)
        .description(definition.description)
        .unit(definition.unit)
        .datasource(_METRICS)
        .with_target(_target(definition.query, "A"))
    )
    if definition.limit is not None:
        panel = panel.thresholds(_limit(definition.limit, low_is_bad=definition.low_is_bad))
    return panel


def _limit(value: float, *, low_is_bad: bool) -> dashboard.ThresholdsConfig:
    below, above = ("red", "green") if low_is_bad else ("green", "red")
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(color=below, value=None), Threshold(color=above, value=value)])
    )


def _target(query: Query | AwsMetric, ref: str) -> Builder[Dataquery]:
    if isinstance(query, Query):
        return prometheus.Dataquery().expr(query.expression).legend_format(query.legend).ref_id(ref)
    return (
        cloudwatch.CloudWatchMetricsQuery()
        .query_mode(CloudWatchQueryMode.METRICS)
        .metric_query_type(MetricQueryType.SEARCH)
        .metric_editor_mode(MetricEditorMode.BUILDER)
        .namespace(query.namespace)
        .metric_name(query.metric)
        .dimensions({name: [value] for name, value in query.dimensions.items()})
        .match_exact(True)
        .statistic(query.statistic)
        .period(str(query.period_seconds))
        .region(query.region)
        .id(f"m{ref.lower()}")
        .ref_id(ref)
    )
