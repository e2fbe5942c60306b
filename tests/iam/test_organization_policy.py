"""Tests that the documented resource control policy keeps out other accounts, and nobody else."""

import json
import re
from pathlib import Path

import pytest

from tests.iam.simulator import Policy, Principal, Request, Simulator
from tests.iam.statements import allow, allow_principal, document

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
ACCOUNT, STRANGER = "210987654321", "999900001111"
ORGANIZATION = "o-a1b2c3d4e5"
RESOURCES = {
    "ecr:BatchGetImage": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/production-images",
    "kms:Decrypt": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k",
    "s3:GetObject": "arn:aws:s3:::production-site-site-bucket-1/index.html",
    "secretsmanager:GetSecretValue": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:rds!db-1",
    "sqs:ReceiveMessage": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:production-cluster-karpenter",
    "sts:AssumeRole": f"arn:aws:iam::{ACCOUNT}:role/production/production-r",
}


@pytest.fixture(scope="module")
def control() -> Policy:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    policy: Policy = json.loads(text)
    return policy


def request(action: str, caller: str, organization: str, control: Policy | None) -> Request:
    statement = allow_principal(caller, action)
    if action.startswith("sts:"):
        statement.pop("Resource")
    return Request(
        action=action,
        resource=RESOURCES[action],
        account=ACCOUNT,
        policy=document(statement),
        context={"aws:PrincipalOrgID": organization, "aws:PrincipalIsAWSService": "false"},
        rcps=[control] if control else [],
    )


@pytest.mark.parametrize("action", RESOURCES)
def test_strangers_are_kept_out_although_a_policy_lets_them_in(
    action: str, control: Policy, simulator: Simulator
) -> None:
    stranger = Principal(arn=f"arn:aws:iam::{STRANGER}:role/evil", identity=[document(allow("*"))])
    asks = (request(action, stranger.arn, "o-other", each) for each in (None, control))
    without, with_control = (simulator.decide(stranger, each) for each in asks)
    assert without.is_allowed
    assert with_control.result == "ExplicitlyDenied"
    assert with_control.blocked_by == {"rcp"}


@pytest.mark.parametrize("action", RESOURCES)
def test_the_accounts_own_roles_keep_access(action: str, control: Policy, simulator: Simulator) -> None:
    own = Principal(arn=f"arn:aws:iam::{ACCOUNT}:role/own", identity=[document(allow("*"))])
    assert simulator.decide(own, request(action, own.arn, ORGANIZATION, control)).is_allowed


@pytest.mark.parametrize(
    ("role", "denied"), [("production-delivery-deploy", False), ("production/production-r", True)]
)
def test_web_identities_become_delivery_roles_only(
    role: str, denied: bool, control: Policy, simulator: Simulator
) -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    decision = simulator.decide(
        Principal(arn=provider),
        Request(
            action="sts:AssumeRoleWithWebIdentity",
            resource=f"arn:aws:iam::{ACCOUNT}:role/{role}",
            account=ACCOUNT,
            policy=document(trust),
            rcps=[control],
        ),
    )
    assert (decision.result == "ExplicitlyDenied") is denied
