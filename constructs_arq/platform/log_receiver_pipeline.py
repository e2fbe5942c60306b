"""The pipeline of CloudWatch log groups: requests of the forwarder, to Loki.

https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.api/
"""

import json
from typing import Final

from constructs_arq.platform.alloy_syntax import Block, render
from constructs_arq.platform.log_group_redaction import POSTGRESQL_PREFIX, SOURCE_REDACTIONS, LogSource
from constructs_arq.platform.log_redaction import REDACTIONS
from constructs_arq.platform.log_stages import (
    OWN_LOGS,
    drop_old_lines,
    limit_lines,
    match,
    read_level,
    redact,
    stage,
    write_to_loki,
)

LABELS: Final = ("source", "log_group", "level")
"""All labels of a stream. Each has few values. The log stream is structured metadata."""

# NOTICE and LOG have many lines, and no level.
_LEVEL: Final = rf"{POSTGRESQL_PREFIX}(?P<level>WARNING|ERROR|FATAL|PANIC):"
# Such lines continue a statement.
_POSTGRESQL_WITHOUT_PREFIX: Final = (
    f'{{source="{LogSource.POSTGRESQL}"}} !~ {json.dumps(POSTGRESQL_PREFIX + "[A-Z0-9]+:")}'
)


def receiver_configuration(
    *, port: int, tls_folder: str, lines_per_second: int, url: str, tenant: str
) -> str:
    """Return the configuration of Alloy that receives the lines of log groups.

    `tls_folder` has the files `tls.crt` and `tls.key`, which Alloy reads for each connection. `url` and
    `tenant` are those of Loki.
    """
    loki = write_to_loki(url=url, tenant=tenant)
    process = Block(
        name="loki.process",
        label="log_groups",
        arguments={"forward_to": [loki.export("receiver")]},
        blocks=_stages(lines_per_second),
    )
    source = Block(
        name="loki.source.api",
        label="log_groups",
        arguments={"forward_to": [process.export("receiver")], "use_incoming_timestamp": True},
        blocks=[
            Block(
                name="http",
                arguments={"listen_port": port},
                blocks=[
                    Block(
                        name="tls",
                        arguments={
                            "cert_file": f"{tls_folder}/tls.crt",
                            "key_file": f"{tls_folder}/tls.key",
                        },
                    )
                ],
            )
        ],
    )
    return render([OWN_LOGS, source, process, loki])


def _stages(lines_per_second: int) -> list[Block]:
    sources = "|".join(LogSource)
    return [
        drop_old_lines(),
        # Lines that no expression below is for.
        _drop(f'{{source!~"{sources}"}}', reason="unknown_source"),
        _drop(_POSTGRESQL_WITHOUT_PREFIX, reason="no_prefix"),
        *(
            match(f'{{source="{source}"}}', *redact(redactions))
            for source, redactions in SOURCE_REDACTIONS.items()
        ),
        *redact(REDACTIONS),
        match(
            f'{{source="{LogSource.POSTGRESQL}"}}', *read_level(_LEVEL), stage("labels", values={"level": ""})
        ),
        stage("label_keep", values=list(LABELS)),
        limit_lines(lines_per_second, label="log_group"),
    ]


def _drop(selector: str, *, reason: str) -> Block:
    return stage("match", selector=selector, action="drop", drop_counter_reason=reason)
