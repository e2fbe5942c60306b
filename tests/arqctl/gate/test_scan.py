"""A scan has all results of Checkov's own runner, and results that the runner lacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from checkov.common.models.enums import CheckResult
from checkov.runner_filter import RunnerFilter
from checkov.terraform_json.runner import TerraformJsonRunner

from arqctl.core.assembly import read_assembly
from arqctl.gate.rule_results import Result, ScanError
from arqctl.gate.rules import load_rules
from arqctl.gate.scan import scan
from tests.arqctl.projects import Body, Project

ADMIN = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)

RESOURCES: dict[str, Body] = {
    "aws_db_instance": {
        "main": {"storage_encrypted": False, "vpc_security_group_ids": ["${aws_security_group.a.id}"]}
    },
    "aws_iam_policy": {"admin": {"policy": ADMIN}},
    "aws_iam_role": {"node": {"assume_role_policy": ADMIN}},
    "aws_kms_key": {"main": {"enable_key_rotation": True}},
    "aws_s3_bucket": {"assets": {}},
    "aws_s3_bucket_versioning": {
        "assets": {
            "bucket": "${aws_s3_bucket.assets.bucket}",
            "versioning_configuration": {"status": "Enabled"},
        }
    },
    "aws_security_group": {"a": {"vpc_id": "${aws_vpc.main.id}", "description": "a"}},
    "aws_subnet": {"a": {"vpc_id": "${aws_vpc.main.id}", "map_public_ip_on_launch": True}},
    "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
}
BLOCKS: Body = {
    "provider": {
        "aws": [{"region": "eu-west-1"}, {"region": "us-east-1", "alias": "global", "access_key": "x"}]
    },
    "data": {"aws_iam_policy_document": {"all": {"statement": [{"actions": ["*"], "resources": ["*"]}]}}},
    "module": {"vpc": {"source": "git::https://example.com/vpc.git"}},
}


def results_of_checkovs_runner(folder: Path) -> set[tuple[str, str, str]]:
    runner = TerraformJsonRunner()
    report = runner.run(root_folder=str(folder), runner_filter=RunnerFilter(show_progress_bar=False))
    reports = report if isinstance(report, list) else [report]
    records = [record for each in reports for record in (*each.passed_checks, *each.failed_checks)]
    return {
        (each.check_id, resource_name(each.resource), result_name(each.check_result["result"]))
        for each in records
    }


def result_name(result: object) -> str:
    assert isinstance(result, CheckResult)
    return result.name


def resource_name(address: str) -> str:
    """Return the name of a resource, which is all that Checkov's runner reports."""
    return address.removeprefix("data.").removeprefix("provider.").removeprefix("module.").rpartition(".")[2]


def test_the_scan_has_all_results_of_checkovs_runner(project: Project) -> None:
    project.stack("dev", RESOURCES, **BLOCKS)
    [stack] = read_assembly(project.outdir)
    rules = load_rules(project.root / "policies", project.root)
    results = {(v.rule.id, resource_name(v.address), v.result.name) for v in scan(stack, rules)}
    built_in = {check.id for check in rules.graph} | {id_ for id_, _, _ in results}
    checkov_results = {each for each in results_of_checkovs_runner(project.outdir) if each[0] in built_in}
    assert len(checkov_results) > 40
    assert checkov_results <= results


@pytest.mark.parametrize(
    ("type_", "rules"),
    [
        ("aws_iam_policy", {"CKV_AWS_62", "CKV_AWS_286", "CKV_AWS_289", "CKV_AWS_290"}),
        ("aws_kms_key", {"CKV_AWS_33"}),
        ("aws_sqs_queue_policy", {"CKV_AWS_168"}),
        ("aws_sns_topic_policy", {"CKV_AWS_169"}),
        ("aws_ecr_repository_policy", {"CKV_AWS_32"}),
    ],
)
def test_literal_policies_are_evaluated_unlike_in_checkovs_runner(
    project: Project, type_: str, rules: set[str]
) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if type_ != "aws_iam_policy":
        statement["Principal"] = "*"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    project.stack("dev", {type_: {"open": {"policy": policy}}})
    environment = project.evaluated()
    assert rules <= {each.rule for each in environment.findings}
    assert environment.unknown == ()


def test_a_second_scan_uses_the_current_policies(project: Project) -> None:
    project.stack("dev", {"aws_iam_policy": {"main": {"policy": ADMIN}}})
    assert "CKV_AWS_290" in {each.rule for each in project.evaluated().findings}
    harmless = json.dumps({"Statement": [{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}]})
    project.stack("dev", {"aws_iam_policy": {"main": {"policy": harmless}}})
    assert "CKV_AWS_290" not in {each.rule for each in project.evaluated().findings}


def test_addresses_have_the_kind_and_type_of_the_block(project: Project) -> None:
    project.stack("dev", RESOURCES, **BLOCKS)
    [stack] = read_assembly(project.outdir)
    rules = load_rules(project.root / "policies", project.root)
    failed = {(v.rule.id, v.address) for v in scan(stack, rules) if v.result is Result.FAILED}
    assert ("CKV_AWS_16", "aws_db_instance.main") in failed
    assert ("CKV_AWS_356", "data.aws_iam_policy_document.all") in failed
    assert ("CKV_TF_1", "module.vpc") in failed
    assert ("CKV2_AWS_11", "aws_vpc.main") in failed


def test_the_instances_of_a_block_have_one_finding_with_its_address(project: Project) -> None:
    project.stack(
        "dev", {"aws_vpc": {"main": {"for_each": '${toset(["a", "b"])}', "cidr_block": "10.0.0.0/16"}}}
    )
    found = [each for each in project.evaluated().findings if each.rule == "CKV2_AWS_11"]
    assert [(each.address, each.path) for each in found] == [("aws_vpc.main", "dev/main/Default")]


def test_a_block_that_checkov_drops_is_unknown(project: Project) -> None:
    dynamic = {"ingress": {"for_each": "${var.x}", "content": {"cidr_blocks": "${ingress.value}"}}}
    project.stack("dev", {"aws_security_group": {"main": {"dynamic": dynamic}}})
    unknown = [(each.address, each.message) for each in project.evaluated().unknown]
    assert any("Checkov's graph omits this block" in message for _, message in unknown)
    assert {address for address, _ in unknown} == {"aws_security_group.main"}


def test_import_and_moved_blocks_change_no_result(project: Project) -> None:
    resources: dict[str, Any] = {"aws_vpc": {"main": {}}}
    project.stack("dev", resources)
    before = project.evaluated().findings
    blocks = {
        "import": [{"for_each": "${toset([])}", "to": "aws_vpc.main", "id": "${each.value}"}],
        "moved": [{"from": "aws_vpc.old", "to": "aws_vpc.main"}],
    }
    project.raw("dev", json.dumps({"resource": resources, **blocks}))
    assert "ARQ_STACK" not in {each.rule for each in project.evaluated().findings}
    assert len(project.evaluated().findings) == len(before)


def test_a_stack_that_checkov_cannot_read_is_a_finding(project: Project) -> None:
    project.raw("dev", json.dumps({"resource": {"aws_vpc": {"main": {}}}, "provider": 3}))
    [stack] = read_assembly(project.outdir)
    with pytest.raises(ScanError):
        scan(stack, load_rules(project.root / "policies", project.root))
    assert [each.rule for each in project.evaluated().findings] == ["ARQ_STACK"]
