"""Measured use gives smaller sizes where the load fits. Files that are too short or broken are refused."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.errors import InputError
from arqctl.cost.advice.saving import Saving, StackCosts
from arqctl.cost.assumptions import assumptions_of
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.rightsizing import rightsize
from arqctl.cost.rightsizing.autoscalers import utilization_target
from arqctl.cost.rightsizing.class_sizes import memory_gib, smaller_class
from arqctl.cost.rightsizing.containers import rightsize_containers
from arqctl.cost.rightsizing.data_stores import rightsize_caches, rightsize_databases
from arqctl.cost.rightsizing.measured_series import MeasuredSeries
from arqctl.cost.rightsizing.usage_file import read_usage
from tests.arqctl.cost.priced_stacks import cents, resource, stacks_of
from tests.arqctl.cost.priced_stacks import stack as snapshot_stack

START = datetime(2026, 11, 1, tzinfo=UTC)
HOURS = Decimal(730)
GIB = 1024**3


def measured(
    kind: str, name: str, measure: str, *values: float, days: int = 15, stack: str = ""
) -> MeasuredSeries:
    """Return a series with a value each hour; the last value is at the end, once."""
    times = tuple(START + timedelta(hours=hour) for hour in range(days * 24))
    first, *rest = values
    return MeasuredSeries(kind, name, measure, times, (*[first] * (len(times) - len(rest)), *rest), stack)


DATABASE = resource(
    "aws_db_instance",
    identifier="production-database",
    engine="postgres",
    instance_class="db.r7g.xlarge",
    multi_az=True,
    storage_type="gp3",
    allocated_storage=100,
)
CACHE = resource(
    "aws_elasticache_replication_group",
    replication_group_id="production-cache",
    engine="valkey",
    node_type="cache.r7g.xlarge",
    num_cache_clusters=3,
)
DEPLOYMENT = resource(
    "kubernetes_deployment_v1",
    spec={
        "replicas": "3",
        "template": {
            "spec": {
                "container": [{"name": "api", "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}}}]
            }
        },
    },
)


def stack(*resources: Any) -> StackCosts:
    return StackCosts(resources, assumptions_of("production"))


def database_savings(cpu: float, free_gib: float) -> list[Saving]:
    series = [
        measured("rds", "production-database", "CPUUtilization", cpu),
        measured("rds", "production-database", "FreeableMemory", free_gib * GIB),
    ]
    return list(rightsize_databases(stack(DATABASE), series))


def test_a_database_with_little_load_becomes_smaller() -> None:
    (found,) = database_savings(cpu=20, free_gib=24)
    assert found.change == "Use db.r7g.large for production/main/Default"
    large, xlarge = Decimal("0.268"), Decimal("0.536")
    assert found.monthly == cents(2 * HOURS * xlarge) - cents(2 * HOURS * large)
    assert "p99 20 %" in found.calculation


@pytest.mark.parametrize(("cpu", "free_gib"), [(40, 24), (20, 10)])
def test_a_busy_or_full_database_stays(cpu: float, free_gib: float) -> None:
    assert database_savings(cpu, free_gib) == []


def test_a_database_without_both_measures_stays() -> None:
    series = [measured("rds", "production-database", "CPUUtilization", 5)]
    assert list(rightsize_databases(stack(DATABASE), series)) == []


def test_the_node_of_a_cache_with_the_largest_load_decides() -> None:
    calm = [
        measured("elasticache", f"production-cache-00{node}", measure, 20)
        for node in (1, 2)
        for measure in ("EngineCPUUtilization", "DatabaseMemoryUsagePercentage")
    ]
    (found,) = rightsize_caches(stack(CACHE), calm)
    assert found.monthly == cents(3 * HOURS * Decimal("0.3896")) - cents(3 * HOURS * Decimal("0.1944"))
    full = measured("elasticache", "production-cache-003", "DatabaseMemoryUsagePercentage", 20, 60)
    assert list(rightsize_caches(stack(CACHE), [*calm, full])) == []


def test_a_container_requests_its_measured_use() -> None:
    series = [
        measured("container", "api", "cpu_cores", 0.1),
        measured("container", "api", "memory_bytes", 200 * 1024**2),
    ]
    (found,) = rightsize_containers(stack(DEPLOYMENT), series)
    assert found.change.startswith("Request 120m CPU and 240Mi memory for ")
    share = 3 * (Decimal("0.5") - Decimal("0.12")) / 4
    assert abs(found.monthly - HOURS * share * Decimal("0.1819")) < Decimal("0.02")


def autoscaler(**target: Any) -> PriceableResource:
    return resource(
        "kubernetes_horizontal_pod_autoscaler_v2",
        spec={
            "scale_target_ref": {"name": "${kubernetes_deployment_v1.main.metadata[0].name}"},
            "metric": [{"resource": {"name": "cpu", "target": target}}],
        },
    )


def test_an_autoscaler_does_not_add_pods_for_a_smaller_request() -> None:
    series = [
        measured("container", "api", "cpu_cores", 0.1),
        measured("container", "api", "memory_bytes", 200 * 1024**2),
    ]

    def change(*others: PriceableResource) -> str:
        (found,) = rightsize_containers(stack(DEPLOYMENT, *others), series)
        return found.change

    target = autoscaler(type="Utilization", average_utilization="60")
    assert change(target).startswith("Request 200m CPU and 240Mi memory for ")
    assert change(autoscaler(type="AverageValue", average_value="300m")).startswith("Request 120m CPU ")
    # A request that fits the reserve alone would be above the target at once.
    assert 0.1 / 0.2 < 0.6 < 0.1 / 0.12
    unknown = autoscaler(type="Utilization", average_utilization="${var.target}")
    assert list(rightsize_containers(stack(DEPLOYMENT, unknown), series)) == []


def test_an_autoscaler_that_names_another_workload_changes_nothing() -> None:
    named = resource("kubernetes_deployment_v1", metadata={"name": "api"})
    for name, expected in (("api", Decimal("0.6")), ("receipts", Decimal(1))):
        spec = {
            "scale_target_ref": {"name": name},
            "metric": [
                {"resource": {"name": "cpu", "target": {"type": "Utilization", "average_utilization": 60}}}
            ],
        }
        other = resource("kubernetes_horizontal_pod_autoscaler_v2", spec=spec)  # type: ignore[arg-type]
        assert utilization_target(stack(named, other), named, "cpu") == expected


def test_a_measurement_counts_for_its_stack_and_no_standby() -> None:
    stacks = [snapshot_stack(name) for name in stacks_of("production")]

    def changed(name: str) -> set[str]:
        series = [
            measured("container", "api", "cpu_cores", 0.02, stack=name),
            measured("container", "api", "memory_bytes", 100 * 1024**2, stack=name),
        ]
        return {each.stack for each in rightsize(stacks, assumptions_of("production"), series)}

    assert changed("production-platform") == {"production-platform"}
    assert changed("staging-platform") == changed("production-standby-platform") == set()


def test_a_container_at_its_requests_stays() -> None:
    series = [
        measured("container", "api", "cpu_cores", 0.48),
        measured("container", "api", "memory_bytes", 500 * 1024**2),
    ]
    assert list(rightsize_containers(stack(DEPLOYMENT), series)) == []


def test_percentiles_of_a_known_distribution() -> None:
    series = MeasuredSeries("rds", "x", "y", (START,) * 100, tuple(float(each) for each in range(1, 101)))
    assert (series.percentile(50), series.percentile(95), series.percentile(99)) == (50, 95, 99)


@pytest.mark.parametrize(
    ("class_", "smaller", "gib"),
    [
        ("db.r7g.xlarge", "db.r7g.large", 32),
        ("db.t4g.medium", "db.t4g.small", 4),
        ("db.t4g.micro", None, 1),
        ("db.m7g.2xlarge", "db.m7g.xlarge", 32),
        ("db.x9.huge", None, None),
        ("", None, None),
    ],
)
def test_sizes_of_classes(class_: str, smaller: str | None, gib: int | None) -> None:
    assert (smaller_class(class_), memory_gib(class_)) == (smaller, gib)


def prometheus(days: int = 15, *, missing: int = 0, **labels: str) -> dict[str, Any]:
    values = [
        [(START + timedelta(hours=hour)).timestamp(), "0.1"]
        for hour in range(days * 24)
        if not missing or hour % missing
    ]
    metric = {"stack": "production-platform", "container": "api", "measure": "cpu_cores"} | labels
    return {
        "status": "success",
        "data": {"resultType": "matrix", "result": [{"metric": metric, "values": values}]},
    }


def cloudwatch(label: str = "rds/production-database/CPUUtilization", days: int = 15) -> dict[str, Any]:
    times = [(START + timedelta(hours=hour)).isoformat() for hour in range(days * 24)]
    return {
        "MetricDataResults": [{"Id": "m1", "Label": label, "Timestamps": times, "Values": [7.5] * len(times)}]
    }


def read(folder: Path, *documents: object) -> tuple[MeasuredSeries, ...]:
    files = [folder / f"{number}.json" for number, _ in enumerate(documents)]
    for file, document in zip(files, documents, strict=True):
        file.write_text(document if isinstance(document, str) else json.dumps(document))
    return read_usage(files)


def test_both_formats_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, prometheus(), cloudwatch())
    assert [(each.stack, each.kind, each.name, each.measure, len(each.values)) for each in found] == [
        ("production-platform", "container", "api", "cpu_cores", 360),
        ("", "rds", "production-database", "CPUUtilization", 360),
    ]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (prometheus(13), "covers 13.0 days, at least 14 are needed"),
        (cloudwatch(days=3), "covers 3.0 days, at least 14 are needed"),
        (prometheus(15, missing=2), "some are missing"),
        (prometheus(15, stack=""), "lacks one of the labels"),
        (prometheus(15, container=""), "lacks one of the labels"),
        (prometheus(15, measure=""), "lacks one of the labels"),
        (cloudwatch("CPUUtilization"), "is not KIND/NAME/METRIC"),
        (cloudwatch("ec2/i-1/CPUUtilization"), "is not KIND/NAME/METRIC"),
        ({"data": {"resultType": "vector", "result": []}}, "is neither a range"),
        ({"MetricDataResults": []}, "has no series"),
        ("{", "is not JSON"),
        ([], "is neither a range"),
    ],
)
def test_other_and_short_files_are_refused(tmp_path: Path, document: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, document)


def test_the_documented_queries_give_the_labels_that_are_read() -> None:
    page = (Path(__file__).parents[4] / "docs/cost.md").read_text(encoding="utf-8")
    queries = re.findall(r"^\$ (?:cpu|memory)='(.*)'$", page, re.MULTILINE)
    assert len(queries) == 2
    for query in queries:
        # cAdvisor also measures the group of the pod, without the name of a container.
        assert 'container!=""' in query
        assert "by (container)" in query
        assert '"stack", "production-platform"' in query
        assert re.search('"measure", "(cpu_cores|memory_bytes)"', query)


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, prometheus(2), "{")
    assert "0.json" in str(error.value)
    assert "1.json" in str(error.value)
