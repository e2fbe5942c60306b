"""Writes the configuration of Alertmanager for Debian's release 0.25, and reads its routes."""

import json
import subprocess
from pathlib import Path
from typing import Any

from constructs_arq.observability.prometheus.alertmanager import (
    PagingFiles,
    TicketTopic,
    alertmanager_configuration,
)

TICKETS = TicketTopic(arn="arn:aws:sns:eu-west-1:111122223333:test-warning", region="eu-west-1")
PAGING = PagingFiles(secret="paging", events_url="https://events.pagerduty.com/v2/enqueue")  # noqa: S106 - a name
HEARTBEAT_URL = "http://127.0.0.1:9/heartbeat"


def configuration(paging: PagingFiles | None = PAGING) -> dict[str, Any]:
    """Return the configuration with a URL for the webhook: releases before 0.26 don't read `url_file`."""
    found: dict[str, Any] = json.loads(json.dumps(alertmanager_configuration(paging=paging, tickets=TICKETS)))
    for receiver in found["receivers"]:
        for webhook in receiver.get("webhook_configs", ()):
            del webhook["url_file"]
            webhook["url"] = HEARTBEAT_URL
    return found


def write_configuration(folder: Path, content: dict[str, Any]) -> Path:
    """Write a configuration. JSON is YAML."""
    file = folder / "alertmanager.yml"
    file.write_text(json.dumps(content))
    return file


def run_amtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["amtool", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=30
    )
