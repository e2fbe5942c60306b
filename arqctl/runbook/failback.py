"""The runbook that moves an environment back to its own region after a failover."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_field
from typing import Self

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_object, as_text
from arqctl.runbook.database_writers import Writers, find_writers
from arqctl.runbook.databases import Database, find_databases, find_region_replicas
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.instance import IDENTIFIER, delete_with_snapshot, settle, wait
from arqctl.runbook.page import Section, Step
from arqctl.runbook.replacement import broken_name, replace, restored_name
from arqctl.runbook.replication import lag_command, replay_text
from arqctl.runbook.restore import configure
from arqctl.runbook.settings import Source, restore_flags
from arqctl.runbook.shell import ADMINISTRATOR, flag, rds, state_function, value_flag
from arqctl.runbook.terraform import terraform

_STORE = "aws_cloudfront_key_value_store"
_PIPELINES = ("deploy.yml", "cluster.yml")
_STOP = "docs/failover.md#keep-the-old-region-out"


@dataclass(frozen=True)
class Failback:
    """The parts that a fail-back moves: the database, the standby that serves, the switch and the state.

    The writers are the workloads of both regions that write into the databases.
    `states` are the keys of the standby's states, and `bucket` is that of the environment's own region.
    """

    database: Database
    standby: Database
    store: str
    bucket: str
    states: tuple[str, ...]
    own_writers: Writers
    standby_writers: Writers

    @classmethod
    def find(cls, environment: str, stacks: Sequence[Stack]) -> Self:
        """Return the fail-back of an environment.

        Raises:
            InputError: if it has no standby with a replica of its database.
        """
        own = [stack for stack in stacks if stack.name == environment]
        others = [stack for stack in stacks if stack.name.startswith(f"{environment}-standby")]
        databases = [each for stack in own for each in find_databases(stack)]
        for standby in (each for stack in others for each in find_region_replicas(stack)):
            for database in databases:
                if standby.arguments["replicate_source_db"] == database.arn:
                    return cls(
                        database=database,
                        standby=standby,
                        store=_store(own),
                        bucket=as_text(_backend(own[0]).get("bucket")),
                        states=tuple(as_text(_backend(stack).get("key")) for stack in others),
                        own_writers=find_writers(environment, stacks),
                        standby_writers=find_writers(standby.stack, stacks),
                    )
        what, fix = "has no standby with a replica of its database", "Set standby in its file"
        raise InputError([Problem(environment, what, fix)])


def failback_sections(failback: Failback, deployment: Deployment) -> list[Section]:
    """Return the sections of the runbook."""
    return [
        Section("Prepare", list(_prepare(failback))),
        Section("Replicate into the own region", list(_replicate(failback))),
        Section("Stop the writes, and promote", list(_promote(failback))),
        Section("Replace the instance", list(replace(failback.database, deployment))),
        Section("Send requests to the own region", list(_switch(failback))),
        Section("Let the standby wait again", list(_wait_again(failback, deployment))),
        Section("Clean up", [_clean_up(failback.database)]),
    ]


def _prepare(failback: Failback) -> Iterator[Step]:
    stack = failback.database.stack
    yield Step(
        f"{ADMINISTRATOR} `promoted` of the standby is still True. Read the present state.",
        ("cdktf synth", terraform(stack, "init -input=false"), state_function(stack)),
    )
    yield Step(
        "The own region works again, and nothing writes into its database: stop what writes from its "
        f"cluster. It stays stopped until the switch ({_STOP}).",
        (*failback.own_writers.select, *failback.own_writers.stop),
    )
    yield Step("The pipelines stay disabled until the end. Disable them if they are not.", _disable())


def _replicate(failback: Failback) -> Iterator[Step]:
    database, source = failback.database, Source.REGION_REPLICA
    name = restored_name(database)
    create = rds(
        source,
        flag("--source-region", failback.standby.region),
        flag("--source-db-instance-identifier", failback.standby.arn),
        flag(IDENTIFIER, name),
        *restore_flags(database, source),
        region=database.region,
    )
    yield Step(
        f"Make a replica of `{failback.standby.identifier}`, with the settings of the configuration.",
        (create, wait(database, name)),
    )
    yield configure(database, source)
    yield Step(
        "Wait until the lag is a few seconds. Requests still go to the standby. Without writes, RDS reports "
        "up to five minutes.",
        (lag_command(restored_name(database), database.region),),
    )


def _promote(failback: Failback) -> Iterator[Step]:
    database = failback.database
    yield Step(
        f"In a quiet hour, stop what writes into `{failback.standby.identifier}` from the standby's cluster. "
        "Requests fail from here on, until the switch.",
        (*failback.standby_writers.select, *failback.standby_writers.stop),
    )
    yield Step(replay_text(failback.standby.identifier, restored_name(database)))
    promote = rds(
        "promote-read-replica",
        flag(IDENTIFIER, restored_name(database)),
        value_flag("--backup-retention-period", database.arguments.get("backup_retention_period")),
        value_flag("--preferred-backup-window", database.arguments.get("backup_window")),
        region=database.region,
    )
    yield Step("Promote the replica.", (promote, *settle(database, restored_name(database))))


def _switch(failback: Failback) -> Iterator[Step]:
    found = f"--name {shlex.quote(failback.store)} --query KeyValueStore.ARN --output text"
    described = 'describe-key-value-store --kvs-arn "$STORE" --query ETag --output text'
    writers = failback.own_writers
    yield Step(
        "Start what was stopped in the own region. Autoscalers start no first pod, nor do deployments.",
        (*writers.select, *writers.start, *writers.start_jobs),
    )
    yield Step(
        "The workloads of the own region run, and the database answers them. Set the key of the switch.",
        (
            f"export AWS_REGION={shlex.quote(failback.database.region)}",
            f"STORE=$(aws cloudfront describe-key-value-store {found})",
            f"ETAG=$(aws cloudfront-keyvaluestore {described})",
            'aws cloudfront-keyvaluestore put-key --kvs-arn "$STORE" --if-match "$ETAG" --key api-region '
            "--value primary",
        ),
    )


def _wait_again(failback: Failback, deployment: Deployment) -> Iterator[Step]:
    database, standby = failback.database, failback.standby
    region, bucket = shlex.quote(database.region), shlex.quote(failback.bucket)
    query = "ReplicationConfiguration.Rules[0].Destination.Bucket"
    yield Step(
        "Copy the states of the standby back. The copy of the bucket has the newest ones.",
        (
            f"COPY=$(aws s3api get-bucket-replication --region {region} --bucket {bucket} "
            f"--query {shlex.quote(query)} --output text)",
            *(
                f'aws s3 cp "s3://${{COPY##*:}}/{key}" {shlex.quote(f"s3://{failback.bucket}/{key}")} '
                f"--source-region {shlex.quote(standby.region)} --region {region}"
                for key in failback.states
            ),
        ),
    )
    yield Step(
        f"Delete `{standby.identifier}` with a last snapshot: a promoted instance can't follow another one "
        "again. Keep the snapshot until somebody has compared both databases.",
        delete_with_snapshot(standby, standby.identifier),
    )
    yield Step(f"Set `promoted=False` of `standby` in the values of {database.environment}.")
    yield from deployment.steps(
        f"The plan creates `{standby.identifier}` as a replica, reduces the standby to the size in which it "
        "waits, and deletes its jobs. It must change nothing else."
    )
    cluster = replace_field(deployment, environment=f"{standby.stack}-platform")
    yield from cluster.steps("Run it where the private endpoint of the standby's cluster can be reached.")
    writers = failback.standby_writers
    yield Step(
        "Start what was stopped in the standby. A failover needs its pods, and the deployment does not start "
        "them.",
        (*writers.select, *writers.start),
    )
    yield Step(
        f"The plans of {database.environment} and its standby are empty. Enable the pipelines.",
        tuple(f"gh workflow enable {each}" for each in _PIPELINES),
    )


def _disable() -> tuple[str, ...]:
    return tuple(f"gh workflow disable {each}" for each in _PIPELINES)


def _clean_up(database: Database) -> Step:
    broken = broken_name(database)
    return Step(
        f"`{broken}` may have transactions that the standby never got. Compare both, and delete it then. It "
        "does not exist if the region came back without it.",
        delete_with_snapshot(database, broken),
    )


def _store(own: Sequence[Stack]) -> str:
    names = (
        as_text(each.body.get("name")) for stack in own for each in stack.resources if each.type == _STORE
    )
    return next(names, "")


def _backend(stack: Stack) -> Body:
    return as_object(as_object(as_object(stack.document.get("terraform")).get("backend")).get("s3"))
