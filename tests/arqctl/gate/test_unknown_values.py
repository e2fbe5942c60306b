"""Expressions that Checkov passes without evaluating are UNKNOWN, and known values are not."""

import json
from typing import Any

import pytest

from tests.arqctl.projects import Body, Project

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "${aws_s3_bucket.a.arn}/*"}
OWN = {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::*:user/$${aws:username}"}
TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
)


def unknown(project: Project, type_: str, **body: object) -> list[str]:
    """Return the unknown arguments of a resource, or whole messages that name no argument."""
    project.stack("dev", {type_: {"main": dict(body)}})
    return [each.message.split(" is the expression ")[0] for each in project.evaluated().unknown]


@pytest.mark.parametrize(
    ("type_", "body", "argument"),
    [
        ("aws_iam_policy", {"policy": '${jsonencode({"Action" = "*"})}'}, "policy"),
        ("aws_iam_policy", {"policy": "${data.aws_ssm_parameter.p.value}"}, "policy"),
        ("aws_iam_policy", {"policy": '{"Statement": [{"Action": "${aws_vpc.a.id}"}]}'}, "policy"),
        ("aws_iam_policy", {"policy": '{"Statement": [{"Resource": "${var.all}"}]}'}, "policy"),
        ("aws_iam_policy", {"policy": '{"Statement": [${var.statements}]}'}, "policy"),
        (
            "aws_iam_role",
            {"assume_role_policy": TRUST.replace("*", "${data.http.x.body}")},
            "assume_role_policy",
        ),
        ("aws_iam_role", {"assume_role_policy": f"${{jsonencode({TRUST})}}"}, "assume_role_policy"),
        (
            "aws_iam_role",
            {"assume_role_policy": '%{ if true }{"Statement": []}%{ endif }'},
            "assume_role_policy",
        ),
        ("aws_iam_policy", {"policy": '{"Statement": [{"Action": "s3:*"}]}'}, "policy"),
        ("aws_kms_key", {"policy": "${local.policy}"}, "policy"),
        ("aws_ebs_volume", {"encrypted": "${var.encrypted}"}, "encrypted"),
        ("aws_db_instance", {"storage_encrypted": "${!false}"}, "storage_encrypted"),
        ("aws_db_instance", {"publicly_accessible": "${aws_ssm_parameter.p.value}"}, "publicly_accessible"),
        ("aws_cloudwatch_log_group", {"kms_key_id": "${var.key}"}, "kms_key_id"),
        ("aws_sqs_queue", {"kms_master_key_id": "${var.key}"}, "kms_master_key_id"),
        ("aws_sqs_queue", {"kms_master_key_id": "${data.aws_kms_alias.a.name}"}, "kms_master_key_id"),
        (
            "aws_vpc_security_group_ingress_rule",
            {"cidr_ipv4": '${element(["0.0.0.0/0"], 0)}'},
            "cidr_ipv4",
        ),
        (
            "aws_security_group",
            {"ingress": [{"cidr_blocks": '${concat(["0.0.0.0/0"], [])}'}]},
            "ingress.cidr_blocks",
        ),
        (
            "aws_security_group",
            {"ingress": [{"cidr_blocks": ["${data.http.x.body}"]}]},
            "ingress.cidr_blocks",
        ),
        (
            "aws_security_group",
            {
                "dynamic": {
                    "ingress": {"for_each": "${var.x}", "content": {"cidr_blocks": "${ingress.value}"}}
                }
            },
            "ingress.for_each",
        ),
        (
            "aws_launch_template",
            {"metadata_options": {"http_tokens": "${var.tokens}"}},
            "metadata_options.http_tokens",
        ),
        ("aws_launch_template", {"metadata_options": "${var.options}"}, "metadata_options"),
        ("aws_s3_bucket_public_access_block", {"count": "${var.guarded ? 1 : 0}"}, "count"),
        ("aws_lb_listener", {"ssl_policy": "${var.policy}"}, "ssl_policy"),
        (
            "aws_eks_cluster",
            {"vpc_config": {"public_access_cidrs": "${var.cidrs}"}},
            "vpc_config.public_access_cidrs",
        ),
        ("aws_finspace_kx_cluster", {"some_new_kms_setting": "${var.x}"}, "some_new_kms_setting"),
    ],
)
def test_a_security_argument_with_an_opaque_expression_is_unknown(
    project: Project, type_: str, body: dict[str, Any], argument: str
) -> None:
    assert argument in unknown(project, type_, **body)


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("aws_iam_policy", {"policy": "${data.aws_iam_policy_document.main.json}"}),
        ("aws_iam_policy", {"policy": json.dumps({"Statement": [READ, OWN]})}),
        ("aws_iam_role", {"assume_role_policy": TRUST.replace("*", "${aws_iam_role.other.arn}")}),
        ("aws_db_instance", {"monitoring_role_arn": "${data.terraform_remote_state.iam.outputs.role}"}),
        ("aws_cloudwatch_log_group", {"kms_key_id": "${aws_kms_key.main.arn}", "retention_in_days": 365}),
        # A rule compares the key with the name of AWS's own.
        ("aws_sqs_queue", {"kms_master_key_id": "${aws_kms_key.main.arn}"}),
        # Another stack's output.
        (
            "kubernetes_storage_class_v1",
            {"parameters": {"kmsKeyId": "${data.terraform_remote_state.aws.outputs.key}"}},
        ),
        ("aws_db_instance", {"storage_encrypted": True, "name": '${join("-", ["a", "b"])}'}),
        ("aws_db_instance", {"password": "${var.password}"}),
        ("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "${aws_vpc.main.cidr_block}"}),
        ("aws_subnet", {"ipv6_cidr_block": "${cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 1)}"}),
        (
            "aws_launch_template",
            {"user_data": '${base64encode("#!/bin/sh")}', "tags": {"Name": "${var.name}"}},
        ),
        ("aws_eks_cluster", {"lifecycle": {"ignore_changes": "${var.public}"}}),
    ],
)
def test_known_values_and_other_arguments_are_not_unknown(project: Project, type_: str, body: Body) -> None:
    assert unknown(project, type_, **body) == []


def test_the_message_names_the_rules_that_cannot_evaluate_the_argument(project: Project) -> None:
    project.stack("dev", {"aws_ebs_volume": {"main": {"encrypted": "${var.encrypted}"}}})
    [finding] = project.evaluated().unknown
    assert "encrypted is the expression `var.encrypted`: CKV_AWS_3 cannot evaluate it" in finding.message
    assert (finding.rule, finding.address, finding.path) == (
        "ARQ_UNKNOWN",
        "aws_ebs_volume.main",
        "dev/main/Default",
    )


def test_a_module_is_unknown_as_a_whole(project: Project) -> None:
    project.stack("dev", module={"vpc": {"source": "terraform-aws-modules/vpc/aws", "version": "6.0.0"}})
    assert [each.address for each in project.evaluated().unknown] == ["module.vpc"]
