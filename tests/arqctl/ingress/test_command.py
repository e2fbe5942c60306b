"""The command `arqctl ingress migrate`: files, formats and exit codes."""

import json
from pathlib import Path

import pytest
import yaml

from tests.arqctl.command_line import run

MANIFESTS = Path(__file__).parent / "manifests"
SHOP = MANIFESTS / "shop.yaml"
WRITTEN = "# Written by `arqctl ingress migrate`. Read its report before you apply this file.\n"


def test_routes_are_written_and_the_exit_code_is_0(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, output, _ = run(capsys, "ingress", "migrate", str(SHOP), "--output", str(tmp_path / "routes.yaml"))
    assert code == 0
    assert "shop/api" in output
    text = (tmp_path / "routes.yaml").read_text()
    documents = list(yaml.safe_load_all(text))
    assert [each["metadata"]["name"] for each in documents if each["kind"] == "HTTPRoute"] == [
        "api",
        "web",
        "web-www-shop-example-com",
    ]
    assert "&id" not in text
    assert documents[0]["spec"]["parentRefs"] == [{"namespace": "gateway", "name": "gateway"}]


def test_a_missing_counterpart_has_exit_code_4(capsys: pytest.CaptureFixture[str]) -> None:
    code, output, _ = run(capsys, "ingress", "migrate", str(MANIFESTS))
    assert code == 4
    assert "no route, because without whitelist-source-range" in output
    assert "unknown        annotation proxy-red-timeout: 30" in output
    assert "skipped, because it has the class alb" in output
    assert "1 without routes" in output


def test_empty_fields_and_default_classes_are_those_of_kubernetes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "objects.yaml").write_text(
        """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app
  namespace: null
  annotations:
spec:
  tls:
  rules:
    - http:
        paths:
          - path:
            pathType: ImplementationSpecific
            backend: { service: { name: app, port: { number: 80 } } }
"""
    )
    code, output, _ = run(capsys, "ingress", "migrate", str(tmp_path))
    assert code == 0
    assert "path */: ImplementationSpecific -> PathPrefix /" in output
    (tmp_path / "class.yaml").write_text(
        """
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: alb, annotations: { ingressclass.kubernetes.io/is-default-class: "true" } }
spec: { controller: ingress.k8s.aws/alb }
"""
    )
    _, output, _ = run(capsys, "ingress", "migrate", str(tmp_path))
    assert "skipped, because it has the class alb" in output


def test_classes_of_the_controller_are_found(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        SHOP.read_text().replace("ingressClassName: nginx", "ingressClassName: web")
    )
    _, output, _ = run(capsys, "ingress", "migrate", str(tmp_path))
    assert output.count("skipped") == 3
    code, output, _ = run(capsys, "ingress", "migrate", str(tmp_path), "--class", "web")
    assert (code, output.count("skipped")) == (0, 0)
    (tmp_path / "class.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: web}\n"
        "spec: {controller: k8s.io/ingress-nginx}\n"
    )
    _, output, _ = run(capsys, "ingress", "migrate", str(tmp_path))
    assert "skipped" not in output


@pytest.mark.parametrize("format_", ["text", "md", "json"])
def test_each_format_contains_each_annotation(capsys: pytest.CaptureFixture[str], format_: str) -> None:
    _, output, _ = run(capsys, "ingress", "migrate", str(MANIFESTS), "--format", format_)
    documents = [each for file in MANIFESTS.iterdir() for each in yaml.safe_load_all(file.read_text())]
    ingresses = [
        item for each in documents for item in each.get("items", [each]) if item["kind"] == "Ingress"
    ]
    names = {name for each in ingresses for name in each["metadata"].get("annotations", {})}
    assert len(names) > 20
    assert [name for name in names if name.removeprefix("nginx.ingress.kubernetes.io/") not in output] == []


def test_json_has_the_objects_and_the_entries(capsys: pytest.CaptureFixture[str]) -> None:
    _, output, _ = run(capsys, "ingress", "migrate", str(MANIFESTS), "--format", "json")
    report = json.loads(output)
    assert report["complete"] is False
    admin = next(each for each in report["ingresses"] if each["name"] == "tools/admin")
    assert admin["held"] is True
    assert admin["objects"] == []
    assert {entry["status"] for entry in admin["entries"]} >= {"unknown", "no counterpart"}


