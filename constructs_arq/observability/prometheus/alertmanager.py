"""The configuration of Alertmanager: who gets which alert, and when.

https://github.com/prometheus/alertmanager/blob/v0.34.0/docs/configuration.md
"""

from dataclasses import dataclass
from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.observability.prometheus.monitoring_alerts import NOTIFICATIONS_FAILING, WATCHDOG

PAGE_WAIT_SECONDS: Final = 10
"""Time in which pages about one service become one message."""

_TICKET_WAIT: Final = "5m"
_HEARTBEAT: Final = "1m"
# Below the interval: Alertmanager repeats only what is older, and notes the time after the call.
_HEARTBEAT_REPEAT: Final = "50s"
_NOBODY, _PAGE, _TICKET, _OUTSIDE = "nobody", "page", "ticket", "heartbeat"
# A ticket for those who are on call, because the way of other tickets fails.
_LOW_URGENCY: Final = "low-urgency"
_SECRETS_FOLDER: Final = "/etc/alertmanager/secrets"
# Alerts about all requests of a service. Its objectives then fail too.
_OUTAGES: Final = "ServiceDown|ServiceNotAnswering|ServiceUnobserved"
_FIRST: Final = "(index .Alerts 0)"
_TITLE: Final = (
    "{{ .CommonLabels.environment }} {{ .CommonLabels.alertname }}"
    "{{ with .CommonLabels.service }} {{ . }}{{ end }}"
)
_TEXT: Final = (
    "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.runbook_url }}\n\n{{ end }}"
    "{{ .ExternalURL }}"
)


@dataclass(frozen=True, kw_only=True)
class PagingFiles:
    """The Kubernetes secret with the files `routing_key`, of PagerDuty, and `watchdog_url`.

    `events_url` is that of PagerDuty's Events API v2, which differs by its service region.
    """

    secret: str
    events_url: str

    @property
    def routing_key(self) -> str:
        """The file with the key of a PagerDuty service (Events API v2)."""
        return f"{_SECRETS_FOLDER}/{self.secret}/routing_key"

    @property
    def watchdog_url(self) -> str:
        """The file with the URL that must be called each minute."""
        return f"{_SECRETS_FOLDER}/{self.secret}/watchdog_url"


@dataclass(frozen=True, kw_only=True)
class TicketTopic:
    """The SNS topic of warnings. The role of Alertmanager must be allowed to publish."""

    arn: str
    region: str


def alertmanager_configuration(*, paging: PagingFiles | None, tickets: TicketTopic) -> dict[str, Json]:
    """Return the configuration. Without `paging`, critical alerts are tickets, and there is no heartbeat.

    All keys are set: Helm would merge others from the chart's example.
    """
    pages = _PAGE if paging else _TICKET
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [],
        "route": {
            "receiver": _NOBODY,
            "group_by": ["alertname", "namespace", "service"],
            "group_wait": _TICKET_WAIT,
            "group_interval": "5m",
            "repeat_interval": "24h",
            "routes": [
                {
                    "receiver": _OUTSIDE if paging else _NOBODY,
                    "matchers": [f'alertname="{WATCHDOG}"'],
                    "group_wait": "0s",
                    "group_interval": _HEARTBEAT,
                    "repeat_interval": _HEARTBEAT_REPEAT,
                },
                {
                    "receiver": _LOW_URGENCY if paging else _TICKET,
                    "matchers": [f'alertname="{NOTIFICATIONS_FAILING}"', 'integration="sns"'],
                },
                {
                    "receiver": pages,
                    "matchers": [f'severity="{Severity.CRITICAL}"'],
                    "group_wait": f"{PAGE_WAIT_SECONDS}s",
                    "group_interval": "1m",
                    "repeat_interval": "4h",
                },
                {"receiver": _TICKET, "matchers": [f'severity="{Severity.WARNING}"']},
                {"receiver": _NOBODY, "matchers": [f'severity="{Severity.INFO}"']},
                # An alert without a known severity must not be lost.
                {"receiver": _TICKET, "matchers": ['alertname=~".+"']},
            ],
        },
        "inhibit_rules": _inhibitions(),
        "receivers": [
            {"name": _NOBODY},
            {"name": _TICKET, "sns_configs": [_sns(tickets)]},
            *_pagers(paging),
        ],
    }


def _inhibitions() -> list[Json]:
    """Return which alerts silence others. Labels that both don't have would be equal, so they must exist."""
    return [
        {
            "source_matchers": [f'alertname=~"{_OUTAGES}"'],
            "target_matchers": ['slo!=""', 'service!=""'],
            "equal": ["service"],
        },
        {
            "source_matchers": ['alertname=~"ServiceDown|ServiceUnobserved"'],
            "target_matchers": ['alertname="ServiceNotAnswering"'],
            "equal": ["namespace", "service"],
        },
        {
            "source_matchers": [f'severity="{Severity.CRITICAL}"'],
            "target_matchers": [f'severity="{Severity.WARNING}"', 'service!=""'],
            "equal": ["service"],
        },
        {
            "source_matchers": ['alertname="NodeNotReady"'],
            # A ticket must not silence a page.
            "target_matchers": [
                'alertname!="NodeNotReady"',
                f'severity!="{Severity.CRITICAL}"',
                'node!=""',
            ],
            "equal": ["node"],
        },
    ]


def _sns(topic: TicketTopic) -> Json:
    """Return the receiver of tickets. SNS accepts subjects of at most 100 characters."""
    return {
        "topic_arn": topic.arn,
        "sigv4": {"region": topic.region},
        "subject": _TITLE,
        "message": _TEXT,
        "send_resolved": False,
    }


def _pagers(paging: PagingFiles | None) -> list[Json]:
    if paging is None:
        return []
    return [
        {
            "name": _PAGE,
            "pagerduty_configs": [_event(paging, Severity.CRITICAL)],
        },
        {
            "name": _LOW_URGENCY,
            "pagerduty_configs": [_event(paging, Severity.WARNING)],
        },
        {
            "name": _OUTSIDE,
            "webhook_configs": [{"url_file": paging.watchdog_url, "send_resolved": False}],
        },
    ]


def _event(paging: PagingFiles, severity: Severity) -> Json:
    """Return the receiver of PagerDuty, whose service derives the urgency from the severity."""
    return {
        "routing_key_file": paging.routing_key,
        "url": paging.events_url,
        "send_resolved": True,
        "severity": severity,
        "description": f"{_TITLE}: {{{{ {_FIRST}.Annotations.summary }}}}",
        "component": "{{ .CommonLabels.service }}",
        "group": "{{ .CommonLabels.namespace }}",
        "class": "{{ .CommonLabels.alertname }}",
        "links": [{"href": f"{{{{ {_FIRST}.Annotations.runbook_url }}}}", "text": "Runbook"}],
    }
