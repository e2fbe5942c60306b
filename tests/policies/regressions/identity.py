"""Policies, roles and keys."""

import json

from policies.stack import Json
from tests.policies.ground import has_literal_policy
from tests.policies.planting import Plant, adding, allow, caught, change_statements, drop, on_first, put


def _policy(**statement: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _identity_policy(policy: str) -> Plant:
    return adding("aws_iam_policy", lambda _: {"name": "planted", "policy": policy})


REGRESSIONS = (
    caught(
        "an administrator's policy",
        _identity_policy(_policy(Action="*", Resource="*")),
        "CKV_ARQ_23",
    ),
    caught(
        "an administrator's policy inside an expression",
        _identity_policy('${jsonencode({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})}'),
        "CKV_ARQ_21",
    ),
    caught(
        "a statement that a variable turns on",
        _identity_policy(_policy(Effect="${var.effect}", Action="s3:Get*", Resource="*")),
        "CKV_ARQ_21",
    ),
    caught(
        "everything but one action",
        _identity_policy(_policy(NotAction="iam:DeleteUser", Resource="*")),
        "CKV_ARQ_23",
    ),
    caught(
        "any role passed to any service",
        _identity_policy(_policy(Action="iam:PassRole", Resource="*")),
        "CKV_ARQ_23",
    ),
    caught(
        "a role that everybody can take",
        adding(
            "aws_iam_role",
            lambda _: {"assume_role_policy": _policy(Action="sts:AssumeRole", Principal={"AWS": "*"})},
        ),
        "CKV_ARQ_22",
    ),
    caught(
        "a queue that everybody can fill",
        adding(
            "aws_sqs_queue_policy",
            lambda _: {"policy": _policy(Action="sqs:SendMessage", Principal="*", Resource="*")},
        ),
        "CKV_ARQ_22",
    ),
    caught(
        "a bucket that everybody can read",
        on_first(
            "aws_s3_bucket_policy",
            allow("policy", {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}),
            where=has_literal_policy,
        ),
        "CKV_ARQ_22",
    ),
    caught(
        "a key that its account can't manage",
        on_first(
            "aws_kms_key",
            change_statements("policy", put("Principal", {"AWS": "arn:aws:iam::210987654321:role/admin"})),
            where=has_literal_policy,
        ),
        "CKV_ARQ_24",
    ),
    caught("a key that is never rotated", on_first("aws_kms_key", drop("enable_key_rotation")), "CKV_AWS_7"),
)
