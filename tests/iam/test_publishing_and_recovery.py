"""The calls of `arqctl publish` and `arqctl deploy` are allowed to the delivery roles, and no more."""

import pytest

from tests.iam.simulator import Context, Policy, Principal, Request, Simulator
from tests.iam.synthesized import SynthesizedEnvironment

PRODUCTION = SynthesizedEnvironment("production")
ACCOUNT = PRODUCTION.account.account
BUCKET = "arn:aws:s3:::production-site-site-bucket-20261129000000000000000001"
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1234567890"
IMAGES = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/production-images"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ADMINISTRATOR = Principal(
    arn=f"arn:aws:iam::{ACCOUNT}:role/administrator",
    identity=[{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
)
# A key of the library lets the account's IAM policies decide.
KEY_POLICY: Policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
OWN = {"aws:ResourceAccount": ACCOUNT}
# S3 asks for the data key.
SITE_KEY: Context = {
    "kms:ResourceAliases": ["alias/production-site-site-key"],
    "kms:ViaService": "s3.eu-west-1.amazonaws.com",
}
DEPLOY = PRODUCTION.delivery("deploy")
RECOVERY: Context = {
    "kms:ResourceAliases": ["alias/production-state-recovery-key"],
    "aws:RequestedRegion": "eu-west-1",
}


def recovery_key_policy() -> Policy:
    keys = PRODUCTION.account.blocks("aws_kms_key").values()
    (policy,) = (key["policy"] for key in keys if "customer_master_key_spec" in key)
    return PRODUCTION.account.document(policy)


@pytest.mark.parametrize(
    "request_",
    [
        Request(action="cloudfront:ListDistributions"),
        Request(
            action="cloudfront:CreateInvalidation",
            resource=DISTRIBUTION,
            context={"aws:ResourceTag/environment": "production"},
        ),
        Request(action="s3:ListBucket", resource=BUCKET, context=OWN),
        Request(action="s3:PutObject", resource=f"{BUCKET}/index.html", context=OWN),
        Request(action="s3:DeleteObject", resource=f"{BUCKET}/old.html", context=OWN),
        Request(action="kms:GenerateDataKey", resource=KEY, context=SITE_KEY, policy=KEY_POLICY),
        Request(action="ecr:GetAuthorizationToken"),
        Request(action="ecr:PutImage", resource=IMAGES),
        Request(action="ecr:BatchGetImage", resource=IMAGES),
    ],
    ids=lambda request: request.action,
)
def test_publish_makes_the_calls_of_its_workflow(request_: Request, simulator: Simulator) -> None:
    assert simulator.decide(PRODUCTION.delivery("publish"), request_).is_allowed


@pytest.mark.parametrize(
    "request_",
    [
        Request(action="s3:PutObject", resource="arn:aws:s3:::other/index.html", context=OWN),
        Request(
            action="cloudfront:CreateInvalidation",
            resource=DISTRIBUTION,
            context={"aws:ResourceTag/environment": "dev"},
        ),
        Request(action="ecr:PutImage", resource=IMAGES.replace("production", "dev")),
        Request(action="cloudfront:UpdateDistribution", resource=DISTRIBUTION),
    ],
    ids=lambda request: request.action,
)
def test_publish_changes_nothing_else(request_: Request, simulator: Simulator) -> None:
    assert not simulator.decide(PRODUCTION.delivery("publish"), request_).is_allowed


@pytest.mark.parametrize(
    ("action", "allowed"), [("kms:GetPublicKey", True), ("kms:Decrypt", False), ("kms:PutKeyPolicy", False)]
)
def test_deploy_encrypts_a_state_but_cannot_decrypt_it(
    action: str, allowed: bool, simulator: Simulator
) -> None:
    context = {**RECOVERY, "aws:PrincipalArn": DEPLOY.arn}
    request = Request(action=action, resource=KEY, policy=recovery_key_policy(), context=context)
    assert simulator.decide(DEPLOY, request).is_allowed is allowed


def test_the_keys_own_policy_denies_decryption_to_a_delivery_role_with_more_permissions(
    simulator: Simulator,
) -> None:
    for caller, allowed in ((DEPLOY.arn, False), (ADMINISTRATOR.arn, True)):
        principal = Principal(arn=caller, identity=ADMINISTRATOR.identity)
        context = {**RECOVERY, "aws:PrincipalArn": caller}
        request = Request(action="kms:Decrypt", resource=KEY, policy=recovery_key_policy(), context=context)
        assert simulator.decide(principal, request).is_allowed is allowed
