"""Checks that the database of a standby follows the present database, and not one that a restore renamed.

RDS keeps a replica with its source when that gets another name, and Terraform ignores the source.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
"""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_list, as_object
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

_NOT_FOUND = frozenset({"DBInstanceNotFound", "DBInstanceNotFoundFault"})


def _check(context: AwsContext) -> Iterator[Check]:
    for instance in context.configuration.resources("aws_db_instance"):
        # A promoted replica keeps the argument. Only replicas have no final snapshot.
        is_replica = instance.arguments.get("skip_final_snapshot") is True
        if is_replica and instance.text("replicate_source_db").startswith("arn:"):
            yield _replica(context, instance)


def _replica(context: AwsContext, replica: Resource) -> Check:
    """Ask the source for its replicas: the ARN that a replica has can be of a former name."""
    _, _, _, region, _, _, source = replica.text("replicate_source_db").split(":")
    environment, name = context.configuration.environment, replica.text("identifier")
    if not _describe(context, replica.region, name):
        deploy = context.configuration.deploy([replica.stack.name])
        return missing(STANDBY_REPLICAS.name, f"{name} in {replica.region}: does not exist", deploy)
    sources = _describe(context, region, source)
    if not sources:
        return missing(STANDBY_REPLICAS.name, f"{source}: does not exist", f"arqctl deploy {environment}")
    arn = f"arn:{context.partition}:rds:{replica.region}:{context.account}:db:{name}"
    if any(arn in as_list(each.get("ReadReplicaDBInstanceIdentifiers")) for each in sources):
        return ok(STANDBY_REPLICAS.name, f"{name} follows {source}")
    runbook = f"arqctl runbook restore {environment}"
    fix = f"Delete it with the commands of {runbook}, then arqctl deploy {environment}"
    what = f"{name} in {replica.region} does not follow {source}: a failover would promote other data"
    return missing(STANDBY_REPLICAS.name, what, fix)


def _describe(context: AwsContext, region: str, name: str) -> list[Body]:
    """Return the instance with a name, or nothing."""
    try:
        found = context.call("rds", "describe_db_instances", region, DBInstanceIdentifier=name)
    except AwsError as error:
        if error.code not in _NOT_FOUND:
            raise
        return []
    return [as_object(each) for each in as_list(found.get("DBInstances"))]


STANDBY_REPLICAS = AwsCheck("standby replicas", ("rds:DescribeDBInstances",), _check)
