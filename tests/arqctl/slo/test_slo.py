"""`arqctl slo`: budgets from Prometheus, from CloudWatch and from a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from arqctl.core.aws_api import AwsApi
from arqctl.slo import cloudwatch
from arqctl.slo.measurement import Budget, Measurement
from arqctl.slo.objective import CLOUDWATCH, PROMETHEUS, Objective
from constructs_arq.core.burn_rate import budget_minutes
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project
from tests.arqctl.slo.prometheus_server import serve_prometheus

Capture = pytest.CaptureFixture[str]
API = {"name": "api-availability", "percent": 99.9, "window_days": 28, "source": PROMETHEUS}
SITE = {
    "name": "site-availability",
    "percent": 99.9,
    "window_days": 28,
    "source": CLOUDWATCH,
    "alarm": "dev-site-availability-burn-1h-in-1h",
}
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def write_objectives(project: Project, *objectives: dict[str, Any]) -> None:
    project.stack("dev", output={"objectives": {"value": json.dumps(objectives)}})


def write_data(project: Project, **entries: dict[str, float]) -> str:
    file = project.root / "data.json"
    file.write_text(json.dumps({name.replace("_", "-"): entry for name, entry in entries.items()}))
    return str(file)


def test_the_report_has_budget_rate_and_time(capsys: Capture, current_project: Project) -> None:
    write_objectives(current_project, API)
    data = write_data(
        current_project, api_availability={"error_ratio": 0.0004, "last_hour": 0.002, "covered": 0.5}
    )
    code, out, _ = run(capsys, "slo", "dev", "--data", data, "--from", "cdktf.out")
    assert code == 0
    assert out.splitlines()[2].split("  ")[0] == "api-availability"
    for text in ("99.9 % in 28 d", "99.960 %", "24.2 min, 60 %", "2.00 x", "8.4 d"):
        assert text in out
    assert "api-availability has data for 14.0 of 28 days" in out


@pytest.mark.parametrize(
    ("entry", "code", "text"),
    [
        ({"error_ratio": 0.001, "last_hour": 0, "covered": 1}, 4, "0.0 min, 0 %"),
        ({"error_ratio": 0.002, "last_hour": 0.002, "covered": 1}, 4, "-40.3 min, -100 %"),
        ({"error_ratio": 0.0001, "last_hour": 0, "covered": 1}, 0, "never"),
        ({"error_ratio": 0.0001, "covered": 1}, 3, "is not measured by prometheus"),
        ({}, 3, "no data"),
    ],
)
def test_exit_codes(
    entry: dict[str, float], code: int, text: str, capsys: Capture, current_project: Project
) -> None:
    write_objectives(current_project, API)
    data = write_data(current_project, api_availability=entry)
    found, out, _ = run(capsys, "slo", "dev", "--data", data, "--from", "cdktf.out")
    assert (found, text in out) == (code, True), out


def test_without_a_source_an_objective_is_not_met(capsys: Capture, current_project: Project) -> None:
    write_objectives(current_project, API)
    code, out, _ = run(capsys, "slo", "dev", "--from", "cdktf.out")
    assert code == 3
    assert "api-availability is not measured by prometheus" in out


def test_json_and_markdown(capsys: Capture, current_project: Project) -> None:
    write_objectives(current_project, API)
    data = write_data(
        current_project, api_availability={"error_ratio": 0.0005, "last_hour": 0.001, "covered": 1}
    )
    _, out, _ = run(capsys, "slo", "dev", "--data", data, "--format", "json", "--from", "cdktf.out")
    (objective,) = json.loads(out)["objectives"]
    assert objective["budget_minutes"] == pytest.approx(40.32)
    assert (objective["budget_left"], objective["burn_rate"]) == (pytest.approx(0.5), pytest.approx(1))
    assert objective["days_until_used_up"] == pytest.approx(14)
    _, out, _ = run(capsys, "slo", "dev", "--data", data, "--format", "markdown", "--from", "cdktf.out")
    assert "| api-availability | 99.9 % in 28 d | 99.950 % | 20.2 min, 50 % | 1.00 x | 14.0 d |" in out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "must be a JSON object"),
        ("{", "can't be read"),
        ('{"other": {}}', "other: is no objective of the environment. Use api-availability"),
        ('{"api-availability": {"error_ratio": 2}}', "error_ratio: must be a number from 0 to 1, got 2"),
    ],
)
def test_invalid_files(text: str, message: str, capsys: Capture, current_project: Project) -> None:
    write_objectives(current_project, API)
    (current_project.root / "data.json").write_text(text)
    code, _, err = run(capsys, "slo", "dev", "--data", "data.json", "--from", "cdktf.out")
    assert (code, message in err) == (2, True), err


def test_an_environment_without_objectives(capsys: Capture, current_project: Project) -> None:
    current_project.stack("dev")
    code, _, err = run(capsys, "slo", "dev", "--from", "cdktf.out")
    assert (code, "dev: has no objectives" in err) == (2, True)


def test_an_unreachable_prometheus(capsys: Capture, current_project: Project) -> None:
    write_objectives(current_project, API)
    code, _, err = run(capsys, "slo", "dev", "--prometheus", "http://127.0.0.1:1", "--from", "cdktf.out")
    assert (code, "kubectl port-forward" in err) == (2, True), err
    code, _, err = run(capsys, "slo", "dev", "--prometheus", "file:///etc", "--from", "cdktf.out")
    assert (code, "is no URL" in err) == (2, True), err


@pytest.mark.slow
def test_a_real_prometheus(capsys: Capture, current_project: Project, tmp_path: Path) -> None:
    latency = {**API, "name": "api-latency", "percent": 99.7}
    write_objectives(current_project, API, latency)
    own = '{slo="api-availability",service="api"}'
    values = {
        f"slo:requests:rate5m{own}": 20.0,
        f"slo:sli_error:ratio_rate1h{own}": 0.003,
        f"slo:sli_error:ratio_rate28d{own}": 0.0002,
    }
    with serve_prometheus(tmp_path, values, seconds=7200) as url:
        code, out, err = run(
            capsys, "slo", "dev", "--prometheus", url, "--format", "json", "--from", "cdktf.out"
        )
    assert code == 3, err
    measured, missing = json.loads(out)["objectives"]
    assert (measured["error_ratio"], measured["burn_rate"]) == (0.0002, 3)
    assert measured["covered"] == pytest.approx(7200 / (28 * 86_400), rel=0.05)
    assert (missing["name"], missing["error_ratio"], missing["covered"]) == ("api-latency", None, 0)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsApi]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield AwsApi(boto3.Session(region_name="us-east-1"))


def make_alarm(alarm: str) -> None:
    metrics = {"share": ("5xxErrorRate", "Average"), "requests": ("Requests", "Sum")}
    dimensions = [{"Name": "DistributionId", "Value": "E1"}, {"Name": "Region", "Value": "Global"}]
    queries: list[Any] = [
        {
            "Id": id_,
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/CloudFront", "MetricName": name, "Dimensions": dimensions},
                "Period": 3600,
                "Stat": stat,
            },
        }
        for id_, (name, stat) in metrics.items()
    ]
    boto3.client("cloudwatch", region_name="us-east-1").put_metric_alarm(
        AlarmName=alarm,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=1.44,
        Metrics=[{"Id": "result", "Expression": "share", "ReturnData": True}, *queries],
    )


def put_minutes(first: datetime, minutes: int, *, share: float, requests: float) -> None:
    client = boto3.client("cloudwatch", region_name="us-east-1")
    dimensions: list[Any] = [{"Name": "DistributionId", "Value": "E1"}, {"Name": "Region", "Value": "Global"}]
    for name, value in (("5xxErrorRate", share), ("Requests", requests)):
        client.put_metric_data(
            Namespace="AWS/CloudFront",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": dimensions,
                    "Timestamp": first + timedelta(minutes=minute),
                    "Value": value,
                }
                for minute in range(minutes)
            ],
        )


OBJECTIVE = Objective(
    name="site-availability",
    percent=Decimal("99.9"),
    window_days=28,
    source=CLOUDWATCH,
    alarm=str(SITE["alarm"]),
)


def test_cloudwatch_weights_each_request(aws: AwsApi) -> None:
    make_alarm(OBJECTIVE.alarm)
    put_minutes(NOW - timedelta(hours=2), 60, share=0, requests=900)
    put_minutes(NOW - timedelta(hours=1), 60, share=10, requests=100)
    measured = cloudwatch.measure(aws, OBJECTIVE, now=NOW)
    assert measured.error_ratio == pytest.approx(Decimal("0.01"))
    assert measured.last_hour == pytest.approx(Decimal("0.1"))
    assert measured.covered == pytest.approx(Decimal(2) / (28 * 24), rel=Decimal("0.05"))


def test_cloudwatch_without_data(aws: AwsApi) -> None:
    make_alarm(OBJECTIVE.alarm)
    assert cloudwatch.measure(aws, OBJECTIVE, now=NOW).error_ratio is None


def test_cloudwatch_without_the_alarm(aws: AwsApi) -> None:
    with pytest.raises(Exception, match="there is no alarm dev-site-availability-burn-1h-in-1h"):
        cloudwatch.measure(aws, OBJECTIVE, now=NOW)


shares = st.decimals(min_value=0, max_value=1, places=6)
objectives = st.builds(
    Objective,
    name=st.just("x"),
    percent=st.decimals(min_value=94, max_value="99.999", places=3),
    window_days=st.integers(7, 35),
    source=st.just(PROMETHEUS),
)


@given(objective=objectives, ratio=shares, hour=shares)
def test_budgets_add_up(objective: Objective, ratio: Decimal, hour: Decimal) -> None:
    measured = Measurement(error_ratio=ratio, last_hour=hour, covered=Decimal(1))
    budget = Budget(objective=objective, measurement=measured)
    assert budget.used is not None
    assert budget.left is not None
    assert budget.used + budget.left == pytest.approx(Decimal(1))
    assert budget.is_used_up == (ratio >= objective.budget)
    assert (budget.days_left is None) == (hour == 0)
    assert objective.budget_minutes == budget_minutes(float(objective.percent), objective.window_days)
