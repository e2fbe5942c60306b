"""The script compares the definitions in archives of charts with those of a cluster. The test serves both."""

import copy
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release
from scripts.chart_definitions import OF_OTHER_RELEASES, main
from tests.scripts.repositories import Repositories, set_digest
from tests.workflows.workflow_loader import ROOT

Capture = pytest.CaptureFixture[str]
Definition = dict[str, Any]
LBC = find_release(Chart.AWS_LOAD_BALANCER_CONTROLLER)
NGF = find_release(Chart.NGINX_GATEWAY_FABRIC)
TITLE = f"{LBC.chart} {LBC.version}"
BINDINGS = "targetgroupbindings.elbv2.k8s.aws"
COMMAND = "python scripts/chart_definitions.py upgrade aws-load-balancer-controller\n"

# As the project generates it: the API server fills in and drops fields.
TARGET_GROUP_BINDINGS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: targetgroupbindings.elbv2.k8s.aws}
spec:
  group: elbv2.k8s.aws
  scope: Namespaced
  names: {kind: TargetGroupBinding, plural: targetgroupbindings, shortNames: []}
  versions:
  - name: v1beta1
    served: true
    storage: true
    deprecated: false
    subresources: {status: {}}
    additionalPrinterColumns:
    - {name: ARN, jsonPath: .spec.targetGroupARN, type: string, priority: 0, description: ""}
    schema:
      openAPIV3Schema:
        description: A binding.
        type: object
        required: []
        properties:
          description: {type: string}
          spec:
            type: object
            required: [targetGroupARN]
            properties:
              targetGroupARN: {type: string, description: Its ARN., nullable: false}
              targetType: {type: string, enum: [instance, ip], default: ""}
              weight: {type: integer, minimum: 0}
              labels: {type: object, additionalProperties: {type: string}}
"""


def in_cluster() -> Definition:
    """Return the definition as the API server returns it."""
    definition: Definition = yaml.safe_load(TARGET_GROUP_BINDINGS)
    spec = definition["spec"]
    spec["names"] = {
        "kind": "TargetGroupBinding",
        "listKind": "TargetGroupBindingList",
        "plural": "targetgroupbindings",
        "singular": "targetgroupbinding",
    }
    spec["conversion"] = {"strategy": "None"}
    version = spec["versions"][0]
    del version["deprecated"]
    version["additionalPrinterColumns"] = [
        {"name": "ARN", "jsonPath": ".spec.targetGroupARN", "type": "string"}
    ]
    schema = version["schema"]["openAPIV3Schema"]
    del schema["required"], schema["properties"]["spec"]["properties"]["targetGroupARN"]["nullable"]
    schema["description"] = "An older text."
    definition["status"] = {"storedVersions": ["v1beta1"]}
    return definition


def pack(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            content = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def chart_files(definitions: str) -> dict[str, str]:
    return {
        f"{LBC.chart}/Chart.yaml": "name: aws-load-balancer-controller",
        f"{LBC.chart}/crds/crds.yaml": definitions,
        f"{LBC.chart}/crds/kustomization.yaml": "kind: Kustomization\nresources: [crds.yaml]",
        f"{LBC.chart}/templates/crds/other.yaml": "{{ not yaml",
    }


@pytest.fixture
def chart(repositories: Repositories, monkeypatch: pytest.MonkeyPatch) -> Repositories:
    """Serve the chart of the AWS Load Balancer Controller with one definition."""
    serve(repositories, monkeypatch, pack(chart_files(TARGET_GROUP_BINDINGS)))
    return repositories


def serve(repositories: Repositories, monkeypatch: pytest.MonkeyPatch, archive: bytes) -> None:
    index = {"entries": {str(LBC.chart): [{"version": LBC.version, "urls": ["chart.tgz"]}]}}
    repositories.content[f"{LBC.repository}/index.yaml"] = json.dumps(index).encode()
    repositories.content[f"{LBC.repository}/chart.tgz"] = archive
    set_digest(monkeypatch, LBC.chart, archive)


class Cluster:
    """A `kubectl` that returns the definitions in a file, and writes applied ones into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def set(self, *definitions: Definition) -> None:
        (self.folder / "list.json").write_text(json.dumps({"items": definitions}))

    def write(self, script: str) -> None:
        program = self.folder / "kubectl"
        program.write_text(f'#!/bin/sh\ncd {self.folder}\necho "$@" >>calls\n{script}\n')
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


