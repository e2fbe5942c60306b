import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from botocore import xform_name

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError
from arqctl.core.json_access import Json, as_list
from arqctl.runbook.databases import Database, find_databases
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.page import render
from arqctl.runbook.restore import restore_sections
from arqctl.runbook.settings import NOT_SET, Source, restore_flags
from arqctl.runbook.upgrade import upgrade_sections
from tests.arqctl.runbook.shell_sessions import run_commands
from tests.aws_commands import input_members, operation_model, parse_aws_command

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
DEPLOYMENT = Deployment("production", is_protected=True)
ENVIRONMENTS = ("dev", "staging", "production")
# Parameters of a restore for which the instance has no argument in any environment, by Terraform argument.
UNUSED = {
    "AvailabilityZone": "availability_zone",
    "BackupTarget": "backup_target",
    "CustomIamInstanceProfile": "custom_iam_instance_profile",
    "DedicatedLogVolume": "dedicated_log_volume",
    "Domain": "domain",
    "DomainAuthSecretArn": "domain_auth_secret_arn",
    "DomainDnsIps": "domain_dns_ips",
    "DomainFqdn": "domain_fqdn",
    "DomainIAMRoleName": "domain_iam_role_name",
    "DomainOu": "domain_ou",
    "EnableCustomerOwnedIp": "customer_owned_ip_enabled",
    "Iops": "iops",
    "LicenseModel": "license_model",
    "OptionGroupName": "option_group_name",
    "ProcessorFeatures": "processor_features",
    "StorageThroughput": "storage_throughput",
    "TdeCredentialArn": "tde_credential_arn",
    "TdeCredentialPassword": "tde_credential_password",
    "UseDefaultProcessorFeatures": "use_default_processor_features",
}
# Parameters that the restore takes from the backup, with the Terraform argument.
FROM_BACKUP = {"AllocatedStorage": "allocated_storage", "DBName": "db_name"}
# Other ways to name the backup.
OTHER_SOURCES = {
    "DBClusterSnapshotIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDbiResourceId",
    "UseLatestRestorableTime",
}


def stack_of(document: dict[str, Json], name: str = "production") -> Stack:
    return Stack(name, name, Path("cdk.tf.json"), "", document)


def database_of(environment: str, change: Callable[[dict[str, Json]], None] = lambda _: None) -> Database:
    document = json.loads((SNAPSHOTS / f"{environment}.json").read_text())
    change(document["resource"]["aws_db_instance"]["database"])
    [database] = find_databases(stack_of(document, environment))
    return database


def restore_page(database: Database) -> str:
    return render("Restore", restore_sections(database, DEPLOYMENT))


def rds_calls(page: str, folder: Path) -> list[tuple[str, Mapping[str, Json]]]:
    """Run a page, and return its `aws rds` calls other than waiters."""
    commands = run_commands(page, folder)
    return [parse_aws_command(each) for each in commands if each[:2] == ["aws", "rds"] and each[2] != "wait"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_command_is_a_valid_call_of_the_api(environment: str, tmp_path: Path) -> None:
    database = database_of(environment)
    for name, sections in (("restore", restore_sections), ("upgrade", upgrade_sections)):
        folder = tmp_path / name
        folder.mkdir()
        assert len(rds_calls(render(name, sections(database, DEPLOYMENT)), folder)) > 3


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("operation", ["RestoreDBInstanceToPointInTime", "RestoreDBInstanceFromDBSnapshot"])
def test_a_restore_sets_every_parameter_that_the_configuration_has(
    environment: str, operation: str, tmp_path: Path
) -> None:
    database = database_of(environment)
    [parameters] = [given for name, given in rds_calls(restore_page(database), tmp_path) if name == operation]
    members = input_members(operation_model("rds", xform_name(operation, "-")))
    missing = set(members) - parameters.keys() - OTHER_SOURCES - FROM_BACKUP.keys()
    assert {name for name in missing if UNUSED[name] in database.arguments} == set()
    assert set(FROM_BACKUP.values()) < NOT_SET.keys()


def test_a_restore_replaces_the_defaults_of_aws(tmp_path: Path) -> None:
    calls = rds_calls(restore_page(database_of("production")), tmp_path)
    for operation in ("RestoreDBInstanceToPointInTime", "RestoreDBInstanceFromDBSnapshot"):
        [parameters] = [given for name, given in calls if name == operation]
        assert parameters["EnableIAMDatabaseAuthentication"] is True
        assert parameters["MultiAZ"] is True
        assert parameters["PubliclyAccessible"] is False
        assert parameters["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
        assert str(parameters["DBParameterGroupName"]).startswith("value of aws_db_parameter_group.database_")
        assert {"Key": "environment", "Value": "production"} in as_list(parameters["Tags"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_restore_and_modification_cover_every_argument(environment: str, tmp_path: Path) -> None:
    database = database_of(environment)
    calls = rds_calls(restore_page(database), tmp_path)
    for operation in ("RestoreDBInstanceToPointInTime", "RestoreDBInstanceFromDBSnapshot"):
        index = [name for name, _ in calls].index(operation)
        (_, restored), (_, modified) = calls[index : index + 2]
        # Besides: two that name source and target, a time, tags, and the modified instance.
        names = 4 if operation == "RestoreDBInstanceToPointInTime" else 3
        settings = len(restored) - names + len(modified) - 2
        assert settings == len(database.arguments.keys() - NOT_SET.keys())


def test_an_unknown_argument_is_rejected_instead_of_lost() -> None:
    database = database_of("production", lambda body: body.update({"domain": "corp.example.com"}))
    with pytest.raises(InputError, match="has arguments that a restore may lose: domain"):
        restore_flags(database, Source.SNAPSHOT)


def test_more_arguments_become_more_flags() -> None:
    changed = database_of(
        "production", lambda body: body.update({"iops": 12000, "option_group_name": "main"})
    )
    more = set(map(str, restore_flags(changed, Source.SNAPSHOT)))
    assert more - set(map(str, restore_flags(database_of("production"), Source.SNAPSHOT))) == {
        "--iops 12000",
        "--option-group-name main",
    }


def test_an_environment_without_replicas_and_proxy_has_no_steps_for_them() -> None:
    page = restore_page(database_of("dev"))
    assert "db-proxy" not in page
    assert "one change" in render("Upgrade", upgrade_sections(database_of("dev"), DEPLOYMENT))
    assert "First deployment" not in render("Upgrade", upgrade_sections(database_of("dev"), DEPLOYMENT))


def test_an_upgrade_with_replicas_takes_two_deployments() -> None:
    headings = [section.heading for section in upgrade_sections(database_of("production"), DEPLOYMENT)]
    assert headings[2:4] == [
        "First deployment: remove the read replicas",
        "Second deployment: upgrade",
    ]


def test_an_upgrade_goes_to_the_next_version(tmp_path: Path) -> None:
    calls = rds_calls(render("Upgrade", upgrade_sections(database_of("production"), DEPLOYMENT)), tmp_path)
    [rehearsal] = [given for _, given in calls if given.get("AllowMajorVersionUpgrade")]
    assert (rehearsal["EngineVersion"], rehearsal["DBParameterGroupName"]) == ("18", "default.postgres18")


@pytest.mark.parametrize("argument", ["identifier", "engine_version"])
def test_a_value_that_must_be_literal(argument: str) -> None:
    with pytest.raises(InputError, match=f"{argument} must be"):
        upgrade_sections(
            database_of("production", lambda body: body.update({argument: "${var.it}"})), DEPLOYMENT
        )
