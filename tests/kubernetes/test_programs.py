import subprocess
from pathlib import Path

from tests.kubernetes.programs import find_program, run_helm


def test_kubectl_has_the_version_of_the_environments() -> None:
    run = subprocess.run(
        [find_program("kubectl"), "version", "--client"], capture_output=True, text=True, check=True
    )
    assert "v1.35." in run.stdout


def test_helm_renders_a_chart(tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: example\nversion: 1.0.0\n")
    (chart / "templates/map.yaml").write_text("name: {{ .Values.name }}\n")
    rendered = run_helm("template", "release", chart, "--set", "name=value", folder=tmp_path)
    assert "name: value" in rendered
