"""A real Prometheus answers each query of the dashboards, so that no panel is empty by a typo."""

import time
from collections.abc import Iterator
from itertools import count

import pytest

from tests.observability.grafana.dashboards import PanelQuery, queries
from tests.observability.grafana.example_series import example_series
from tests.observability.prometheus_server import PrometheusServer, run_prometheus

pytestmark = pytest.mark.slow

# Prometheus has no samples of the last two hours in blocks that it reads back: it takes the time as it is.
END = int(time.time()) // 60 * 60
STEP = 30
HOURS = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    samples = example_series(HOURS * 3600 // STEP)
    with run_prometheus(tmp_path_factory.mktemp("prometheus"), samples, end=END, step=STEP) as running:
        yield running


@pytest.mark.parametrize("query", queries("prometheus"), ids=(f"query-{number}" for number in count()))
def test_each_query_has_an_answer(server: PrometheusServer, query: PanelQuery) -> None:
    result = server.query(query.expression, at=END)
    assert result, str(query)
    assert all(series["value"][1] != "NaN" for series in result), str(query)


def test_a_misspelled_metric_has_no_answer(server: PrometheusServer) -> None:
    assert server.query("sum(rate(http_request_duration_second_count[5m]))", at=END) == []
