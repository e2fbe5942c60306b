"""The policies of a synthesized environment, as IAM sees them after the deployment."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.iam.simulator import Policy, Principal

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"

Blocks = Mapping[str, dict[str, Any]]

_REFERENCE = re.compile(r"\$\{(data\.)?(?P<type>\w+)\.(?P<label>[\w-]+)\.(?P<attribute>[\w.\[\]]+)\}")
# The ARN of a type, from its name.
_ARNS = {
    "aws_cloudfront_distribution": "arn:aws:cloudfront::{account}:distribution/{name}",
    "aws_cloudwatch_event_api_destination": "arn:aws:events:{region}:{account}:api-destination/{name}/1",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws_codebuild_project": "arn:aws:codebuild:{region}:{account}:project/{name}",
    "aws_codestarconnections_connection": "arn:aws:codestar-connections:{region}:{account}:connection/{name}",
    "aws_ecr_repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "aws_eks_cluster": "arn:aws:eks:{region}:{account}:cluster/{name}",
    "aws_elasticache_replication_group": "arn:aws:elasticache:{region}:{account}:replicationgroup:{name}",
    "aws_elasticache_user": "arn:aws:elasticache:{region}:{account}:user:{name}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy/{name}",
    "aws_iam_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_kms_alias": "arn:aws:kms:{region}:{account}:key/{name}",
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/{name}",
    "aws_lambda_function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "aws_lb_target_group": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/1",
    "aws_sfn_state_machine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "aws_s3_bucket": "arn:aws:s3:::{name}",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws_sqs_queue": "arn:aws:sqs:{region}:{account}:{name}",
}
_NAMES = ("name", "bucket", "function_name", "replication_group_id", "user_id")
_SUFFIX = "20261129000000000000000001"


@cache
def managed_policy(arn: str) -> Policy:
    """Return the default version of a policy of AWS."""
    document: Policy = _managed_policies()[arn.rpartition("/")[2]]["Document"]
    return document


@cache
def _managed_policies() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return found


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack's Terraform JSON, with references between resources resolved."""

    body: Mapping[str, Any]

    @classmethod
    @cache
    def read(cls, name: str, folder: Path) -> "SynthesizedStack":
        """Read a snapshot, or a stack from the folder of an assembly."""
        file = folder / f"{name}.json" if folder == SNAPSHOTS else folder / name / "cdk.tf.json"
        return cls(json.loads(file.read_text()))

    @cached_property
    def account(self) -> str:
        account: str = self.body["provider"]["aws"][0]["allowed_account_ids"][0]
        return account

    @cached_property
    def region(self) -> str:
        region: str = self.body["provider"]["aws"][0]["region"]
        return region

    def blocks(self, type_: str, kind: str = "resource") -> Blocks:
        found: Blocks = self.body.get(kind, {}).get(type_, {})
        return found

    def resolve(self, text: str) -> str:
        """Replace the references in a text by ARNs and names."""
        return _REFERENCE.sub(self._value, text)

    def document(self, text: str) -> Policy:
        document: Policy = json.loads(self.resolve(text))
        return document

    def arn(self, type_: str, label: str) -> str:
        block = self.blocks(type_).get(label) or self.blocks(type_, "data")[label]
        return _ARNS[type_].format(
            account=self.account,
            region=self._region_of(block),
            path=block.get("path", "/"),
            name=self.resolve(self._name(block, label)),
        )

    def principal(self, label: str, boundary: Policy | None) -> Principal:
        """Return a role with its inline and managed policies."""
        reference = f"${{aws_iam_role.{label}.name}}"
        managed = [
            self._policy(each["policy_arn"])
            for each in self.blocks("aws_iam_role_policy_attachment").values()
            if each["role"] == reference
        ]
        return Principal(
            arn=self.arn("aws_iam_role", label),
            identity=[*self.inline_policies(label), *managed],
            boundary=boundary,
        )

    def _policy(self, arn: str) -> Policy:
        """Return a policy of AWS, or one of the stack."""
        if arn.split(":")[4] == "aws":
            return managed_policy(arn)
        (label,) = self.labels("aws_iam_policy", name=arn.rpartition("/")[2])
        return self.document(self.blocks("aws_iam_policy")[label]["policy"])

    def inline_policies(self, label: str) -> list[Policy]:
        return [
            self.document(each["policy"])
            for each in self.blocks("aws_iam_role_policy").values()
            if each["role"] == f"${{aws_iam_role.{label}.name}}"
        ]

    def labels(self, type_: str, *, name: str) -> list[str]:
        return [label for label, each in self.blocks(type_).items() if each.get("name") == name]

    def _value(self, found: re.Match[str]) -> str:
        type_, label, attribute = found["type"], found["label"], found["attribute"]
        if attribute in ("arn", "target_key_arn"):
            return self.arn(type_, label)
        block = self.blocks(type_).get(label) or self.blocks(type_, "data")[label]
        if attribute in ("id", "name", "bucket"):
            return self._name(block, label)
        value = block.get(attribute)
        return value if isinstance(value, str) else f"{attribute}-of-{label}"

    def _name(self, block: Mapping[str, Any], label: str) -> str:
        for key in _NAMES:
            if isinstance(block.get(key), str):
                return str(block[key]).removeprefix("alias/")
            if prefix := block.get(f"{key}_prefix"):
                return f"{prefix}{_SUFFIX}"
        return label

    def _region_of(self, block: Mapping[str, Any]) -> str:
        provider = str(block.get("provider", ""))
        return provider.removeprefix("aws.") if provider else self.region


@dataclass(frozen=True)
class SynthesizedEnvironment:
    """An environment's account stack and its platform stack."""

    name: str
    folder: Path = SNAPSHOTS

    @cached_property
    def account(self) -> SynthesizedStack:
        return SynthesizedStack.read(f"{self.name}-account", self.folder)

    @cached_property
    def platform(self) -> SynthesizedStack:
        return SynthesizedStack.read(self.name, self.folder)

    @cached_property
    def delivery_boundary(self) -> Policy:
        return self._boundary(f"{self.name}-delivery-boundary")

    @cached_property
    def workload_boundary(self) -> Policy:
        return self._boundary(f"{self.name}-boundary")

    @cached_property
    def workload_boundary_arn(self) -> str:
        return f"arn:aws:iam::{self.account.account}:policy/{self.name}-boundary"

    def delivery(self, role: str) -> Principal:
        """Return a delivery role: plan, deploy, publish, cluster or audit."""
        (label,) = self.account.labels("aws_iam_role", name=f"{self.name}-delivery-{role}")
        return self.account.principal(label, self.delivery_boundary)

    @cached_property
    def standby(self) -> SynthesizedStack:
        return SynthesizedStack.read(f"{self.name}-standby", self.folder)

    def runner(self, name: str) -> Principal:
        """Return the role of a delivery runner: that of the environment, or that of its standby."""
        (label,) = self.account.labels("aws_iam_role", name=name)
        return self.account.principal(label, self.workload_boundary)

    def workloads(self) -> Iterator[Principal]:
        """Yield the roles of the platform stack."""
        for label in self.platform.blocks("aws_iam_role"):
            yield self.platform.principal(label, self.workload_boundary)

    def _boundary(self, name: str) -> Policy:
        (label,) = self.account.labels("aws_iam_policy", name=name)
        return self.account.document(self.account.blocks("aws_iam_policy")[label]["policy"])
