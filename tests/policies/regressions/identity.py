"""Policies, roles and keys."""

import json

from policies.stack import Json
from tests.policies.mutations import (
    Mutation,
    add_resource,
    add_statement,
    edit_first,
    edit_statements,
    regression,
    remove_value,
    set_value,
)
from tests.policies.network_mutations import has_literal_policy


def _policy(**statement: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _identity_policy(policy: str) -> Mutation:
    return add_resource("aws_iam_policy", lambda _: {"name": "planted", "policy": policy})


REGRESSIONS = (
    regression(
        "administrator policy",
        _identity_policy(_policy(Action="*", Resource="*")),
        "CKV_ARQ_23",
    ),
    regression(
        "administrator policy in an expression",
        _identity_policy('${jsonencode({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})}'),
        "CKV_ARQ_21",
    ),
    regression(
        "statement with a variable effect",
        _identity_policy(_policy(Effect="${var.effect}", Action="s3:Get*", Resource="*")),
        "CKV_ARQ_21",
    ),
    regression(
        "policy with NotAction",
        _identity_policy(_policy(NotAction="iam:DeleteUser", Resource="*")),
        "CKV_ARQ_23",
    ),
    regression(
        "PassRole for any role and service",
        _identity_policy(_policy(Action="iam:PassRole", Resource="*")),
        "CKV_ARQ_23",
    ),
    regression(
        "role that every account can assume",
        add_resource(
            "aws_iam_role",
            lambda _: {"assume_role_policy": _policy(Action="sts:AssumeRole", Principal={"AWS": "*"})},
        ),
        "CKV_ARQ_22",
    ),
    regression(
        "queue that every account can send to",
        add_resource(
            "aws_sqs_queue_policy",
            lambda _: {"policy": _policy(Action="sqs:SendMessage", Principal="*", Resource="*")},
        ),
        "CKV_ARQ_22",
    ),
    regression(
        "bucket that every account can read",
        edit_first(
            "aws_s3_bucket_policy",
            add_statement(
                "policy", {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
            ),
            where=has_literal_policy,
        ),
        "CKV_ARQ_22",
    ),
    regression(
        "KMS key without account root access",
        edit_first(
            "aws_kms_key",
            edit_statements(
                "policy", set_value("Principal", {"AWS": "arn:aws:iam::210987654321:role/admin"})
            ),
            where=has_literal_policy,
        ),
        "CKV_ARQ_24",
    ),
    regression(
        "KMS key without rotation",
        edit_first("aws_kms_key", remove_value("enable_key_rotation")),
        "CKV_AWS_7",
    ),
)
