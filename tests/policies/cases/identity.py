"""Policies, roles and keys."""

import json

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example, policy
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

READ: dict[str, Json] = {
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": "${aws_s3_bucket.data.arn}/*",
}
ROOT: dict[str, Json] = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def _allow(**changes: Json) -> Bodies:
    return {"aws_iam_policy.it": {"policy": policy({**READ, **changes})}}


def _queue(**changes: Json) -> Bodies:
    statement: dict[str, Json] = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", **changes}
    return {"aws_sqs_queue_policy.it": {"policy": policy(statement)}}


def _trust(principal: Json, condition: Json = None) -> Bodies:
    statement: dict[str, Json] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    if condition is not None:
        statement["Condition"] = condition
    return {"aws_iam_role.it": {"assume_role_policy": policy(statement)}}


_OTHER_ACCOUNT = "arn:aws:iam::999900001111:root"
_PROVIDERS: Bodies = {
    "provider.aws": {"region": "eu-west-1", "allowed_account_ids": ["210987654321"]},
}


def _in_account(bodies: Bodies) -> Bodies:
    return {**bodies, **_PROVIDERS}


def _bucket(principal: Json, condition: Json = None) -> Bodies:
    statement: dict[str, Json] = {**READ, "Principal": principal}
    if condition is not None:
        statement["Condition"] = condition
    return _in_account({"aws_s3_bucket_policy.it": {"policy": policy(statement)}})


def _key(**changes: Json) -> Bodies:
    return {"aws_kms_key.it": {"policy": policy({**ROOT, **changes})}}


_EVERYONE: Json = {"policy": policy({**READ, "Principal": "*"})}

_EVERYTHING: dict[str, Json] = {**READ, "Action": "*", "Resource": "*"}
_BOUNDARY: Bodies = {
    "aws_iam_policy.it": {
        "name": "dev-boundary",
        "policy": policy(_EVERYTHING, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}),
    }
}

EXAMPLES = (
    Example(
        "CKV_ARQ_21",
        passes=(
            _allow(),
            _allow(Condition={"StringEquals": {'${replace(a.b.c, "https://", "")}:sub': "x"}}),
            {"aws_ecr_lifecycle_policy.it": {"policy": '{"rules": []}'}},
            _allow(Resource='${element(split(":", aws_db_proxy.main.arn), 6)}/orders'),
            {**_allow(Resource="arn:${local.piece}"), "locals": {"piece": '${split(":", aws_a.b.arn)[6]}'}},
        ),
        fails=(
            {"aws_iam_policy.it": {"policy": '${jsonencode({"Statement": []})}'}},
            {"aws_iam_policy.it": {"policy": "${data.aws_iam_policy_document.it.json}"}},
            {"aws_iam_policy.it": {"policy": '${var.wide ? "{}" : "{}"}'}},
            {"aws_iam_role.it": {"inline_policy": [{"name": "it", "policy": "${file(var.path)}"}]}},
            {"aws_iam_policy.it": {"policy": "not json"}},
            {"aws_iam_policy.it": {"policy": '{"Statement": "${jsonencode(local.statements)}"}'}},
            {"aws_iam_policy.it": {"policy": '{"Statement": ["${jsonencode(local.statement)}"]}'}},
            _allow(Resource="${local.everything}"),
            {**_allow(Resource="${local.everything}"), "locals": {"everything": "*"}},
            {**_allow(Resource="${local.most}"), "locals": {"most": "*${aws_a.b.arn}"}},
            {**_allow(Resource="${local.some}"), "locals": {"some": '${replace(aws_a.b.arn, "a", "*")}'}},
            _allow(Resource="${var.everything}"),
            _allow(Resource="${file(aws_a.b)}"),
            _allow(Resource='${aws_a.b == "c" ? "*" : aws_a.b.arn}'),
            _allow(Resource="${aws_s3_bucket.data.arn}/${var.everything}"),
            _allow(Resource="${join(aws_a.b.arn, var.everything)}"),
            _allow(Resource="${split(var.everything, aws_a.b.arn)}"),
            {
                "aws_iam_role.it": {
                    "assume_role_policy": policy(READ),
                    "inline_policy": [{"policy": "not json"}],
                }
            },
            _allow(Effect="${var.effect}"),
            _allow(Action="${var.action}"),
            _allow(Resource='${var.wide ? "*" : "arn"}'),
            _allow(Resource="%{ if var.wide }*%{ endif }"),
        ),
        not_applicable=(
            {"aws_iam_role.it": {"name": "without-a-policy"}},
            {"provider.aws": {"policy": "${jsonencode(var.policy)}"}},
        ),
    ),
    Example(
        "CKV_ARQ_22",
        passes=(
            _trust({"Service": "ec2.amazonaws.com"}),
            _trust({"AWS": "arn:aws:iam::210987654321:root"}),
            _trust("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            _queue(Principal="*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::arq-logs"}}),
            _queue(Principal="*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:210987654321:*"}}),
            _queue(Effect="Deny", Principal="*"),
            _trust(
                "*", {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalOrgID": "o-1"}}
            ),
            _trust("*", {"StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:PrincipalOrgID": "o-1"}}),
        ),
        fails=(
            _trust("*"),
            _trust({"AWS": "*"}),
            _trust({"AWS": ["arn:aws:iam::210987654321:root", "*"]}),
            _trust({"AWS": "arn:aws:iam::*:root"}),
            _trust("*", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
            _trust("*", {"StringLike": {"aws:PrincipalOrgID": "*"}}),
            _trust("*", {"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
            _trust("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
            _trust("*", {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::210987654321:role/a", "*"]}}),
            _trust("*", {"ArnLike": {"aws:PrincipalArn": "arn:*"}}),
            _trust({"Service": "*"}),
            {"aws_iam_role.it": {"assume_role_policy": policy(READ), "inline_policy": [_EVERYONE]}},
            _trust("*", {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
            _queue(Principal="*"),
            _queue(NotPrincipal={"AWS": "arn:aws:iam::210987654321:root"}),
            {"aws_s3_bucket_policy.it": {"policy": policy({**READ, "Principal": "*"})}},
            {"aws_kms_key.it": {"policy": policy({**ROOT, "Principal": {"AWS": "*"}})}},
        ),
        unknown=({"aws_iam_role.it": {"assume_role_policy": "${jsonencode({})}"}},),
        not_applicable=({"aws_vpc_endpoint.it": {"policy": policy({**READ, "Principal": "*"})}},),
    ),
    Example(
        "CKV2_ARQ_10",
        passes=(
            _bucket({"AWS": "arn:aws:iam::210987654321:root"}),
            _bucket({"AWS": ["210987654321", "arn:aws:sts::210987654321:assumed-role/a/b"]}),
            _bucket({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}),
            _bucket({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}),
            _bucket("*", {"StringEquals": {"aws:PrincipalAccount": "210987654321"}}),
            _bucket("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            _bucket({"AWS": "${data.aws_iam_role.launcher.arn}"}),
            _bucket({"AWS": "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/a"}),
            _in_account(_trust({"Service": "ec2.amazonaws.com"})),
            _in_account(_queue(Effect="Deny", Principal={"AWS": _OTHER_ACCOUNT})),
            _in_account(_allow()),
            _in_account({"aws_vpc_endpoint.it": {"policy": policy({**READ, "Principal": {"AWS": "*"}})}}),
        ),
        fails=(
            _bucket({"AWS": _OTHER_ACCOUNT}),
            _bucket({"AWS": ["arn:aws:iam::210987654321:root", "999900001111"]}),
            _bucket({"AWS": "arn:aws:iam::*:role/production"}),
            _bucket({"AWS": "arn:aws:iam::999900001111:role/${aws_iam_role.it.name}"}),
            _bucket("*", {"StringEquals": {"aws:PrincipalAccount": "999900001111"}}),
            _bucket({"AWS": "*"}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999900001111:role/*"}}),
            _in_account(_trust({"AWS": _OTHER_ACCOUNT})),
            _in_account(_queue(Principal={"AWS": _OTHER_ACCOUNT})),
            _in_account(_queue(NotPrincipal={"AWS": _OTHER_ACCOUNT})),
            _in_account(_key(Principal={"AWS": _OTHER_ACCOUNT})),
            *(
                _in_account(
                    {f"{type_}.it": {"policy": policy({**READ, "Principal": {"AWS": _OTHER_ACCOUNT}})}}
                )
                for type_ in (
                    "aws_ecr_repository_policy",
                    "aws_secretsmanager_secret_policy",
                    "aws_sns_topic_policy",
                    "aws_vpc_endpoint",
                )
            ),
        ),
        unknown=(
            _bucket({"AWS": "${var.partner}"}),
            _bucket({"AWS": "AROAEXAMPLEID"}),
            _bucket({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}),
            _in_account({"aws_s3_bucket_policy.it": {"policy": "${jsonencode({})}"}}),
            _trust({"AWS": _OTHER_ACCOUNT}),
        ),
        not_applicable=(_in_account({"aws_iam_role.it": {"name": "without-a-policy"}}),),
    ),
    Example(
        "CKV_ARQ_23",
        passes=(
            _allow(),
            _allow(
                Action="iam:PassRole",
                Resource="*",
                Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
            _allow(Effect="Deny", Action="*", Resource="*"),
            _allow(Action="iam:PutUserPolicy"),
            _allow(Action=["iam:PassRole"], Resource="arn:aws:iam::210987654321:role/a"),
            {"aws_iam_role.it": {"name": "without-a-policy"}},
            _BOUNDARY,
        ),
        fails=(
            {**_BOUNDARY, "aws_iam_role_policy_attachment.it": {"policy_arn": "${aws_iam_policy.it.arn}"}},
            {
                "aws_iam_role_policy_attachment.it": {
                    "policy_arn": "arn:aws:iam::210987654321:policy/x-boundary"
                }
            },
            {"aws_iam_policy.it": {"name": "x-boundary", "policy": policy(_EVERYTHING)}},
            _allow(Action="*", Resource="*"),
            _allow(Action=["s3:GetObject", "IAM:*"]),
            _allow(Action="**", Resource="*"),
            _allow(Action="i?m:*", Resource="*"),
            _allow(Action="iam:PassRole", Resource="*"),
            _allow(
                Action=["iam:PassRole", "s3:GetObject"], Resource=["*", "arn:aws:iam::210987654321:role/a"]
            ),
            _allow(Action="iam:Pass*", Resource="arn:aws:iam::210987654321:role/*"),
            {
                "aws_iam_policy.it": {
                    "policy": policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
                }
            },
            {
                "aws_iam_role.it": {
                    "inline_policy": [{"policy": policy({**READ, "Action": "*:*", "Resource": "*"})}]
                }
            },
        ),
        unknown=(
            {"aws_iam_policy.it": {"policy": '${jsonencode({"Statement": []})}'}},
            {"aws_iam_policy.it": {"name": "x-boundary", "policy": '${jsonencode({"Statement": []})}'}},
        ),
    ),
    Example(
        "CKV_ARQ_24",
        passes=(
            _key(),
            _key(Principal={"AWS": ["arn:aws:iam::210987654321:root"]}),
            _key(Principal={"AWS": ["arn:aws:iam::210987654321:root", "arn:aws:iam::210987654321:role/a"]}),
            {"aws_kms_key.it": {"policy": policy(ROOT, {**ROOT, "Action": "kms:Decrypt"})}},
            {"aws_kms_key.it": {"enable_key_rotation": True}},
        ),
        fails=(
            _key(Principal={"AWS": "arn:aws:iam::210987654321:role/admin"}),
            _key(Action="kms:Decrypt"),
            _key(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            _key(Effect="Deny"),
            {"aws_kms_key.it": {"policy": policy(ROOT), "bypass_policy_lockout_safety_check": True}},
            {"aws_kms_key_policy.it": {"key_id": "${aws_kms_key.data.id}"}},
        ),
        unknown=({"aws_kms_key.it": {"policy": "${jsonencode({})}"}},),
    ),
)


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
        "bucket that another account can read",
        edit_first(
            "aws_s3_bucket_policy",
            add_statement(
                "policy",
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": _OTHER_ACCOUNT},
                    "Action": "s3:GetObject",
                    "Resource": "*",
                },
            ),
            where=has_literal_policy,
        ),
        "CKV2_ARQ_10",
    ),
    regression(
        "role that another account can assume",
        add_resource(
            "aws_iam_role",
            lambda _: {
                "assume_role_policy": _policy(Action="sts:AssumeRole", Principal={"AWS": _OTHER_ACCOUNT})
            },
        ),
        "CKV2_ARQ_10",
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
