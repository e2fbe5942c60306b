"""Parts that all log pipelines of Alloy have."""

from collections.abc import Iterator, Sequence
from typing import Final

from constructs_arq.platform.alloy_syntax import Block, Value
from constructs_arq.platform.log_redaction import Redaction

OWN_LOGS: Final = Block(name="logging", arguments={"level": "warn", "format": "json"})
"""The settings of Alloy's own logs."""
# Loki refuses lines after a week.
_OLDEST: Final = "160h"
# The values of the label `level`, and the names that programs have for them.
_LEVELS: Final = {
    "debug": "debug|trace",
    "info": "info|notice",
    "warning": "warning|warn",
    "error": "error|err",
    "critical": "critical|fatal|panic",
}
LEVEL_GROUP: Final = f"(?P<level>(?i:{'|'.join(_LEVELS.values())}))"
"""The group of an expression that finds the name of a level."""


def stage(name: str, **arguments: Value) -> Block:
    """Return a stage of `loki.process`."""
    return Block(name=f"stage.{name}", arguments=arguments)


def match(selector: str, *stages: Block) -> Block:
    """Return a stage that applies `stages` to the lines that a selector of LogQL finds."""
    return Block(name="stage.match", arguments={"selector": selector}, blocks=stages)


def drop_old_lines() -> Block:
    """Return the stage that drops lines that Loki would refuse."""
    return stage("drop", older_than=_OLDEST, drop_counter_reason="too_old")


def read_level(expression: str) -> Iterator[Block]:
    """Yield the stages that read `level` by the `LEVEL_GROUP` of an expression. It has one of five values."""
    yield stage("regex", expression=expression)
    for level, names in _LEVELS.items():
        yield stage("replace", source="level", expression=f"(?i)^({names})$", replace=level)


def redact(redactions: Sequence[Redaction]) -> Iterator[Block]:
    """Yield the stages that replace secrets and personal data."""
    for each in redactions:
        yield stage("replace", expression=each.expression, replace=each.text)


def limit_lines(lines_per_second: int, *, label: str) -> Block:
    """Return the stage that drops lines above a rate, for each value of a label."""
    return stage("limit", rate=lines_per_second, burst=4 * lines_per_second, drop=True, by_label_name=label)


def write_to_loki(*, url: str, tenant: str) -> Block:
    """Return the component that sends lines to Loki."""
    return Block(
        name="loki.write",
        label="loki",
        blocks=[
            Block(
                name="endpoint",
                arguments={
                    "url": f"{url}/loki/api/v1/push",
                    "tenant_id": tenant,
                    # No limit: Alloy takes no more lines, and continues where it stopped.
                    "max_backoff_retries": 0,
                    "max_backoff_period": "30s",
                },
            )
        ],
    )
