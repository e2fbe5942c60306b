import json
import re
from pathlib import Path

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform import log_pipeline
from constructs_arq.platform.alloy import Alloy, AlloyConfig
from constructs_arq.platform.alloy_syntax import Block, Expression, Value, render
from constructs_arq.platform.log_pipeline import LABELS, LogPipelineConfig, collector_configuration
from constructs_arq.platform.log_redaction import REDACTIONS
from constructs_arq.platform.log_store import LogStore, LogStoreConfig
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.support_matrix import Chart, find_release
from constructs_arq.platform.target import AddonTarget
from constructs_arq.services import nginx_settings
from constructs_arq.storage.bucket import LogBucket
from tests.platform.addon_stack import Values, synthesize_addons, values_of
from tests.platform.alloy_components import validate_alloy
from tests.platform.alloy_parser import ParsedBlock, parse
from tests.platform.test_log_receiver_pipeline import run
from tests.support import Synthesized

LOCAL = Path("services/alloy/config.alloy")
VALID = 'loki.write "a" {\n  endpoint {\n    url = "http://loki"\n  }\n}\n'
PROCESS = 'loki.process "b" {\n  forward_to = RECEIVERS\n}\n'


def build(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
    access_logs = LogBucket(stack, "access-logs", retention_days=365)
    loki = Loki(
        stack,
        "loki",
        target=target,
        store=LogStore(stack, "log-store", access_logs=access_logs, config=LogStoreConfig()),
        volumes=StorageClass(stack, "encrypted-gp3", key=cluster.key),
        config=LokiConfig(),
    )
    agents = Namespace(stack, "node-agents", name="node-agents", pod_security="privileged")
    Alloy(
        stack,
        "alloy",
        target=target,
        namespace=agents,
        loki=loki,
        multiline_namespaces=["shop"],
        config=AlloyConfig(),
    )


def configuration(*, keep_debug: bool = False) -> str:
    return collector_configuration(
        LogPipelineConfig(keep_debug=keep_debug),
        url="http://loki:3100",
        tenant="test",
        multiline_namespaces=["shop", "delivery"],
    )


def stages(text: str) -> list[ParsedBlock]:
    [process] = [each for each in validate_alloy(text) if each.name == "loki.process"]
    return process.blocks


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.ALLOY)


def test_alloy_knows_all_of_the_configuration(values: Values) -> None:
    content = values["alloy"]["configMap"]["content"]
    validate_alloy(content)
    assert content == re.sub(r"\{\{|\$\{|%\{", "", content), "Helm or Terraform would evaluate it"


def test_alloy_knows_all_of_the_local_configuration() -> None:
    validate_alloy(LOCAL.read_text(encoding="utf-8"))


def test_the_local_version_is_that_of_the_chart() -> None:
    found = re.findall(r"grafana/alloy:(\S+?)@", Path("compose.yaml").read_text(encoding="utf-8"))
    assert found == [find_release(Chart.ALLOY).app_version]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (VALID.replace("url", "uri"), "no argument uri"),
        (VALID.replace("endpoint", "endpoints"), "no block endpoints"),
        (VALID.replace('url = "http://loki"', 'tenant_id = "a"'), "needs .'url'"),
        (VALID.replace('"http://loki"', "3100"), "url is a string"),
        (VALID.replace('"http://loki"', "loki.write.a.url"), "exports .'receiver'"),
        (VALID.replace("loki.write", "loki.writer"), "no keys of loki.writer"),
        (VALID + VALID, "there twice"),
        (VALID.replace(' "a"', ""), "label"),
        (VALID + PROCESS.replace("RECEIVERS", "[loki.write.c.receiver]"), "no component loki.write.c"),
        (VALID + PROCESS.replace("RECEIVERS", "loki.write.a.receiver"), "forward_to is a list"),
        (VALID.replace('"http://loki"', '"http://loki"\n    max_backoff_period = "30"'), "is a duration"),
        (VALID.replace("\n  }\n}", "\n  }"), "expected a name"),
        (VALID.replace('"http://loki"', '"http://loki'), "unexpected"),
        (VALID.replace('"http://loki"', '"a" name = "b"'), "two statements"),
        (VALID.replace('"http://loki"', '"a"\n    url = "b"'), "set twice"),
        (VALID.replace('"http://loki"', r'"\d"'), "no valid escape"),
    ],
)
def test_invalid_configurations_fail(text: str, message: str) -> None:
    validate_alloy(VALID)
    with pytest.raises(AssertionError, match=message):
        validate_alloy(text)


