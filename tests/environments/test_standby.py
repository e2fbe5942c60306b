"""The standby of production: the same services in the backup region, before and after a failover."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.standby_config import StandbyConfig, promote_standby, standby_environment
from environments.synthesis import synthesize_environments

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
STANDBY = PRODUCTION.standby or pytest.fail("production has a standby")


def stack(name: str) -> Any:
    return json.loads((SNAPSHOTS / f"{name}.json").read_text())


def first(document: Any, kind: str, prefix: str) -> Any:
    return next(each for name, each in document["resource"][kind].items() if name.startswith(prefix))


def names(document: Any, kind: str) -> set[str]:
    return set(document["resource"].get(kind, {}))


@pytest.fixture(scope="module")
def promoted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("promoted")
    return synthesize_environments([promote_standby(PRODUCTION)], folder) / "stacks"


def test_everything_is_in_the_backup_region() -> None:
    providers = stack("production-standby")["provider"]["aws"]
    assert [each["region"] for each in providers] == [PRODUCTION.backup_region]


def test_the_stack_reads_nothing_of_the_lost_region() -> None:
    assert "terraform_remote_state" not in stack("production-standby").get("data", {})


def test_each_runner_has_a_connection_in_its_own_region() -> None:
    connections = stack("production-account")["resource"]["aws_codestarconnections_connection"].values()
    regions = {each["name"]: each.get("provider", PRODUCTION.region) for each in connections}
    for name, region in (
        ("production", PRODUCTION.region),
        ("production-standby", f"aws.{PRODUCTION.backup_region}"),
    ):
        (found,) = stack(name)["data"]["aws_codestarconnections_connection"].values()
        assert regions.pop(found["name"]) == region
        (project,) = stack(name)["resource"]["aws_codebuild_project"].values()
        assert project["name"] == f"{name}-delivery-runner"
    assert regions == {}


def test_services_run_without_migrations_and_settlement() -> None:
    own, standby = stack("production-platform"), stack("production-standby-platform")
    assert {"api", "receipts"} <= names(own, "kubernetes_deployment_v1")
    assert names(standby, "kubernetes_deployment_v1") == names(own, "kubernetes_deployment_v1")
    assert names(standby, "kubernetes_job_v1") == names(standby, "kubernetes_cron_job_v1") == set()


def test_a_cluster_that_waits_has_its_own_heartbeat() -> None:
    assert "production/standby-paging" in json.dumps(stack("production-standby-platform"))
    assert "production/standby-paging" not in json.dumps(stack("production-platform"))


def test_after_a_failover_all_jobs_run(promoted: Path) -> None:
    document = json.loads((promoted / "production-standby-platform/cdk.tf.json").read_text())
    own = stack("production-platform")
    for kind in ("kubernetes_job_v1", "kubernetes_cron_job_v1"):
        assert names(document, kind) == names(own, kind) != set()


def test_after_a_failover_dumps_need_nothing_of_the_lost_region(promoted: Path) -> None:
    document = json.loads((promoted / "production-standby-platform/cdk.tf.json").read_text())
    variables = first(document, "kubernetes_config_map_v1", "database-dump_environment_")["data"]
    assert variables["AWS_REGION"] == PRODUCTION.backup_region
    assert "dumps_bucket" in variables["DUMPS_BUCKET"]
    # The migrator creates the user of the jobs.
    users = json.loads((promoted / "production-standby/cdk.tf.json").read_text())["output"]["database_users"]
    assert {each["name"] for each in json.loads(users["value"])["users"] if each["reads_all"]} == {"backup"}
    # The bucket exists before, and has no copy.
    waiting = stack("production-standby")
    assert first(waiting, "aws_s3_bucket", "dumps_bucket_")
    assert names(waiting, "aws_s3_bucket_replication_configuration") == set()


def test_after_a_failover_the_state_is_in_the_region_that_works(promoted: Path) -> None:
    backend = json.loads((promoted / "production-standby/cdk.tf.json").read_text())["terraform"]["backend"]
    before = stack("production-standby")["terraform"]["backend"]
    assert (before["s3"]["bucket"], before["s3"]["region"]) == (PRODUCTION.state_bucket, PRODUCTION.region)
    assert backend["s3"]["bucket"] == PRODUCTION.state_copy_bucket
    assert backend["s3"]["region"] == PRODUCTION.backup_region
    assert f":{PRODUCTION.backup_region}:" in backend["s3"]["kms_key_id"]


def test_after_a_failover_the_database_has_a_second_zone_and_no_new_address(promoted: Path) -> None:
    document = json.loads((promoted / "production-standby/cdk.tf.json").read_text())
    before = stack("production-standby")["resource"]["aws_db_instance"]["database"]
    after = document["resource"]["aws_db_instance"]["database"]
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert changed - {"//"} == {
        "multi_az",
        "apply_immediately",
        "skip_final_snapshot",
        "final_snapshot_identifier",
        "tags",
    }
    assert after["tags"] == {"backup": "daily"}


def test_after_a_failover_backups_need_nothing_of_the_lost_region(promoted: Path) -> None:
    account = stack("production-account")
    plan = first(account, "aws_backup_plan", "backups_standby_daily_")
    assert plan["provider"] == f"aws.{PRODUCTION.backup_region}"
    selection = first(account, "aws_backup_selection", "backups_standby_daily_")
    assert selection["provider"] == plan["provider"]
    # Its database has the tag, and its vault, key and alarms are there. A copy would go to the lost region.
    assert [(each["key"], each["value"]) for each in selection["selection_tag"]] == [("backup", "daily")]
    vault = first(account, "aws_backup_vault", "backups_copies_")
    assert all("aws_backup_vault.backups_copies_" in each["target_vault_name"] for each in plan["rule"])
    assert not any("copy_action" in each for each in plan["rule"])
    key = first(account, "aws_kms_key", "backups_copies_key_")
    assert vault["provider"] == key["provider"] == plan["provider"]
    document = json.loads((promoted / "production-standby/cdk.tf.json").read_text())
    alarms = document["resource"]["aws_cloudwatch_metric_alarm"].values()
    watched = {each["dimensions"].get("BackupVaultName") for each in alarms if "dimensions" in each}
    assert vault["name"] in watched
    waiting = stack("production-standby")["resource"]["aws_cloudwatch_metric_alarm"].values()
    assert "AWS/Backup" not in {each.get("namespace") for each in waiting}


def test_the_standby_pages_for_all_its_critical_alarms_without_the_lost_region() -> None:
    resources = stack("production-standby")["resource"]
    alarms = resources["aws_cloudwatch_metric_alarm"].values()
    # An alarm's first action is the topic of its severity.
    critical = {each["alarm_name"] for each in alarms if "critical" in json.dumps(each.get("alarm_actions"))}
    rules = resources["aws_cloudwatch_event_rule"]
    patterns = [json.loads(each["event_pattern"]) for name, each in rules.items() if "trigger" in name]
    paged = {name for each in patterns for name in each["detail"]["alarmName"]}
    assert "production-standby-failover-timed-out" in critical
    assert critical <= paged
    assert resources["aws_cloudwatch_event_connection"]


@pytest.mark.parametrize(
    ("update", "problem"),
    [
        ({"name": "a" * 17}, "name must have at most 16 characters with a standby"),
        ({"network": {"cidr": "10.40.0.0/16"}}, "must not overlap network.cidr"),
        ({"network": {"zones": ("euw1-az1", "euw1-az2")}}, "zones must be in eu-central-1"),
        ({"hosts": tuple(f"h{each}.arq.example" for each in range(9))}, "at most 8 names with a standby"),
    ],
)
def test_values_that_a_standby_cannot_have(update: dict[str, Any], problem: str) -> None:
    values = {**dict(PRODUCTION), "primary": None}
    if "network" in update:
        network = {**dict(STANDBY.network), **update["network"]}
        values["standby"] = StandbyConfig(**{**dict(STANDBY), "network": network})
    else:
        values |= update
    with pytest.raises(ConfigError, match=problem):
        Environment(**values)


def test_a_standby_has_the_roles_of_its_environment() -> None:
    waiting = standby_environment(PRODUCTION, STANDBY)
    assert (waiting.cluster_role, waiting.boundary) == (PRODUCTION.cluster_role, PRODUCTION.boundary)
    assert set(waiting.node_roles).isdisjoint(PRODUCTION.node_roles)
