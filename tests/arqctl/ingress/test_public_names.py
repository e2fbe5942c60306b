"""The report states for each host of a route whether CloudFront sends its requests to the cluster."""

import shutil
from pathlib import Path

import pytest
import yaml

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.public_names import find_public_names
from tests.arqctl.command_line import run as run_command
from tests.arqctl.ingress.migrations import entries, make_ingress, run

NAMES = {"partners.arq.example": ("*",), "app.arq.example": ("/api/*", "/graphql")}
EXPRESSION = {"use-regex": "true"}


@pytest.mark.parametrize(
    ("host", "paths", "status"),
    [
        ("partners.arq.example", [("/", "Prefix"), ("/x", "Exact")], Status.MIGRATED),
        (
            "app.arq.example",
            [("/api", "Prefix"), ("/api/v1/", "Prefix"), ("/graphql", "Exact")],
            Status.MIGRATED,
        ),
        ("app.arq.example", [("/", "Prefix")], Status.MISSING),
        ("app.arq.example", [("/apis", "Prefix")], Status.MISSING),
        ("app.arq.example", [("/graphql", "Prefix")], Status.MISSING),
        ("app.arq.example", [("/api", "Exact")], Status.MISSING),
        ("docs.arq.example", [("/", "Prefix")], Status.MISSING),
        ("*.arq.example", [("/", "Prefix")], Status.MISSING),
    ],
    ids=["host", "site", "pages", "like-api", "below-path", "api-itself", "other", "wildcard"],
)
def test_hosts_and_paths_that_cloudfront_does_not_send_are_reported(
    host: str, paths: list[tuple[str, str]], status: Status
) -> None:
    migration = run(make_ingress(host=host, paths=paths), names=NAMES)
    assert entries(migration, Kind.NAME)[host].status is status
    assert migration.is_complete is (status is Status.MIGRATED)


def test_an_expression_needs_a_host_whose_requests_all_reach_the_cluster() -> None:
    paths = [("/api/v[0-9]+", "ImplementationSpecific")]
    for host, status in (("partners.arq.example", Status.MIGRATED), ("app.arq.example", Status.MISSING)):
        migration = run(make_ingress(EXPRESSION, host=host, paths=paths), names=NAMES)
        assert entries(migration, Kind.NAME)[host].status is status


def test_the_notes_contain_the_fix() -> None:
    missing = entries(run(make_ingress(host="docs.arq.example"), names=NAMES), Kind.NAME)["docs.arq.example"]
    assert "gets no requests. Add it to `hosts` of the environment" in missing.note
    pages = entries(run(make_ingress(host="app.arq.example"), names=NAMES), Kind.NAME)["app.arq.example"]
    assert "only /api/*, /graphql to the cluster, not /. Add the paths to `api_paths`" in pages.note


def test_without_an_environment_each_host_must_be_added() -> None:
    migration = run(make_ingress({"server-alias": "www.arq.example"}, host="docs.arq.example"))
    found = entries(migration, Kind.NAME)
    assert set(found) == {"docs.arq.example", "www.arq.example"}
    assert {each.status for each in found.values()} == {Status.CHANGED}
    assert "Add it to `hosts`" in found["www.arq.example"].note
    assert migration.is_complete


def test_names_and_paths_are_those_of_the_committed_environment(assembly_dir: Path) -> None:
    names = find_public_names(select_stacks(read_assembly(assembly_dir), "production"))
    assert names == {"app.arq.example": ["/api/*"], "partners.arq.example": ["*"]}


def test_the_command_checks_the_hosts_of_an_environment(
    assembly_dir: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ingress = make_ingress(host="partners.arq.example").model_dump(by_alias=True, exclude_none=True)
    document = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", **ingress}
    document.pop("source", None)
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(document))
    command = [
        "ingress",
        "migrate",
        str(tmp_path),
        "--environment",
        "production",
        "--from",
        str(assembly_dir),
    ]
    code, output, _ = run_command(capsys, *command)
    assert (code, "migrated       public name partners.arq.example -> CloudFront" in output) == (0, True)
    shutil.copy(Path(__file__).parent / "manifests" / "shop.yaml", tmp_path)
    code, output, _ = run_command(capsys, *command)
    assert code == 4
    assert "no counterpart public name shop.example.com" in output