def test_values_are_rendered_in_the_syntax_of_alloy() -> None:
    arguments: dict[str, Value] = {
        "text": 'a "quoted" text\n',
        "expression": r"\d+\"",
        "number": 1,
        "yes": True,
        "items": ["a", Expression("b.c.d")],
        "pairs": {"key": "value"},
    }
    [block] = parse(render([Block(name="a.b", label="c", arguments=arguments, blocks=[Block(name="empty")])]))
    assert (block.name, block.label) == ("a.b", "c")
    assert {**block.arguments, "items": None} == {**arguments, "items": None}
    assert [each.name for each in block.blocks] == ["empty"]


def test_streams_have_few_labels() -> None:
    *_, keep, limit = stages(configuration())
    assert keep.name == "stage.label_keep"
    assert set(keep.arguments["values"]) == set(LABELS) == {"namespace", "app", "container", "level"}
    assert limit.arguments["drop"] is True


def test_all_redactions_come_before_fields_are_read() -> None:
    found = stages(configuration())
    names = [each.name for each in found]
    replaced = [
        each.arguments["expression"]
        for each in found
        if each.name == "stage.replace" and "source" not in each.arguments
    ]
    assert replaced == [each.expression for each in REDACTIONS]
    last = names.index("stage.replace") + len(replaced) - 1
    assert set(names[last - len(replaced) + 1 : last + 1]) == {"stage.replace"}
    readers = {"stage.regex", "stage.json", "stage.labels", "stage.structured_metadata"}
    assert last < min(names.index(each) for each in readers)


def test_debug_lines_are_dropped_unless_they_are_kept() -> None:
    def reasons(text: str) -> set[str]:
        return {each.arguments["drop_counter_reason"] for each in stages(text) if each.name == "stage.drop"}

    assert reasons(configuration()) - reasons(configuration(keep_debug=True)) == {"debug"}
    assert "health_check" in reasons(configuration())


@pytest.mark.parametrize(
    ("pod", "app"),
    [
        ("api-6d4cf56db6-x2x4z", "api"),
        ("nginx-gateway-fabric-7f9c8b7d5-9xk2l", "nginx-gateway-fabric"),
        ("loki-0", "loki"),
        ("prometheus-server-12", "prometheus-server"),
        ("aws-node-8hqzn", "aws-node"),
        ("kube-proxy-b7xkt", "kube-proxy"),
        ("settlement-29384756-7wqxf", "settlement"),
        ("migrator-4c6tz", "migrator"),
    ],
)
def test_app_is_the_name_without_generated_ends(pod: str, app: str) -> None:
    found = re.fullmatch(log_pipeline._APP, pod, re.ASCII)
    assert found
    assert found[1] == app


def test_labels_come_from_the_path() -> None:
    path = "/var/log/pods/shop_api-6d4cf56db6-x2x4z_3f9c0b6e-8d8a-4d70-9a2c-0c9b7f1d2e3f/api/0.log"
    found = re.fullmatch(log_pipeline._PATH, path)
    assert found
    assert found.groups() == ("shop", "api-6d4cf56db6-x2x4z", "api")


