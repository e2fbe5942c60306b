"""`arqctl drill region` and `arqctl drill gameday`: simulated times, and a document with names."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from arqctl.runbook.database_writers import find_writers
from tests.arqctl.command_line import run

Capture = pytest.CaptureFixture[str]
FIGURE = {"title": "a title", "kind": "assumed", "source": "https://example.com/figure"}

IN_LEDGER = {"namespace": "${kubernetes_namespace_v1.n.metadata[0].name}"}
SCALED = json.dumps({"objects": [{"kind": "ScaledObject", "metadata": {"name": "api", **IN_LEDGER}}]})
USERS = [
    {"name": "api", "has_schema": True, "writes": []},
    {"name": "settlement", "has_schema": False, "writes": ["api"]},
    {"name": "worker", "has_schema": True, "writes": ["api"]},
    {"name": "reports", "has_schema": False, "writes": []},
]
SNAPSHOTS = Path(__file__).parents[2] / "snapshots"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    row = {"how": "the standby", "rpo_seconds": 300.0, "steps": [["page", 300.0], ["rds-promotion", 540.0]]}
    recovery = {
        "recovery": [{"loss": "region", "data": "services", "reachable": row}],
        "figures": {"page": FIGURE, "rds-promotion": {**FIGURE, "kind": "published"}},
    }
    stacks: dict[str, Any] = {
        "live": {
            "output": {
                "recovery": {"value": json.dumps(recovery)},
                "database_users": {"value": json.dumps({"users": USERS})},
            },
            "provider": {"aws": [{"region": "eu-west-1", "allowed_account_ids": ["123456789012"]}]},
            "resource": {
                "aws_cloudfront_key_value_store": {"s": {"name": "live-site-region-switch"}},
                "aws_db_instance": {"d": {"identifier": "live-database", "engine": "postgres"}},
                "aws_eks_cluster": {"c": {"name": "live-cluster"}},
            },
        },
        "live-platform": {
            "resource": {
                "kubernetes_namespace_v1": {"n": {"metadata": {"name": "ledger"}}},
                "kubernetes_deployment_v1": {
                    "a": {"metadata": {"name": "api", **IN_LEDGER}, "spec": {"replicas": "3"}},
                    # It writes nothing, so that its namespace does not matter.
                    "r": {"metadata": {"name": "reports", "namespace": "${local.unknown}"}},
                },
                "kubernetes_cron_job_v1": {"s": {"metadata": {"name": "settlement", "namespace": "jobs"}}},
                "helm_release": {"s": {"values": [SCALED]}},
            }
        },
        "live-standby": {
            # Terraform also accepts one provider without a list.
            "provider": {"aws": {"region": "eu-central-1"}},
            "resource": {
                "aws_sfn_state_machine": {"f": {"name": "live-standby-failover"}},
                "aws_db_instance": {"d": {"identifier": "live-standby-database"}},
            },
        },
    }
    entries = {}
    for name, document in stacks.items():
        path = f"stacks/{name}/cdk.tf.json"
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(json.dumps(document))
        entries[name] = {"name": name, "synthesizedStackPath": path}
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": entries}))
    return tmp_path


@pytest.mark.parametrize(
    ("minutes", "code", "end"),
    [(15, 0, "15 minutes hold: it takes 14:00, and leaves 01:00"), (10, 4, "10 minutes do not hold")],
)
def test_the_clock_adds_the_figures(folder: Path, capsys: Capture, minutes: int, code: int, end: str) -> None:
    status, output, _ = run(
        capsys, "drill", "region", "live", "--minutes", str(minutes), "--from", str(folder)
    )
    assert status == code
    assert "05:00 to 14:00  a title  technical  budget" in output
    assert "rds-promotion (published): https://example.com/figure" in output
    assert "Changes of the last 05:00 are lost." in output
    assert end in output


def test_a_record_is_marked_as_simulated(folder: Path, capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "drills.json"
    file.write_text("[{}]")
    run(capsys, "drill", "region", "live", "--record", str(file), "--from", str(folder))
    _, record = json.loads(file.read_text())
    assert (record["rto_minutes"], record["rpo_minutes"], record["simulated"]) == (14.0, 5.0, True)


def test_people_and_the_technical_order_have_their_own_sums(folder: Path, capsys: Capture) -> None:
    _, output, _ = run(capsys, "drill", "region", "live", "--minutes", "10", "--from", str(folder))
    assert "Detection and decision by people take 05:00, the technical order 09:00." in output
    assert "people     budget 01:00, over by 04:00" in output
    assert "It would hold if" in output


def test_the_order_on_offline_aws_needs_the_project(folder: Path, capsys: Capture) -> None:
    status, _, errors = run(capsys, "drill", "region", "live", "--offline", "--from", str(folder))
    assert (status, "Leave out --from" in errors) == (2, True)


def test_the_document_has_the_names_of_the_environment(folder: Path, capsys: Capture) -> None:
    status, output, _ = run(capsys, "drill", "gameday", "live", "--from", str(folder))
    assert status == 0
    for name in ("live-standby-failover", "live-standby-database", "live-site-region-switch", "eu-central-1"):
        assert name in output
    promoted, _, back = output.partition("9. Go back")
    assert (
        "Set `promoted=True` of `standby`, and deploy `live-standby` and `live-standby-platform`" in promoted
    )
    assert "`arqctl database login live-standby`" in promoted
    assert "`gh workflow disable deploy.yml`" in promoted
    assert "`arqctl runbook failback live`" in back
    assert "| a title | 05:00 | 14:00 | [published](https://example.com/figure) | 09:00 | |" in output


def test_the_document_stops_all_writers_before_the_approval(folder: Path, capsys: Capture) -> None:
    _, output, _ = run(capsys, "drill", "gameday", "live", "--from", str(folder))
    stopped, _, _ = output.partition("4. The approver answers")
    assert "`kubectl scale deployment/api --namespace ledger --replicas 0`" in stopped
    assert "`kubectl patch cronjob/settlement --namespace jobs" in stopped
    assert "`kubectl annotate scaledobject/api --namespace ledger --overwrite" in stopped
    assert "`aws eks update-kubeconfig --region eu-west-1 --name live-cluster`" in stopped
    # Without writes, the lag does not stay 0.
    assert "pg_last_wal_replay_lsn" in stopped
    assert "# Stop what logs in as worker" in stopped
    assert "reports" not in stopped


def test_an_abort_starts_the_writers_again(folder: Path, capsys: Capture) -> None:
    """An autoscaler starts no first pod, and Terraform keeps the number."""
    _, output, _ = run(capsys, "drill", "gameday", "live", "--from", str(folder))
    _, _, abort = output.partition("## Abort")
    started, _, _ = abort.partition("## Steps")
    assert "scaledobject/api --namespace ledger autoscaling.keda.sh/paused-replicas-`" in started
    assert "`kubectl scale deployment/api --namespace ledger --replicas 3`" in started
    assert (
        '`kubectl patch cronjob/settlement --namespace jobs --patch \'{"spec":{"suspend":false}}\'`'
        in started
    )


def test_the_procedure_stops_all_workloads_of_production_that_write() -> None:
    def stack(name: str) -> Stack:
        text = (SNAPSHOTS / f"{name}.json").read_text()
        return Stack(name, "production", SNAPSHOTS, text, json.loads(text))

    writers = find_writers("production", [stack("production"), stack("production-platform")])
    page = (Path(__file__).parents[3] / "docs/failover.md").read_text()
    names = {re.split(r"[/ ]", command.partition("/")[2])[0] for command in writers.stop}
    assert names == {"api", "receipts", "settlement"}
    for command in (*writers.select, *writers.stop, *writers.start, *writers.start_jobs):
        assert f"$ {command}\n" in page


def test_a_namespace_that_only_the_deployment_knows_is_invalid(folder: Path, capsys: Capture) -> None:
    file = folder / "stacks/live-platform/cdk.tf.json"
    file.write_text(file.read_text().replace('"jobs"', '"${data.other.name}"'))
    status, _, errors = run(capsys, "drill", "gameday", "live", "--from", str(folder))
    assert status == 2
    assert "kubernetes_cron_job_v1.s: metadata.namespace must be known before the deployment" in errors


def test_an_environment_without_standby_has_no_failover(folder: Path, capsys: Capture) -> None:
    status, _, errors = run(capsys, "drill", "region", "live-standby", "--from", str(folder))
    assert status == 2
    assert "standby" in errors
