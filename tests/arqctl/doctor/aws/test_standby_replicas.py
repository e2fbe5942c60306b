"""The source of a standby's database, as RDS shows it."""

from arqctl.doctor.aws.standby_replicas import STANDBY_REPLICAS
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, StubbedAws, run, stack

SOURCE = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:production-database"
OWN = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:production-standby-database"


def check(aws: StubbedAws, *, is_promoted: bool = False) -> list[Check]:
    replica = {
        "identifier": "production-standby-database",
        "replicate_source_db": SOURCE,
        "skip_final_snapshot": not is_promoted,
        "provider": "aws.us-east-1",
    }
    return run(STANDBY_REPLICAS, aws.api, stack(resource={"aws_db_instance": {"database": replica}}))


def aws_with_replica() -> StubbedAws:
    aws = StubbedAws()
    aws.answer(
        "rds",
        "describe_db_instances",
        {"DBInstances": [{}]},
        region="us-east-1",
        DBInstanceIdentifier="production-standby-database",
    )
    return aws


def follow(*replicas: str) -> Check:
    aws = aws_with_replica()
    source = {"ReadReplicaDBInstanceIdentifiers": list(replicas)}
    aws.answer(
        "rds", "describe_db_instances", {"DBInstances": [source]}, DBInstanceIdentifier="production-database"
    )
    (found,) = check(aws)
    return found


def test_the_source_has_the_replica() -> None:
    assert follow("production-reports", OWN).status is Status.OK


def test_a_replica_of_the_renamed_instance_is_missing() -> None:
    found = follow("production-reports")
    assert found.status is Status.MISSING
    assert "production-standby-database in us-east-1 does not follow production-database" in found.found
    assert "arqctl runbook restore production" in found.fix


def test_a_replica_that_does_not_exist_is_missing() -> None:
    """There is nothing to delete, as before the first deployment of the standby."""
    aws = StubbedAws()
    aws.reject("rds", "describe_db_instances", "DBInstanceNotFound", region="us-east-1")
    (found,) = check(aws)
    assert found.status is Status.MISSING
    assert found.found == "production-standby-database in us-east-1: does not exist"
    assert found.fix == "cdktf deploy production"


def test_a_source_that_does_not_exist_is_missing() -> None:
    aws = aws_with_replica()
    aws.reject("rds", "describe_db_instances", "DBInstanceNotFound")
    (found,) = check(aws)
    assert (found.status, found.fix) == (Status.MISSING, "arqctl deploy production")


def test_a_promoted_database_follows_nothing() -> None:
    assert check(StubbedAws(), is_promoted=True) == []
