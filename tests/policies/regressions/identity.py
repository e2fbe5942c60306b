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
        "an administrator's policy",
        _identity_policy(_policy(Action="*", Resource="*")),
        "CKV_ARQ_23",
    ),
    regression(
        "an administrator's policy inside an expression",
        _identity_policy('${jsonencode({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})}'),
        "CKV_ARQ_21",
    ),
    regression(
        "a statement that a variable turns on",
        _identity_policy(_policy(Effect="${var.effect}", Action="s3:Get*", Resource="*")),
        "CKV_ARQ_21",
    ),
    regression(
        "everything but one action",
        _identity_policy(_policy(NotAction="iam:DeleteUser", Resource="*")),
        "CKV_ARQ_23",
    ),
    regression(
        "any role passed to any service",
        _identity_policy(_policy(Action="iam:PassRole", Resource="*")),
        "CKV_ARQ_23",
    ),
    regression(
        "a role that everybody can take",
        add_resource(
            "aws_iam_role",
            lambda _: {"assume_role_policy": _policy(Action="sts:AssumeRole", Principal={"AWS": "*"})},
        ),
        "CKV_ARQ_22",
    ),
    regression(
        "a queue that everybody can fill",
        add_resource(
            "aws_sqs_queue_policy",
            lambda _: {"policy": _policy(Action="sqs:SendMessage", Principal="*", Resource="*")},
        ),
        "CKV_ARQ_22",
    ),
    regression(
        "a bucket that everybody can read",
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
        "a key that its account can't manage",
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
        "a key that is never rotated",
        edit_first("aws_kms_key", remove_value("enable_key_rotation")),
        "CKV_AWS_7",
    ),
)
