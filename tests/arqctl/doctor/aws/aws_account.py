"""AWS's API for tests: answers in the shapes of AWS's models, and the stacks of an environment."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.doctor.aws.all_checks import run_checks
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.check import Check

ACCOUNT = "123456789012"
REGION = "eu-west-1"
TAGS = {"environment": "production", "project": "shop"}
OWN_TAGS = [{"Key": key, "Value": value} for key, value in TAGS.items()]

Body = dict[str, Any]

PROVIDERS: list[Body] = [
    {"allowed_account_ids": [ACCOUNT], "region": REGION, "default_tags": [{"tags": TAGS}]},
    {
        "alias": "us-east-1",
        "allowed_account_ids": [ACCOUNT],
        "region": "us-east-1",
        "default_tags": [{"tags": TAGS}],
    },
]
BACKEND = {
    "bucket": "state-of-production",
    "region": REGION,
    "kms_key_id": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/production-state-key",
}

# IAM's names of operations that differ from the API's.
_SERVICES = {
    "accessanalyzer": "access-analyzer",
    "elbv2": "elasticloadbalancing",
    "service-quotas": "servicequotas",
    "s3control": "s3",
    "stepfunctions": "states",
}
_ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}


def stack(name: str = "production", **blocks: object) -> Stack:
    """Return a synthesized stack. `resource` and `data` are blocks by type and name."""
    document: Body = {
        "provider": {"aws": PROVIDERS},
        "terraform": {"backend": {"s3": {**BACKEND, "key": f"{name}.tfstate"}}},
        **blocks,
    }
    return Stack(name, "production", Path(f"{name}.json"), json.dumps(document), document)


def configuration(*stacks: Stack) -> Configuration:
    return Configuration("production", stacks)


@cache
def _session() -> boto3.Session:
    """Return one session, because each loads the models of the services again."""
    return boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="x")  # noqa: S106


class StubbedAws:
    """AWS's API with prepared answers, which botocore compares with the models of the services."""

    def __init__(self) -> None:
        self.api = AwsApi(_session())
        self._stubs: dict[tuple[str, str], Stubber] = {}

    def answer(
        self, service: str, operation: str, result: Body, *, region: str = REGION, **expected: Any
    ) -> None:
        """Prepare the answer to the next call; `expected` are its parameters, if given.

        Members that the service's model requires are added, so that tests name only what they are about.
        """
        client = self.api.client(service, region)
        name = client.meta.method_to_api_mapping[operation]
        shape = client.meta.service_model.operation_model(name).output_shape
        self._stub(service, region).add_response(operation, _complete(shape, result), expected or None)

    def reject(self, service: str, operation: str, code: str, *, region: str = REGION) -> None:
        """Prepare an error in place of the answer to the next call."""
        self._stub(service, region).add_client_error(operation, code, "rejected by the test")

    def _stub(self, service: str, region: str) -> Stubber:
        if (service, region) not in self._stubs:
            self._stubs[service, region] = Stubber(self.api.client(service, region))
            self._stubs[service, region].activate()
        return self._stubs[service, region]


def _complete(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure":
            given = {name: _complete(shape.members[name], each) for name, each in value.items()}
            absent = [name for name in shape.required_members if name not in given]
            return {**given, **{name: _empty(shape.members[name]) for name in absent}}
        case "list":
            return [_complete(shape.member, each) for each in value]
    return value


def _empty(shape: Any) -> Any:
    if shape.type_name == "structure":
        return _complete(shape, {})
    if shape.type_name == "list":
        return [_empty(shape.member)] * shape.metadata.get("min", 0)
    empty = {"string": "x" * 20, "boolean": False, "timestamp": datetime(2026, 1, 1, tzinfo=UTC)}
    return empty.get(shape.type_name, 0)


def run(check: AwsCheck, api: AwsApi, *stacks: Stack) -> list[Check]:
    """Run a check, and compare the operations that it calls with the IAM actions that it declares."""
    context = AwsContext(api, configuration(*stacks), ACCOUNT)
    with recorded_actions() as called:
        found = run_checks([check], context, lambda _: None)
    assert called <= set(check.actions)
    return found


@contextmanager
def recorded_actions() -> Iterator[set[str]]:
    """Yield a set that receives the IAM action of each call."""
    called: set[str] = set()
    original = BaseClient._make_api_call  # type: ignore[attr-defined]  # not in the stubs

    def record(client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> object:
        model = client.meta.service_model
        service = model.service_name
        action = f"{_SERVICES.get(service, service)}:{operation}"
        called.add(_ACTIONS.get(action, action))
        return original(client, operation, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", record)
        yield called


@contextmanager
def failing_aws(code: str) -> Iterator[AwsApi]:
    """Yield an API whose every call AWS rejects with this code."""

    def fail(_client: BaseClient, operation: str, _parameters: object) -> object:
        raise ClientError({"Error": {"Code": code, "Message": "rejected by the test"}}, operation)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", fail)
        yield StubbedAws().api