def is_of_level(block: ParsedBlock) -> bool:
    return block.name == "stage.regex" or (
        block.name == "stage.replace" and block.arguments.get("source") == "level"
    )


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('{"event": "started", "level": "info", "logger": "services.api"}', "info"),
        ('{"level":"ERROR","msg":"failed"}', "error"),
        ('ts=2026-11-29T22:00:00Z caller=a.go:1 level=warn msg="slow"', "warning"),
        ('{"level": "WARN"}', "warning"),
        ('{"level": "Warning"}', "warning"),
        ('{"level": "Error"}', "error"),
        ("level=err", "error"),
        ("level=notice", "info"),
        ("level=FATAL", "critical"),
        ("level=panic", "critical"),
        ("level=trace", "debug"),
        ('{"severity": "critical"}', "critical"),
        ("the level of the sea", None),
        ('{"level": "verbose"}', None),
    ],
)
def test_level_is_read_from_json_and_logfmt(line: str, level: str | None) -> None:
    assert run("pods", line, [each for each in stages(configuration()) if is_of_level(each)]) == (
        line,
        level,
    )


def test_health_checks_are_found_in_the_access_log_of_nginx() -> None:
    def entry(status: str, user_agent: str) -> str:
        fields = json.loads(nginx_settings.access_log_format())
        return json.dumps({**fields, "status": status, "user_agent": user_agent})

    found = re.compile(log_pipeline._HEALTH_CHECK)
    assert found.search(entry("200", "kube-probe/1.35"))
    assert found.search(entry("200", "ELB-HealthChecker/2.0"))
    assert not found.search(entry("503", "ELB-HealthChecker/2.0"))
    assert not found.search(entry("200", "Mozilla/5.0"))


def test_fields_of_metadata_are_those_of_nginx_and_the_api() -> None:
    fields = json.loads(nginx_settings.access_log_format())
    assert {"request_id", "trace", "client"} <= fields.keys()


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ('{"event": "started"}', True),
        ("Traceback (most recent call last):", True),
        ('  File "/app/services/api/app.py", line 1, in main', False),
        ("ValueError: no such account", False),
        ("INFO:     Started server process [1]", True),
    ],
)
def test_a_traceback_is_one_entry(line: str, starts: bool) -> None:
    assert bool(re.search(log_pipeline._FIRST_LINE, line)) is starts


def test_a_new_pod_continues_where_the_one_before_stopped(values: Values) -> None:
    [folder] = [
        each["hostPath"]["path"]
        for each in values["controller"]["volumes"]["extra"]
        if each["name"] == "state"
    ]
    [mount] = [each for each in values["alloy"]["mounts"]["extra"] if each["name"] == "state"]
    assert folder == mount["mountPath"] == values["alloy"]["storagePath"]
    assert "readOnly" not in mount


def test_it_uses_two_folders_of_the_node_and_has_no_rights(values: Values) -> None:
    volumes = values["controller"]["volumes"]["extra"]
    paths = {each["name"]: each["hostPath"]["path"] for each in volumes if "hostPath" in each}
    assert paths == {"pod-logs": "/var/log/pods", "state": "/var/lib/alloy"}
    [mount] = [each for each in values["alloy"]["mounts"]["extra"] if each["name"] == "pod-logs"]
    assert mount["readOnly"] is True
    context = values["alloy"]["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert (context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"]) == (False, True)
    assert "privileged" not in context
    assert values["rbac"] == {"create": False}
    assert values["serviceAccount"]["automountServiceAccountToken"] is False


def test_it_connects_to_loki(synthesized: Synthesized) -> None:
    egress = synthesized.one("kubernetes_network_policy_v1", "alloy/loki")["spec"]["egress"]
    ingress = synthesized.one("kubernetes_network_policy_v1", "loki/alloy")["spec"]["ingress"]
    assert [each["ports"] for each in egress] == [[{"port": "3100", "protocol": "TCP"}]]
    assert egress[0]["to"][0]["pod_selector"] == {"match_labels": {"app.kubernetes.io/instance": "loki"}}
    assert ingress[0]["from"][0]["pod_selector"] == {"match_labels": {"app.kubernetes.io/instance": "alloy"}}
