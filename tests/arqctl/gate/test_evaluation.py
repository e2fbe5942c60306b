"""Evaluation of assemblies that CDKTF synthesized, and of invalid folders."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from constructs import Construct

from arqctl.core.errors import InputError
from arqctl.gate import evaluate, render_text
from arqctl.gate.report import SEVERITIES
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, TODAY, Project


def test_findings_of_an_assembly_of_cdktf_have_address_and_construct_path(project: Project) -> None:
    app = App(outdir=str(project.outdir))
    for name in ("dev", "dev-platform", "staging"):
        stack = TerraformStack(app, name)
        AwsProvider(stack, "aws", region="eu-west-1")
        S3Bucket(Construct(stack, "assets"), "Default")
    app.synth()
    report = project.evaluate()
    assert {name: each.stacks for name, each in report.environments.items()} == {
        "dev": ("dev", "dev-platform"),
        "staging": ("staging",),
    }
    dev = report.environments["dev"]
    assert dev.resources == 2
    found = {(each.rule, each.address, each.path) for each in dev.findings}
    assert ("CKV_AWS_21", "aws_s3_bucket.assets", "dev/assets/Default") in found
    assert ("CKV_AWS_21", "aws_s3_bucket.assets", "dev-platform/assets/Default") in found
    assert report.verdict == "fail"


def test_only_the_requested_environments_are_evaluated(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.raw("staging", "{")
    assert list(project.evaluate("dev").environments) == ["dev"]


def test_each_unknown_environment_is_a_problem(project: Project) -> None:
    project.stack("dev", HARMLESS)
    with pytest.raises(InputError) as raised:
        project.evaluate("prod", "stage")
    assert [problem.where for problem in raised.value.problems] == [
        "environment 'prod'",
        "environment 'stage'",
    ]


def test_an_unreadable_stack_is_a_finding_and_the_others_are_evaluated(project: Project) -> None:
    project.raw("dev", "{")
    project.stack("staging", OPEN_DATABASE)
    report = project.evaluate()
    [finding] = report.environments["dev"].findings
    assert (finding.rule, finding.severity) == ("ARQ_STACK", "CRITICAL")
    assert "CKV_AWS_16" in {each.rule for each in report.environments["staging"].findings}


def test_an_unreadable_stack_cannot_be_waived(project: Project) -> None:
    project.raw("dev", "{")
    project.waive(rule="ARQ_STACK")
    with pytest.raises(InputError, match="cannot be waived"):
        project.evaluate()


def test_findings_are_sorted_by_severity_rule_and_path(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE | {"aws_ebs_volume": {"b": {}, "a": {}}})
    first, second = project.evaluated(), project.evaluated()
    assert first == second
    order = [(SEVERITIES.index(each.severity), each.rule, each.path) for each in first.findings]
    assert order == sorted(order)


def test_without_checkov_the_message_names_the_package_to_install(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.stack("dev", HARMLESS)
    for name in ("checkov", "arqctl.gate.rules", "arqctl.gate.scan"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "arqctl.gate.rules")
    monkeypatch.delitem(sys.modules, "arqctl.gate.scan")
    for name in [each for each in sys.modules if each.startswith("checkov.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InputError, match=r"pip install 'arqctl\[gate\]'"):
        project.evaluate()


def test_importing_the_gate_does_not_import_checkov() -> None:
    script = "import sys, arqctl.gate; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"arqctl", "pydantic"} <= set(done.stdout.split())
    assert not {"checkov", "cdktf", "jsii"} & set(done.stdout.split())


def test_progress_names_each_stack(project: Project) -> None:
    project.stack("dev", HARMLESS)
    progress: list[str] = []
    evaluate(project.outdir, settings=project.settings, today=TODAY, on_progress=progress.append)
    assert progress == ["evaluating dev"]


def test_the_folder_may_be_relative(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.stack("dev", OPEN_DATABASE)
    monkeypatch.chdir(project.root)
    report = evaluate(Path("cdktf.out"), settings=project.settings, today=TODAY).report
    assert "CKV_AWS_16" in {each.rule for each in report.environments["dev"].findings}


def annotate(project: Project, stack: str, level: str, message: str) -> None:
    manifest = project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    annotation = {"constructPath": f"{stack}/cluster", "level": f"@cdktf/{level}", "message": message}
    document["stacks"][stack]["annotations"] = [annotation]
    manifest.write_text(json.dumps(document))


def test_warnings_of_the_app_are_shown_and_do_not_block(project: Project) -> None:
    project.stack("dev")
    annotate(project, "dev", "warn", "Kubernetes 1.34 ends in 9 days")
    report = project.evaluate()
    assert [(each.path, each.message) for each in report.environments["dev"].warnings] == [
        ("dev/cluster", "Kubernetes 1.34 ends in 9 days")
    ]
    assert not report.environments["dev"].findings
    page = render_text(report)
    assert "Warnings (1)" in page
    assert "Kubernetes 1.34 ends in 9 days" in page


def test_an_error_that_the_app_reported_is_a_finding(project: Project) -> None:
    project.stack("dev")
    annotate(project, "dev", "error", "no subnets")
    (finding,) = project.evaluate().environments["dev"].findings
    assert (finding.rule, finding.severity) == ("ARQ_STACK", "CRITICAL")
    assert "dev/cluster: no subnets" in finding.message
