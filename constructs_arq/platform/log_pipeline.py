"""The pipeline of pod logs: files of a node, to Loki.

https://grafana.com/docs/alloy/latest/reference/components/loki/loki.process/
"""

from collections.abc import Sequence
from typing import Final

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.platform.alloy_syntax import Block, Expression, Value, render
from constructs_arq.platform.log_redaction import REDACTIONS
from constructs_arq.platform.log_stages import (
    LEVEL_GROUP,
    OWN_LOGS,
    drop_old_lines,
    limit_lines,
    match,
    read_level,
    redact,
    stage,
    write_to_loki,
)

LOG_FOLDER: Final = "/var/log/pods"
LABELS: Final = ("namespace", "app", "container", "level")
"""All labels of a stream. Each has few values."""
METADATA: Final = ("pod", "node", "request_id", "trace")
"""Fields of a line that have many values, so that they are no labels."""

# The folder of a container: NAMESPACE_POD_UID/CONTAINER.
_PATH = rf"{LOG_FOLDER}/([^_/]+)_([^_/]+)_[^/]+/([^/]+)/[^/]+"
# Kubernetes generates the ends of names from these characters.
# https://github.com/kubernetes/apimachinery/blob/v0.35.0/pkg/util/rand/rand.go
_GENERATED = "[bcdfghjklmnpqrstvwxz2456789]"
# Deployment: APP-HASH-RANDOM. CronJob: APP-TIME-RANDOM. DaemonSet, Job: APP-RANDOM. StatefulSet: APP-NUMBER.
_APP = rf"(.+?)(?:-{_GENERATED}{{6,10}}|-\d{{8}})?(?:-{_GENERATED}{{5}}|-\d{{1,3}})"
_LEVEL = rf"""(?i:\b(?:level|severity)"?\s*[:=]\s*"?){LEVEL_GROUP}\b"""
# Our programs log one JSON object a line. Lines without one, such as a traceback, belong to it.
_FIRST_LINE = r"^(?:\{|Traceback |[A-Z]+:|\d{4}-\d{2}-\d{2})"
_HEALTH_CHECK = r'"status":\s*"?200\b.*"user_agent":\s*"(?:kube-probe|ELB-HealthChecker)/'
# The releases of this package: one on each node, and one for log groups.
_OWN_APPS = "alloy(?:-receiver)?"


class LogPipelineConfig(Config):
    """Settings of the pipeline that an environment can vary."""

    keep_debug: bool = Field(default=False, description="Whether lines of the level debug are kept.")
    lines_per_second: int = Field(
        default=500, ge=10, description="Lines of each app on a node. More are dropped and counted."
    )


def collector_configuration(
    config: LogPipelineConfig, *, url: str, tenant: str, multiline_namespaces: Sequence[str]
) -> str:
    """Return the configuration of Alloy on a node. It reads no API, only the paths and lines of files.

    `url` and `tenant` are those of Loki. `multiline_namespaces` are those of programs that log one JSON
    object a line, besides tracebacks.
    """
    loki = write_to_loki(url=url, tenant=tenant)
    process = Block(
        name="loki.process",
        label="pods",
        arguments={"forward_to": [loki.export("receiver")]},
        blocks=_stages(config, multiline_namespaces),
    )
    files = Block(
        name="local.file_match",
        label="pods",
        arguments={"path_targets": [{"__path__": f"{LOG_FOLDER}/*/*/*.log"}]},
    )
    targets = Block(
        name="discovery.relabel",
        label="pods",
        arguments={"targets": files.export("targets")},
        blocks=_target_rules(),
    )
    source = Block(
        name="loki.source.file",
        label="pods",
        arguments={"targets": targets.export("output"), "forward_to": [process.export("receiver")]},
    )
    return render([OWN_LOGS, files, targets, source, process, loki])


def _target_rules() -> list[Block]:
    """Return the rules that find the labels of a file in its path."""
    path = ["__path__"]
    return [
        *(
            _rule(source_labels=path, regex=_PATH, target_label=label, replacement=f"${group}")
            for group, label in enumerate(("namespace", "pod", "container"), start=1)
        ),
        _rule(source_labels=["pod"], target_label="app"),
        _rule(source_labels=["pod"], regex=_APP, target_label="app", replacement="$1"),
        _rule(target_label="node", replacement=Expression('sys.env("K8S_NODE_NAME")')),
        # Each line about a failure to send would be one more line to send.
        _rule(source_labels=["app"], regex=_OWN_APPS, action="drop"),
    ]


def _rule(**arguments: Value) -> Block:
    return Block(name="rule", arguments=arguments)


def _stages(config: LogPipelineConfig, multiline_namespaces: Sequence[str]) -> list[Block]:
    stages = [
        stage("cri"),
        # The first pod on a node reads all of its files.
        drop_old_lines(),
        match(
            f'{{namespace=~"{"|".join(multiline_namespaces)}"}}',
            stage("multiline", firstline=_FIRST_LINE, max_wait_time="3s", max_lines=128),
        ),
        stage("drop", expression=_HEALTH_CHECK, drop_counter_reason="health_check"),
        # Before all stages that read fields: no field has what the line no longer has.
        *redact(REDACTIONS),
        *read_level(_LEVEL),
    ]
    if not config.keep_debug:
        stages.append(stage("drop", source="level", expression="^debug$", drop_counter_reason="debug"))
    return [
        *stages,
        stage("labels", values={"level": ""}),
        stage("json", expressions={"request_id": "", "trace": ""}),
        stage("structured_metadata", values=dict.fromkeys(METADATA, "")),
        stage("label_keep", values=list(LABELS)),
        limit_lines(config.lines_per_second, label="app"),
    ]
