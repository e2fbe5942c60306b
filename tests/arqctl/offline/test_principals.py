"""Tests that offline AWS refuses policies and access entries of identities that don't exist."""

import json

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks import Resource, check_apply, check_create
from arqctl.offline.aws.resource_store import ResourceStore

HERE = Account("210987654321", "eu-west-1")
OWN, OTHER = "arn:aws:iam::210987654321", "arn:aws:iam::111122223333"
SERVICE = "autoscaling.amazonaws.com"
AUTOSCALING = f"aws-service-role/{SERVICE}/AWSServiceRoleForAutoScaling"


@pytest.fixture
def store() -> ResourceStore:
    return ResourceStore(existing_roles=["people/admin", AUTOSCALING])


def key(*principals: str) -> Resource:
    statement = {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:*", "Resource": "*"}
    return Resource("aws_kms_key", {"policy": json.dumps({"Statement": [statement]})}, HERE)


def test_existing_principals_and_those_of_other_accounts_are_accepted(store: ResourceStore) -> None:
    principals = (
        f"{OWN}:root",
        f"{OWN}:role/people/admin",
        f"{OWN}:role/{AUTOSCALING}",
        f"{OTHER}:role/a",
        "*",
    )
    assert check_apply(key(*principals), store) == []


@pytest.mark.parametrize("principal", ["role/admin", "role/people/auditor", "user/admin"])
def test_a_key_policy_with_a_missing_principal_is_refused(store: ResourceStore, principal: str) -> None:
    [error] = check_apply(key(f"{OWN}:root", f"{OWN}:{principal}"), store)
    assert "MalformedPolicyDocument" in error.summary
    assert principal in error.detail


def test_nothing_is_refused_if_the_existing_roles_are_not_known() -> None:
    assert check_apply(key(f"{OWN}:role/auditor"), ResourceStore()) == []


def test_an_access_entry_of_a_missing_role_is_refused(store: ResourceStore) -> None:
    def entry(role: str) -> Resource:
        return Resource("aws_eks_access_entry", {"principal_arn": f"{OWN}:role/{role}"}, HERE)

    assert check_apply(entry("people/admin"), store) == []
    [error] = check_apply(entry("auditor"), store)
    assert "invalid principal" in error.summary


def test_a_role_with_a_missing_boundary_is_refused(store: ResourceStore) -> None:
    arn = f"{OWN}:policy/dev-boundary"
    role = Resource("aws_iam_role", {"name": "api", "permissions_boundary": arn}, HERE)
    [error] = check_apply(role, store)
    assert "NoSuchEntity" in error.summary
    store.save(HERE, "aws_iam_policy", arn, {"arn": arn})
    assert check_apply(role, store) == []


def test_a_service_linked_role_that_exists_is_refused(store: ResourceStore) -> None:
    def role(suffix: str | None) -> Resource:
        values = {"aws_service_name": SERVICE, "custom_suffix": suffix}
        return Resource("aws_iam_service_linked_role", values, HERE)

    [error] = check_create(role(None), store)
    assert "has been taken" in error.detail
    assert check_create(role("workers"), store) == []
