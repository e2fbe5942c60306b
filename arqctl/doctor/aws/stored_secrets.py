"""Checks that the secrets that pods read are in Secrets Manager. Terraform creates none of them.

A standby reads secrets in its own region. Those that pods of the environment read too are replicas, which an
administrator makes. The others, such as the standby's own heartbeat, exist in the standby's region only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.custom_objects import custom_objects
from arqctl.doctor.check import Check

_GROUP = "external-secrets.io"
_CURRENT = "AWSCURRENT"
_IN_SYNC = "InSync"
# A replica has this key if nobody names another. All principals of the account may use it by Secrets Manager.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
_DEFAULT_KEY = "alias/aws/secretsmanager"


@dataclass(frozen=True)
class _Secret:
    """A secret in the region where it has its value, its fields, and the regions that need a replica."""

    name: str
    region: str
    fields: tuple[str, ...]
    replica_regions: tuple[str, ...]

    def command(self, operation: str, *options: str) -> str:
        """Return the command of the AWS CLI that changes the secret."""
        name = "--name" if operation == "create-secret" else "--secret-id"
        return " ".join(("aws secretsmanager", operation, "--region", self.region, name, self.name, *options))

    @property
    def value(self) -> str:
        """The option of a command that reads the value from a file."""
        return f"--secret-string file://{self.name.replace('/', '-')}.json"


def _check(context: AwsContext) -> Iterator[Check]:
    """Check each secret. Only DescribeSecret is called, so that no output can contain a value."""
    for secret in _secrets(context):
        yield from _secret(context, secret)


def _secrets(context: AwsContext) -> Iterator[_Secret]:
    """Yield the secrets that External Secrets copies into the clusters."""
    own = context.configuration.region
    for name, read in sorted(_reads(context).items()):
        region = own if own in read else min(read)
        yield _Secret(
            name=name,
            region=region,
            fields=tuple(sorted(set().union(*read.values()))),
            replica_regions=tuple(sorted(read.keys() - {region})),
        )


def _reads(context: AwsContext) -> Mapping[str, Mapping[str, set[str]]]:
    """Return the fields that are read of each secret, by region."""
    regions = {
        (release.stack.name, as_text(as_object(store.get("metadata")).get("name"))): _region(store)
        for release, store in custom_objects(context, "ClusterSecretStore", _GROUP)
    }
    found: dict[str, dict[str, set[str]]] = {}
    for release, external_secret in custom_objects(context, "ExternalSecret", _GROUP):
        for data in map(as_object, as_list(as_object(external_secret.get("spec")).get("data"))):
            remote = as_object(data.get("remoteRef"))
            store = as_text(as_object(as_object(data.get("sourceRef")).get("storeRef")).get("name"))
            if (release.stack.name, store) not in regions:
                what = f"{release.stack.name}: {as_text(remote.get('key'))} is of the store {store or '?'}"
                raise IncompleteStackError(what, "Add this ClusterSecretStore to the stack")
            if region := regions[release.stack.name, store]:
                fields = found.setdefault(as_text(remote.get("key")), {}).setdefault(region, set())
                fields.add(as_text(remote.get("property")))
    return found


def _region(store: Body) -> str:
    """Return the region of a store of Secrets Manager, and "" for another store, such as Vault."""
    aws = as_object(as_object(as_object(store.get("spec")).get("provider")).get("aws"))
    return as_text(aws.get("region")) if aws.get("service") == "SecretsManager" else ""


def _secret(context: AwsContext, secret: _Secret) -> Iterator[Check]:
    with_fields = f", with the fields {', '.join(secret.fields)}"
    where = f"{secret.name} in {secret.region}"
    try:
        found = context.call("secretsmanager", "describe_secret", secret.region, SecretId=secret.name)
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        create = secret.command("create-secret", secret.value, *_add_regions(secret.replica_regions))
        yield missing(STORED_SECRETS.name, f"{where}: does not exist", f"{create}{with_fields}")
        return
    if found.get("DeletedDate"):
        yield missing(STORED_SECRETS.name, f"{where}: will be deleted", secret.command("restore-secret"))
    elif not _has_value(found):
        put = secret.command("put-secret-value", secret.value)
        yield missing(STORED_SECRETS.name, f"{where}: has no value", f"{put}{with_fields}")
    else:
        yield ok(STORED_SECRETS.name, f"{where}: has a value")
    statuses = {as_text(each.get("Region")): each for each in _objects(found, "ReplicationStatus")}
    for region in secret.replica_regions:
        yield _replica(secret, region, statuses.get(region, {}))


def _replica(secret: _Secret, region: str, replica: Body) -> Check:
    """Check a replica, which the standby in `region` reads."""
    where = f"{secret.name} in {region}"
    status, message = as_text(replica.get("Status")), as_text(replica.get("StatusMessage"))
    if status == _IN_SYNC:
        key = as_text(replica.get("KmsKeyId")) or _DEFAULT_KEY
        return ok(STORED_SECRETS.name, f"{where}: replica, {status}, with the key {key}")
    replicate = secret.command("replicate-secret-to-regions", *_add_regions((region,)))
    if not status:
        return missing(STORED_SECRETS.name, f"{where}: no replica, and the standby reads it", replicate)
    what = f"{where}: replica, {': '.join(filter(None, (status, message)))}"
    if status == "InProgress":
        return missing(STORED_SECRETS.name, what, "Wait until the replica is complete, and run it again")
    remove = secret.command("remove-regions-from-replication", f"--remove-replica-regions {region}")
    return missing(STORED_SECRETS.name, what, f"Remove the cause, then {remove} && {replicate}")


def _add_regions(regions: tuple[str, ...]) -> tuple[str, ...]:
    return ("--add-replica-regions", *(f"Region={each}" for each in regions)) if regions else ()


def _has_value(secret: Body) -> bool:
    stages = as_object(secret.get("VersionIdsToStages")).values()
    return any(_CURRENT in as_list(each) for each in stages)


def _objects(body: Body, name: str) -> Iterator[Body]:
    return map(as_object, as_list(body.get(name)))


STORED_SECRETS = AwsCheck("stored secrets", ("secretsmanager:DescribeSecret",), _check)
