import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.stub import Stubber
from moto import mock_aws

from arqctl.core.assembly import read_assembly
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError
from arqctl.core.json_access import Json
from arqctl.database import command, iam_login
from arqctl.database.iam_login import IamLoginChange, Instance, enable_iam_login, find_instances
from tests.arqctl.command_line import run

PRIMARY: dict[str, Json] = {"engine": "postgres", "identifier": "production-database"}
REPLICA: dict[str, Json] = {"replicate_source_db": "${aws_db_instance.database.identifier}"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsApi]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield AwsApi.connect()


def assembly(folder: Path, **resources: Json) -> Path:
    """Write an assembly with one stack `production`."""
    stack = folder / "stacks" / "production"
    stack.mkdir(parents=True)
    document = {"provider": {"aws": [{"region": "eu-west-1"}]}, "resource": {"aws_db_instance": resources}}
    (stack / "cdk.tf.json").write_text(json.dumps(document))
    (folder / "manifest.json").write_text(json.dumps({"stacks": {"production": {"name": "production"}}}))
    return folder


def create_instance(api: AwsApi) -> None:
    api.call(
        "rds",
        "create_db_instance",
        "eu-west-1",
        DBInstanceIdentifier="production-database",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="dba",
        MasterUserPassword="random-password",
        AllocatedStorage=20,
    )


def test_only_primaries_are_found(tmp_path: Path) -> None:
    [stack] = read_assembly(assembly(tmp_path, database=PRIMARY, reports=REPLICA))
    assert find_instances(stack) == (Instance("production-database", "eu-west-1"),)


@pytest.mark.parametrize("is_promoted", [True, False])
def test_a_promoted_replica_is_a_primary(is_promoted: bool, tmp_path: Path) -> None:
    """The migrator logs in there after a failover. RDS refuses the change for a replica."""
    replica: dict[str, Json] = {
        "identifier": "production-standby-database",
        "replicate_source_db": "arn:aws:rds:eu-west-1:123456789012:db:production-database",
        "skip_final_snapshot": not is_promoted,
    }
    (stack,) = read_assembly(assembly(tmp_path, database=replica))
    found = [each.identifier for each in find_instances(stack)]
    assert found == (["production-standby-database"] if is_promoted else [])


def test_an_identifier_that_is_an_expression_is_rejected(tmp_path: Path) -> None:
    unknown: Json = {**PRIMARY, "identifier": "${var.name}"}
    [stack] = read_assembly(assembly(tmp_path, database=unknown))
    with pytest.raises(InputError, match="must be literal text"):
        find_instances(stack)


def test_the_request_changes_the_login_at_once_and_nothing_else(api: AwsApi) -> None:
    create_instance(api)
    sent: list[dict[str, list[str]]] = []

    def record(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, str)
        sent.append(parse_qs(request.body))

    api.client("rds", "eu-west-1").meta.events.register("before-send.rds.ModifyDBInstance", record)
    enable_iam_login(api, Instance("production-database", "eu-west-1"))
    [request] = sent
    del request["Version"]
    assert request == {
        "Action": ["ModifyDBInstance"],
        "DBInstanceIdentifier": ["production-database"],
        "ApplyImmediately": ["true"],
        "MasterUserAuthenticationType": ["iam-db-auth"],
    }


def test_the_argument_is_in_no_other_request(api: AwsApi) -> None:
    create_instance(api)
    enable_iam_login(api, Instance("production-database", "eu-west-1"))
    client = api.client("rds", "eu-west-1")
    seen: list[object] = []
    client.meta.events.register_last(
        "before-call.rds.ModifyDBInstance", lambda params, **_: seen.append(params["body"])
    )
    api.call("rds", "modify_db_instance", "eu-west-1", DBInstanceIdentifier="production-database")
    assert "MasterUserAuthenticationType" not in str(seen)


def test_a_missing_instance_is_reported(api: AwsApi) -> None:
    with pytest.raises(AwsError, match="DBInstanceNotFound"):
        enable_iam_login(api, Instance("production-database", "eu-west-1"))


