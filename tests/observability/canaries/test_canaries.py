"""The canaries of an environment: functions, permissions, code and alarms."""

import json
import zipfile
from pathlib import Path
from typing import Any, Literal

import pytest
from cdktf import App

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.canaries.canaries import Canaries
from constructs_arq.observability.canaries.canary_config import (
    ApiCall,
    ApiCheck,
    CanariesConfig,
    DomainCheck,
    SiteVisit,
)
from constructs_arq.storage.bucket import LogBucket
from tests.observability.alarm_builders import make_alarms
from tests.support import STACK, Synthesized, synthesize

CONFIG = CanariesConfig(
    interval_minutes=1,
    regions=("eu-west-1", "eu-central-1"),
    site=SiteVisit(text="Welcome", expected_answers=("401 GET /api/session",)),
    api=ApiCheck(calls=(ApiCall(path="/api/health", contains={"status": "ok"}),)),
    domain=DomainCheck(registered_domain="arq.example"),
)


def build(stack: Stack, config: CanariesConfig = CONFIG) -> None:
    Canaries(
        stack,
        "canaries",
        domain="app.arq.example",
        zone_name="arq.example",
        access_logs=LogBucket(stack, "logs", retention_days=90),
        config=config,
    )
    make_alarms(stack)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def canaries(synthesized: Synthesized) -> dict[str, dict[str, Any]]:
    return {
        path.removeprefix("canaries/").removesuffix("/Default"): each
        for path, each in synthesized.of_type("aws_synthetics_canary").items()
    }


def settings(canary: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canary["run_config"]["environment_variables"]["CANARY_SETTINGS"])
    return found


def alarms(synthesized: Synthesized, kind: str = "aws_cloudwatch_metric_alarm") -> dict[str, dict[str, Any]]:
    return {each["alarm_name"]: each for each in synthesized.of_type(kind).values()}


def test_site_and_api_have_a_canary_in_each_region(synthesized: Synthesized) -> None:
    found = {(path, each["name"], each.get("provider")) for path, each in canaries(synthesized).items()}
    assert found == {
        ("eu-west-1/site", "test-site", None),
        ("eu-west-1/api", "test-api", None),
        ("eu-central-1/site", "test-site", "aws.eu-central-1"),
        ("eu-central-1/api", "test-api", "aws.eu-central-1"),
        ("domain/canary", "test-domain", None),
    }


def test_canaries_run_and_leave_no_function_behind(synthesized: Synthesized) -> None:
    for canary in canaries(synthesized).values():
        assert (canary["start_canary"], canary["delete_lambda"]) == (True, True)
        assert canary["run_config"]["active_tracing"] is False
        assert "vpc_config" not in canary


def test_a_canary_gets_the_settings_of_its_check(synthesized: Synthesized) -> None:
    found = canaries(synthesized)
    assert settings(found["eu-central-1/site"]) == {
        "url": "https://app.arq.example/",
        "text": "Welcome",
        "expected": ["401 GET /api/session"],
        "seconds": 20,
    }
    (call,) = settings(found["eu-west-1/api"])["calls"]
    assert call == {"method": "GET", "path": "/api/health", "status": 200, "contains": {"status": "ok"}}
    assert settings(found["domain/canary"])["registered"] == "arq.example"
    assert {each["handler"] for each in found.values()} == {"site.handler", "api.handler", "domain.handler"}


def test_a_run_ends_before_the_next(synthesized: Synthesized) -> None:
    for canary in canaries(synthesized).values():
        expression = canary["schedule"]["expression"]
        interval = 3600 if "hour" in expression else 60
        assert canary["run_config"]["timeout_in_seconds"] <= interval
        # Each check has its time after the start of function and browser.
        assert canary["run_config"]["timeout_in_seconds"] >= settings(canary)["seconds"] + 15


