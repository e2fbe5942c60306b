"""Checks that the secrets that pods read are in Secrets Manager. Terraform creates none of them."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.custom_objects import custom_objects
from arqctl.doctor.check import Check

# `constructs_arq.platform.secret_stores` gives the store this name.
_STORE = "secrets-manager"
_CURRENT = "AWSCURRENT"


def _check(context: AwsContext) -> Iterator[Check]:
    """Check each secret. Only DescribeSecret is called, so that no output can contain a value."""
    for name, fields in _secrets(context).items():
        yield _secret(context, name, fields)


def _secrets(context: AwsContext) -> dict[str, list[str]]:
    """Return the fields of each secret that External Secrets copies into the cluster."""
    found: dict[str, set[str]] = {}
    for _, external_secret in custom_objects(context, "ExternalSecret", "external-secrets.io"):
        for data in map(as_object, as_list(as_object(external_secret.get("spec")).get("data"))):
            remote = as_object(data.get("remoteRef"))
            store = as_object(as_object(data.get("sourceRef")).get("storeRef"))
            if as_text(store.get("name")) == _STORE:
                found.setdefault(as_text(remote.get("key")), set()).add(as_text(remote.get("property")))
    return {name: sorted(fields) for name, fields in sorted(found.items())}


def _secret(context: AwsContext, name: str, fields: list[str]) -> Check:
    with_fields = f", with the fields {', '.join(fields)}"
    file = f"{name.replace('/', '-')}.json"
    try:
        found = context.call("secretsmanager", "describe_secret", SecretId=name)
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        create = f"aws secretsmanager create-secret --name {name} --secret-string file://{file}"
        return missing(STORED_SECRETS.name, f"{name}: does not exist", f"{create}{with_fields}")
    if found.get("DeletedDate"):
        fix = f"aws secretsmanager restore-secret --secret-id {name}"
        return missing(STORED_SECRETS.name, f"{name}: will be deleted", fix)
    if not _has_value(found):
        put = f"aws secretsmanager put-secret-value --secret-id {name} --secret-string file://{file}"
        return missing(STORED_SECRETS.name, f"{name}: has no value", f"{put}{with_fields}")
    return ok(STORED_SECRETS.name, f"{name}: has a value")


def _has_value(secret: Body) -> bool:
    stages = as_object(secret.get("VersionIdsToStages")).values()
    return any(_CURRENT in as_list(each) for each in stages)


STORED_SECRETS = AwsCheck("stored secrets", ("secretsmanager:DescribeSecret",), _check)