@pytest.fixture
def rds(api: AwsApi) -> Iterator[Stubber]:
    with Stubber(api.client("rds", "eu-west-1")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect_statuses(rds: Stubber, *statuses: str, pending: dict[str, str] | None = None) -> None:
    for status in statuses:
        instance = {"DBInstanceStatus": status, "PendingModifiedValues": pending or {}}
        parameters = {"DBInstanceIdentifier": "production-database"}
        rds.add_response("describe_db_instances", {"DBInstances": [instance]}, parameters)


def test_other_pending_changes_are_not_made(api: AwsApi, rds: Stubber) -> None:
    """The stub has no response for a change."""
    pending = {"MasterUserPassword": "****", "EngineVersion": "17.6", "DBInstanceClass": "db.r8g.large"}
    expect_statuses(rds, "available", pending=pending)
    with pytest.raises(InputError, match=r"too: DBInstanceClass = db.r8g.large, EngineVersion = 17\.6"):
        enable_iam_login(api, Instance("production-database", "eu-west-1"))


def test_a_pending_login_is_no_other_change(api: AwsApi, rds: Stubber) -> None:
    expect_statuses(rds, "available", pending={"MasterUserPassword": "****"})
    expected = {"DBInstanceIdentifier": "production-database", "ApplyImmediately": True}
    rds.add_response("modify_db_instance", {}, expected)
    enable_iam_login(api, Instance("production-database", "eu-west-1"))


def wait(api: AwsApi) -> list[str]:
    """Wait without a pause, and return the progress."""
    lines: list[str] = []
    instance = Instance("production-database", "eu-west-1")
    IamLoginChange(api, instance, sleep=lambda _: None).wait(lines.append)
    return lines


def test_a_change_that_starts_later_is_waited_for(api: AwsApi, rds: Stubber) -> None:
    expect_statuses(rds, *["available"] * 5, "resetting-master-credentials", *["available"] * 6)
    assert "production-database is resetting-master-credentials" in wait(api)


def test_a_pending_change_is_waited_for(api: AwsApi, rds: Stubber) -> None:
    expect_statuses(rds, *["available"] * 7, pending={"MasterUserPassword": "****"})
    expect_statuses(rds, *["available"] * 6)
    wait(api)


@pytest.mark.parametrize("status", ["failed", "stopped", "incompatible-parameters", "storage-full"])
def test_an_instance_that_does_not_become_available_is_reported(
    api: AwsApi, rds: Stubber, status: str
) -> None:
    expect_statuses(rds, "modifying", status)
    with pytest.raises(InputError, match=f"the change is not complete: the instance is {status}"):
        wait(api)


def test_the_wait_ends(api: AwsApi, rds: Stubber) -> None:
    expect_statuses(rds, *["modifying"] * 180)
    with pytest.raises(InputError, match="the instance is modifying"):
        wait(api)


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (AwsError("rds", "", "AWS can't be reached", fix="Check the network"), "Check the network"),
        (AwsError("rds", "AccessDenied", "no"), "Allow rds:ModifyDBInstance"),
        (AwsError("rds", "InvalidDBInstanceState", "creating"), "Wait until the instance is available"),
    ],
)
@pytest.mark.usefixtures("api")
def test_the_fix_depends_on_the_error(
    error: AwsError,
    fix: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(command, "enable_iam_login", fail)
    folder = str(assembly(tmp_path, database=PRIMARY))
    code, _, err = run(capsys, "database", "login", "production", "--from", folder)
    assert (code, fix in err, "Deploy the instance" in err) == (2, True, False)


def test_the_command_changes_every_primary(
    api: AwsApi, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(iam_login, "_POLL_SECONDS", 0)
    folder = str(assembly(tmp_path, database=PRIMARY, reports=REPLICA))
    code, _, err = run(capsys, "database", "login", "production", "--from", folder)
    assert (code, "Deploy the instance first" in err) == (2, True)
    create_instance(api)
    code, out, _ = run(capsys, "database", "login", "production", "--from", folder)
    assert (code, out) == (0, "production-database: the master user logs in with IAM from now on\n")
    assert (
        boto3.client("rds", "eu-west-1").describe_db_instances()["DBInstances"][0]["MasterUsername"] == "dba"
    )