GET = "get --raw /apis/apiextensions.k8s.io/v1/customresourcedefinitions --request-timeout=30s"
APPLY = "apply --server-side --force-conflicts --filename -"
KUBECTL = """case "$1" in
get) cat list.json ;;
apply) python -c 'import json, sys, yaml
print(json.dumps({"items": list(yaml.safe_load_all(sys.stdin))}))' >list.json ;;
esac"""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster(tmp_path)
    made.write(KUBECTL)
    made.set(in_cluster())
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return made


def compare() -> int:
    return main(["compare", LBC.chart])


@pytest.mark.usefixtures("chart", "cluster")
def test_a_definition_as_the_api_server_stores_it_is_the_same(capsys: Capture) -> None:
    assert (compare(), capsys.readouterr().out) == (0, "")


@pytest.mark.usefixtures("chart")
def test_without_a_definition_in_the_cluster_the_chart_is_not_installed_yet(cluster: Cluster) -> None:
    other = copy.deepcopy(in_cluster())
    other["metadata"]["name"] = "certificates.cert-manager.io"
    cluster.set(other)
    assert compare() == 0


def change(path: str, value: object) -> Definition:
    """Return the cluster's definition with another value at a path in its spec. None removes it."""
    definition = in_cluster()
    at: Any = definition["spec"]
    *keys, last = (int(key) if key.isdigit() else key for key in path.split("/"))
    for key in keys:
        at = at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return definition


SPEC = "versions/0/schema/openAPIV3Schema/properties/spec/"
AT = "versions.v1beta1.schema.properties.spec"


@pytest.mark.usefixtures("chart")
@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("scope", "Cluster", "scope is 'Cluster' in the cluster and 'Namespaced' in the chart"),
        (
            "names/kind",
            "Binding",
            "names.kind is 'Binding' in the cluster and 'TargetGroupBinding' in the chart",
        ),
        ("names/categories", ["all"], "names.categories is only in the cluster"),
        (
            "conversion",
            {"strategy": "Webhook"},
            "conversion is 'Webhook' in the cluster and 'None' in the chart",
        ),
        ("versions/0/name", "v1alpha1", "versions.v1beta1 is missing in the cluster"),
        ("versions/0/served", False, "versions.v1beta1.served is missing in the cluster"),
        ("versions/0/subresources", None, "versions.v1beta1.subresources is missing in the cluster"),
        (f"{SPEC}properties/weight", None, f"{AT}.properties.weight is missing in the cluster"),
        (
            f"{SPEC}properties/weight/minimum",
            None,
            f"{AT}.properties.weight.minimum is missing in the cluster",
        ),
        (f"{SPEC}properties/targetType/default", None, f"{AT}.properties.targetType.default is missing in"),
        (
            "versions/0/schema/openAPIV3Schema/properties/description",
            None,
            "properties.description is missing",
        ),
        (
            f"{SPEC}properties/targetType/enum",
            ["ip"],
            f"{AT}.properties.targetType.enum is ['ip'] in the cluster and ['instance', 'ip'] in the chart",
        ),
        (
            f"{SPEC}properties/labels/additionalProperties/type",
            "integer",
            f"{AT}.properties.labels.additionalProperties.type is 'integer' in the cluster",
        ),
        (f"{SPEC}x-kubernetes-preserve-unknown-fields", True, "unknown-fields is only in the cluster"),
    ],
)
def test_each_difference_is_named_with_the_command_that_upgrades(
    cluster: Cluster, capsys: Capture, path: str, value: object, line: str
) -> None:
    cluster.set(change(path, value))
    assert compare() == 1
    output = capsys.readouterr().out
    assert f"{TITLE}: {BINDINGS}: " in output
    assert line in output
    assert output.endswith(COMMAND)