def test_a_failed_run_of_a_slow_interval_is_repeated() -> None:
    slow = synthesize(lambda stack: build(stack, CONFIG.model_copy(update={"interval_minutes": 5})))
    retries = {path: each["schedule"]["retry_config"]["max_retries"] for path, each in canaries(slow).items()}
    assert retries["eu-west-1/site"] == 1
    quick = canaries(synthesize(build))["eu-west-1/site"]
    assert quick["schedule"]["retry_config"]["max_retries"] == 0


def policies(synthesized: Synthesized, role: str) -> dict[str, dict[str, Any]]:
    return {
        path.rpartition("/")[2]: json.loads(each["policy"])["Statement"][0]
        for path, each in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(f"canaries/{role}/role/")
    }


def test_the_role_writes_only_its_own_results_and_metrics(synthesized: Synthesized) -> None:
    found = policies(synthesized, "eu-central-1/site")
    assert found["write-artifacts"]["Action"] == ["s3:PutObject"]
    assert found["write-artifacts"]["Resource"][0].endswith("/test-site/*")
    assert found["publish-metrics"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}
    }
    assert found["write-logs"]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert found["write-logs"]["Resource"] == [
        "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/cwsyn-test-site-*:*"
    ]
    used = {action for each in found.values() for action in each["Action"]}
    assert not {each for each in used if each.partition(":")[0] not in ("cloudwatch", "kms", "logs", "s3")}


def test_the_role_has_its_permissions_before_the_first_run(synthesized: Synthesized) -> None:
    waits = canaries(synthesized)["eu-west-1/site"]["depends_on"]
    names = set(synthesized.json["resource"]["aws_iam_role_policy"])
    own = {f"aws_iam_role_policy.{name}" for name in names if "_eu-west-1_site_role_" in name}
    assert len(own) >= 5
    assert own <= set(waits)
    assert any(each.startswith("aws_s3_bucket_logging.") for each in waits)


def test_logs_and_results_are_encrypted_and_expire(synthesized: Synthesized) -> None:
    groups = {
        path: each
        for path, each in synthesized.of_type("aws_cloudwatch_log_group").items()
        if path.startswith("canaries/")
    }
    assert len(groups) == 5
    for path, group in groups.items():
        assert group["kms_key_id"]
        assert group["retention_in_days"] == 365
        # The function's name has an id that Synthetics chooses.
        assert '/aws/lambda/${element(split(":", aws_synthetics_canary.' in group["name"], path
    canary = canaries(synthesized)["eu-central-1/api"]
    assert canary["artifact_config"]["s3_encryption"]["encryption_mode"] == "SSE_KMS"
    lifecycle = synthesized.one(
        "aws_s3_bucket_lifecycle_configuration", "canaries/eu-central-1/artifacts/bucket/lifecycle"
    )
    assert lifecycle["rule"][0]["expiration"] == [{"days": 31}]


def synthesize_files(folder: Path, config: CanariesConfig = CONFIG) -> tuple[str, bytes]:
    """Return the path of the code in the stack, and its content."""
    app = App(outdir=str(folder))
    build(Stack(app, "test", config=STACK), config)
    app.synth()
    stack = folder / "stacks/test"
    resources = json.loads((stack / "cdk.tf.json").read_text())["resource"]
    (path,) = {each["zip_file"] for each in resources["aws_synthetics_canary"].values()}
    return path, (stack / path).read_bytes()


def test_equal_code_is_an_equal_file(tmp_path: Path) -> None:
    assert synthesize_files(tmp_path / "one") == synthesize_files(tmp_path / "two")


def test_the_zip_has_the_handlers_in_its_root(tmp_path: Path) -> None:
    path, _ = synthesize_files(tmp_path)
    with zipfile.ZipFile(tmp_path / "stacks/test" / path) as file:
        names = set(file.namelist())
        assert {"site.js", "api.js", "domain.js"} <= names
        for name in names:
            code = file.read(name).decode()
            required = {f"{each}.js" for each in _required(code)}
            assert required <= names, f"{name} requires a file that the zip lacks"


def _required(code: str) -> list[str]:
    return [part.partition("'")[0] for part in code.split("require('./")[1:]]