def test_markdown_cannot_be_broken_by_values(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    manifest = yaml.safe_load(SHOP.read_text().split("---")[0])
    manifest["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/affinity": "a|b\n<script>"}
    (tmp_path / "one.json").write_text(json.dumps(manifest))
    _, output, _ = run(capsys, "ingress", "migrate", str(tmp_path), "--format", "md")
    assert "a\\|b &lt;script>" in output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ .Values }}: [", "is no valid YAML"),
        ("kind: Service\nmetadata: {name: a}", "contains no Ingress"),
        ("kind: ConfigMap\nmetadata: {name: a}\ndata: {b: 1}", "ConfigMap a: data.b"),
        ("kind: IngressClass\nmetadata: {}", "IngressClass without a name: metadata.name"),
    ],
)
def test_invalid_input_has_exit_code_2_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.yaml").write_text(text)
    target = tmp_path / "routes.yaml"
    target.write_text(WRITTEN)
    code, output, error = run(capsys, "ingress", "migrate", str(tmp_path), "--output", str(target))
    assert (code, output) == (2, "")
    assert message in error
    assert "Traceback" not in error
    assert not target.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a, namespace: b}",
            "Ingress b/a ({file}): skipped, because it is invalid\n  invalid        object apiVersion",
        ),
        (
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: {b: 1}}",
            "Ingress a: metadata.annotations.b",
        ),
        ("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {}\n", "metadata.name"),
        ("kind: Service\nmetadata: {name: a}\nspec: {ports: [{name: http}]}", "Service a: spec.ports.0.port"),
        ("kind: List\nitems: [null]", "It is no object, but None"),
        ("kind: List\nitems: [{kind: List, items: [5]}]", "It is no object, but 5"),
    ],
)
def test_an_invalid_object_is_reported_and_the_others_are_migrated(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.yaml").write_text(text)
    target = tmp_path / "out" / "routes.yaml"
    code, output, _ = run(capsys, "ingress", "migrate", str(tmp_path), str(SHOP), "--output", str(target))
    assert code == 4
    assert message.format(file=tmp_path / "a.yaml") in output
    routes = [each for each in yaml.safe_load_all(target.read_text()) if each["kind"] == "HTTPRoute"]
    assert len(routes) == 3


def test_no_route_of_a_duplicate_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHOP.read_text().split("---")[0])
    target = tmp_path / "out" / "routes.yaml"
    code, output, _ = run(capsys, "ingress", "migrate", str(tmp_path), str(SHOP), "--output", str(target))
    assert code == 4
    assert "object metadata.name" in output
    assert "is in several manifests" in output
    duplicate = yaml.safe_load(SHOP.read_text().split("---")[0])["metadata"]["name"]
    routes = [each for each in yaml.safe_load_all(target.read_text()) if each["kind"] == "HTTPRoute"]
    assert routes
    assert not [each for each in routes if each["metadata"]["name"].startswith(duplicate)]


def test_a_file_of_somebody_else_stays_after_a_failure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "routes.txt"
    target.write_text("my notes")
    code, _, _ = run(capsys, "ingress", "migrate", str(tmp_path / "missing"), "--output", str(target))
    assert (code, target.read_text()) == (2, "my notes")


@pytest.mark.parametrize("name", ["auth-url", "whitelist-source-range"])
def test_annotations_with_another_prefix_open_no_route(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    manifest = yaml.safe_load(SHOP.read_text().split("---")[0])
    manifest["metadata"]["annotations"] = {f"custom.prefix.example/{name}": "10.0.0.0/8"}
    (tmp_path / "one.yaml").write_text(json.dumps(manifest))
    arguments = ("ingress", "migrate", str(tmp_path), "--format", "json")
    code, output, _ = run(capsys, *arguments)
    [found] = json.loads(output)["ingresses"]
    assert (code, found["held"], found["objects"]) == (4, True, [])
    assert "--annotations-prefix" in found["entries"][0]["note"]
    code, output, _ = run(capsys, *arguments, "--annotations-prefix", "custom.prefix.example", "--snippets")
    [found] = json.loads(output)["ingresses"]
    assert [each["name"] for each in found["entries"] if each["kind"] == "annotation"] == [name]


def test_all_problems_are_reported_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    code, _, error = run(capsys, "ingress", "migrate", str(tmp_path), str(tmp_path / "missing"))
    assert code == 2
    assert "3 problems" in error


def test_an_invalid_gateway_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, error = run(capsys, "ingress", "migrate", str(SHOP), "--gateway", "public")
    assert code == 2
    assert "'public' is no gateway" in error
