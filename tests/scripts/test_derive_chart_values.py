from pathlib import Path

import pytest

from scripts.derive_chart_values import derive

FILES = {
    "Chart.yaml": "name: example\nversion: 1.0.0\ndependencies: [{name: child, alias: other}]\n",
    "values.yaml": """
replicas: 2
enabled: true
image: {repository: example.com/image, tag: ""}
resources: {}
tolerations: []
affinity: {nodeAffinity: {required: []}}
nodeSelector: {kubernetes.io/os: linux}
annotations: {prometheus.io/scrape: "true"}
securityContext: {operator: {runAsNonRoot: true}}
name:
settings.ini: {server: {domain: ""}}
""",
    "values.schema.json": """{
        "$defs": {"port": {"type": ["integer", "null"]}},
        "properties": {"name": {"type": "string"}, "port": {"$ref": "#/$defs/port"}, "free": true}
    }""",
    "templates/a.yaml": """
{{- with .Values.affinity }}
# A comment.
{{- $_ := include "patch" $ }}
affinity:
  {{- toYaml . | nindent 8 }}
{{- end }}
{{- with .Values.image }}{{- with .tag }}{{ toYaml . }}{{ end }}{{ end }}
nodeSelector: {{ toYaml $.Values.nodeSelector | nindent 2 }}
{{- if .Values.securityContext.operator }}
{{ toYaml .Values.securityContext.operator }}
{{- else }}
{{ toYaml .Values.securityContext }}
{{- end }}
timeout: {{ .Values.undocumented.timeout }}
{{- range $section, $settings := index .Values "settings.ini" }}
[{{ $section }}]
{{- end }}
""",
}
KEYS = {
    "replicas": "number",
    "enabled": "boolean",
    "image.repository": "string",
    "image.tag": "string",
    "resources": "map",
    "tolerations": "list",
    "affinity": "map",
    "nodeSelector": "map",
    r"annotations.prometheus\.io/scrape": "string",
    "securityContext.operator": "map",
    "name": "string",
    r"settings\.ini": "map",
    "port": "number",
    "free": "any",
    "undocumented.timeout": "any",
    "other": "map",
}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_keys_come_from_values_schema_and_templates(chart: Path) -> None:
    assert derive(chart) == KEYS


def test_chart_without_values_has_no_keys(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("name: example\n")
    (tmp_path / "values.yaml").write_text("")
    assert derive(tmp_path) == {}