def test_another_runtime_sends_the_code_again(tmp_path: Path) -> None:
    """Synthetics rejects a change of the runtime without code, and Terraform compares only the path."""
    newer = CONFIG.model_copy(update={"runtime": "syn-nodejs-puppeteer-18.0"})
    before, code = synthesize_files(tmp_path / "before")
    after, same_code = synthesize_files(tmp_path / "after", newer)
    assert before != after
    assert code == same_code


REGIONS = ("eu-west-1", "eu-central-1")


@pytest.mark.parametrize("region", REGIONS)
def test_two_failed_runs_page(region: str, synthesized: Synthesized) -> None:
    alarm = alarms(synthesized)[f"test-canaries-{region}-site-failing"]
    assert (alarm["metric_name"], alarm["comparison_operator"], alarm["threshold"]) == (
        "SuccessPercent",
        "LessThanThreshold",
        100,
    )
    assert alarm["period"] * alarm["evaluation_periods"] == 120
    assert alarm["evaluation_periods"] == 2
    assert f"_{region}_critical" in alarm["alarm_actions"][0]
    assert "aws_synthetics_canary.canaries_" in alarm["dimensions"]["CanaryName"]


def test_the_api_is_quiet_while_the_site_fails(synthesized: Synthesized) -> None:
    alarm = alarms(synthesized)["test-canaries-eu-west-1-api-failing"]
    expressions = [each["expression"] for each in alarm["metric_query"] if "expression" in each]
    assert expressions == ["IF(FILL(c0, 100) >= 100, m, 100)"]


@pytest.mark.parametrize("minutes", [5, 15])
def test_a_slow_interval_opens_a_ticket(minutes: Literal[5, 15]) -> None:
    slow = synthesize(lambda stack: build(stack, CONFIG.model_copy(update={"interval_minutes": minutes})))
    alarm = alarms(slow)["test-canaries-eu-west-1-site-failing"]
    assert (alarm["period"], alarm["evaluation_periods"], alarm["statistic"]) == (minutes * 60, 1, "Maximum")
    assert "_warning" in alarm["alarm_actions"][0]


def test_tickets_report_expiry_name_servers_and_lost_canaries(synthesized: Synthesized) -> None:
    found = {
        name: each["alarm_actions"]
        for name, each in alarms(synthesized, "aws_cloudwatch_composite_alarm").items()
    }
    assert set(found) == {
        "test-canaries-domain-certificate-expiring",
        "test-canaries-domain-domain-expiring",
        "test-canaries-domain-name-servers-wrong",
        *(f"test-canaries-{region}-{name}-slow" for region in REGIONS for name in ("api", "site")),
    }
    assert all("_warning" in action for actions in found.values() for action in actions)
    states = alarms(synthesized)
    limits = {
        name: states[f"test-canaries-domain-{name}-state"]["threshold"]
        for name in ("certificate-expiring", "domain-expiring", "name-servers-wrong")
    }
    assert limits == {"certificate-expiring": 21, "domain-expiring": 30, "name-servers-wrong": 0}


def test_without_a_registry_no_alarm_waits_for_the_domain() -> None:
    config = CONFIG.model_copy(update={"domain": DomainCheck()})
    synthesized = synthesize(lambda stack: build(stack, config))
    assert "test-canaries-domain-domain-expiring" not in alarms(synthesized, "aws_cloudwatch_composite_alarm")
    assert settings(canaries(synthesized)["domain/canary"])["registered"] is None


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"runtime": "nodejs22.x"}, "runtime"),
        ({"interval_minutes": 2}, "interval_minutes"),
        ({"regions": ()}, "regions"),
    ],
)
def test_values_that_synthetics_rejects_are_refused(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        CanariesConfig(**{**CONFIG.model_dump(), **values})


@pytest.mark.parametrize("answer", ["GET /api", "200 GET /", "401 get /api"])
def test_an_expected_answer_is_an_error_with_method_and_path(answer: str) -> None:
    with pytest.raises(ConfigError, match="expected_answers"):
        SiteVisit(text="Welcome", expected_answers=(answer,))