def test_a_definition_that_a_new_release_adds_is_missing(
    repositories: Repositories, cluster: Cluster, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = TARGET_GROUP_BINDINGS.replace("targetgroupbindings", "ingressclassparams")
    serve(repositories, monkeypatch, pack(chart_files(f"{TARGET_GROUP_BINDINGS}---{added}")))
    assert compare() == 1
    assert f"{TITLE}: ingressclassparams.elbv2.k8s.aws is missing in the cluster\n" in capsys.readouterr().out
    assert cluster.calls == [GET]


@pytest.mark.usefixtures("chart")
def test_the_upgrade_applies_the_definitions_of_the_chart_and_compares_again(cluster: Cluster) -> None:
    cluster.set(change(f"{SPEC}properties/weight", None))
    assert main(["upgrade", LBC.chart]) == 0
    assert cluster.calls == [GET, APPLY, GET]
    stored = json.loads((cluster.folder / "list.json").read_text())
    assert stored["items"] == [yaml.safe_load(TARGET_GROUP_BINDINGS)]


@pytest.mark.usefixtures("chart")
def test_nothing_is_applied_without_a_difference(cluster: Cluster) -> None:
    assert main(["upgrade", LBC.chart]) == 0
    assert cluster.calls == [GET]


@pytest.mark.usefixtures("chart")
def test_an_upgrade_that_the_api_server_refuses_or_ignores_fails(cluster: Cluster, capsys: Capture) -> None:
    cluster.set(change(f"{SPEC}properties/weight", None))
    cluster.write(KUBECTL.replace("apply)", "apply) exit 1;"))
    assert main(["upgrade", LBC.chart]) == 1
    assert "failed with code 1" in capsys.readouterr().out
    cluster.write(KUBECTL.replace("apply)", "apply) exit 0;"))
    assert main(["upgrade", LBC.chart]) == 1
    assert capsys.readouterr().out.endswith(COMMAND)


@pytest.mark.usefixtures("chart")
@pytest.mark.parametrize("script", ["echo forbidden >&2; exit 1", "echo no JSON", "echo '{}'"])
def test_a_cluster_that_can_not_be_read_fails(cluster: Cluster, capsys: Capture, script: str) -> None:
    cluster.write(script)
    assert compare() == 1
    assert capsys.readouterr().out.startswith("definitions are not compared: /apis/apiextensions")


@pytest.mark.parametrize("content", ["definitions", "crds", "digest", "missing"])
def test_a_chart_that_can_not_be_read_or_verified_fails(
    chart: Repositories, cluster: Cluster, capsys: Capture, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    archive = f"{LBC.repository}/chart.tgz"
    if content == "missing":
        del chart.content[archive]
    elif content == "digest":
        chart.content[archive] = pack(chart_files(""))
    else:
        serve(chart, monkeypatch, b"no archive" if content == "crds" else pack(chart_files("a: b: c")))
    assert compare() == 1
    assert capsys.readouterr().out.startswith("definitions are not compared: ")
    assert not (cluster.folder / "calls").exists()


def test_the_archive_of_an_oci_chart_is_that_of_the_verified_manifest(
    repositories: Repositories, cluster: Cluster, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pack({f"{NGF.chart}/crds/all.yaml": TARGET_GROUP_BINDINGS})
    digest = f"sha256:{hashlib.sha256(archive).hexdigest()}"
    media = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    manifest = json.dumps({"layers": [{"mediaType": media, "digest": digest}]}).encode()
    url = f"https://ghcr.io/v2/nginx/charts/{NGF.chart}"
    repositories.content[f"{url}/manifests/{NGF.version}"] = manifest
    repositories.content[f"{url}/blobs/{digest}"] = archive
    cluster.set(change("scope", "Cluster"))
    assert main(["compare", NGF.chart]) == 1
    assert "support_matrix.toml has no digest" in capsys.readouterr().out
    set_digest(monkeypatch, NGF.chart, manifest)
    assert main(["compare", NGF.chart]) == 1
    assert f"{NGF.chart} {NGF.version}: {BINDINGS}: scope is" in capsys.readouterr().out
    repositories.content[f"{url}/blobs/{digest}"] = b"other"
    assert main(["compare", NGF.chart]) == 1
    assert "the manifest has sha256:" in capsys.readouterr().out


def test_charts_without_their_own_definitions_are_those_that_the_environments_install_so() -> None:
    stack = json.loads((ROOT / "tests/snapshots/production-platform.json").read_text())
    names = {str(each) for each in Chart}
    releases = [each for each in stack["resource"]["helm_release"].values() if each["name"] in names]
    assert {each["name"] for each in releases if each["skip_crds"]} == OF_OTHER_RELEASES


def test_all_other_charts_are_compared_without_names(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[ChartRelease] = []

    def record(release: ChartRelease) -> bytes:
        read.append(release)
        return pack({"chart/Chart.yaml": ""})

    monkeypatch.setattr("scripts.chart_definitions.read_verified_archive", record)
    assert main(["compare"]) == 0
    assert {each.chart for each in read} == {*Chart} - OF_OTHER_RELEASES
    assert cluster.calls == [GET]
