"""Time from a fault to a page of Prometheus."""

from typing import Final

from constructs_arq.core.alarm_delivery import REACTION_SECONDS

# If the first Alertmanagers fail, the last of three sends after two waits of the flag `cluster.peer-timeout`.
# https://github.com/prometheus/alertmanager/blob/v0.34.0/cmd/alertmanager/main.go
PEER_SECONDS: Final = 2 * 15
# Alertmanager sends one HTTPS request to PagerDuty, and repeats it if it fails. PagerDuty starts to call when
# it has accepted the event.
# https://developer.pagerduty.com/docs/events-api-v2-overview
REQUEST_SECONDS: Final = 30
DELIVERY_SECONDS: Final = PEER_SECONDS + REQUEST_SECONDS
"""Upper limit for planning from Alertmanager to PagerDuty. The monthly drill measures it with other waits."""


def page_seconds(
    *,
    scrape_seconds: int,
    evaluation_seconds: int,
    for_seconds: int,
    window_seconds: int,
    group_wait_seconds: int,
) -> int:
    """Return the seconds from a fault to the call.

    `window_seconds` is the time in which a total outage changes the result of the expression. It is 0 for an
    expression about the current value. Prometheus compares `for` at an evaluation, so it rounds up.
    """
    waits = -(-for_seconds // evaluation_seconds) * evaluation_seconds
    return (
        scrape_seconds + evaluation_seconds + window_seconds + waits + group_wait_seconds + DELIVERY_SECONDS
    )


def is_in_time(seconds: int) -> bool:
    """Return whether a page comes within the time that the objectives allow."""
    return seconds <= REACTION_SECONDS
