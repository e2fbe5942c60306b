"""Address lists keep stateful resources, and `snapshot update` writes the lists."""

import pytest

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.stateful_types import is_stateful
from arqctl.gate.addresses import update_addresses
from tests.arqctl.projects import Body, Project

BUCKET: dict[str, Body] = {"aws_s3_bucket": {"assets": {}}}
ALARM: dict[str, Body] = {"aws_cloudwatch_metric_alarm": {"cpu": {}}}


def write_list(project: Project, *addresses: str) -> None:
    project.write("tests/addresses/dev.txt", "".join(f"{each}\n" for each in addresses))


def read_list(project: Project) -> list[str]:
    return (project.root / "tests/addresses/dev.txt").read_text().splitlines()


def read_stack(project: Project) -> Stack:
    return read_assembly(project.outdir)[0]


def test_a_disappeared_stateful_resource_is_a_finding_with_the_fix(project: Project) -> None:
    project.stack("dev", ALARM)
    write_list(project, "aws_s3_bucket.assets", "aws_cloudwatch_metric_alarm.cpu")
    environment = project.evaluated()
    assert environment.addresses == "lost"
    [finding] = [each for each in environment.findings if each.rule == "ARQ_ADDRESS"]
    assert finding.address == "aws_s3_bucket.assets"
    assert "move_from_id" in finding.message


def test_a_moved_block_accounts_for_a_disappeared_address(project: Project) -> None:
    move = {"from": "aws_s3_bucket.assets", "to": "aws_s3_bucket.site"}
    project.stack("dev", {"aws_s3_bucket": {"site": {}}}, moved=[move])
    write_list(project, "aws_s3_bucket.assets", "aws_s3_bucket.site")
    assert project.evaluated().addresses == "match"


def test_a_disappeared_stack_loses_the_stateful_addresses_of_its_environment(project: Project) -> None:
    project.stack("dev", ALARM)
    project.write("tests/addresses/dev-platform.txt", "aws_s3_bucket.backups\naws_iam_role.velero\n")
    project.write("tests/addresses/production.txt", "aws_s3_bucket.of-another-environment\n")
    environment = project.evaluated()
    assert environment.addresses == "lost"
    lost_addresses = [
        (each.stack, each.address) for each in environment.findings if each.rule == "ARQ_ADDRESS"
    ]
    assert lost_addresses == [("dev-platform", "aws_s3_bucket.backups")]


def test_a_stateless_resource_may_disappear(project: Project) -> None:
    project.stack("dev", BUCKET)
    write_list(project, "aws_s3_bucket.assets", "aws_cloudwatch_metric_alarm.cpu")
    environment = project.evaluated()
    assert environment.addresses == "match"
    assert "ARQ_ADDRESS" not in {each.rule for each in environment.findings}


def test_a_stateful_resource_that_is_not_listed_is_a_finding(project: Project) -> None:
    project.stack("dev", BUCKET)
    environment = project.evaluated()
    assert environment.addresses == "match"
    [finding] = [each for each in environment.findings if each.rule == "ARQ_ADDRESS"]
    assert finding.address == "aws_s3_bucket.assets"


def test_an_update_adds_and_drops_addresses_but_keeps_stateful_ones(project: Project) -> None:
    project.stack("dev", {"aws_kms_key": {"main": {}}})
    write_list(project, "aws_cloudwatch_metric_alarm.cpu", "aws_s3_bucket.assets")
    update = update_addresses(read_stack(project), project.settings.addresses)
    assert update.added == ("aws_kms_key.main",)
    assert update.dropped == ("aws_cloudwatch_metric_alarm.cpu",)
    assert update.kept == ("aws_s3_bucket.assets",)
    assert read_list(project) == ["aws_kms_key.main", "aws_s3_bucket.assets"]


def test_an_update_drops_moved_addresses(project: Project) -> None:
    move = {"from": "aws_s3_bucket.assets", "to": "aws_s3_bucket.site"}
    project.stack("dev", {"aws_s3_bucket": {"site": {}}}, moved=[move])
    write_list(project, "aws_s3_bucket.assets")
    assert update_addresses(read_stack(project), project.settings.addresses).kept == ()
    assert read_list(project) == ["aws_s3_bucket.site"]


@pytest.mark.parametrize(
    "address", ["aws_db_instance.main", "aws_s3_bucket.a", "aws_kms_key.a", "aws_sqs_queue.a"]
)
def test_types_that_hold_data_are_stateful(address: str) -> None:
    assert is_stateful(address)


@pytest.mark.parametrize("address", ["aws_s3_bucket_policy.a", "aws_iam_role.a", "aws_route.a"])
def test_types_that_can_be_recreated_are_not_stateful(address: str) -> None:
    assert not is_stateful(address)
