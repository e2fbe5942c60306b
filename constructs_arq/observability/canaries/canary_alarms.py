"""Alarms of canaries."""

from typing import Final

from constructs_arq.core.alarm import Alarm, Comparison, Condition, MissingData, Severity
from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from constructs_arq.observability.canaries.canary import NAMESPACE, Canary
from constructs_arq.observability.canaries.canary_config import DomainCheck

_SUCCESS: Final = "SuccessPercent"
_ALL: Final = 100
_MINUTE: Final = 60
_RUNS_BEFORE_LOST: Final = 3


def alarm_on_failure(
    canary: Canary, *, name: str, summary: str, region: str, unless_failing: Canary | None = None
) -> Alarm:
    """Return the alarm on two failed runs in a row. It is quiet while `unless_failing` fails too.

    At an interval of a minute it pages: two periods. At a slower one, Synthetics itself repeats a failed
    run, so one period has both, and the alarm is a ticket. The highest value is that of the better run.
    """
    pages = canary.interval_minutes == 1
    period = canary.interval_minutes * _MINUTE
    conditions = () if unless_failing is None else (_succeeds(unless_failing),)
    return Alarm(
        name=name,
        runbook=f"canary-{name}",
        summary=summary,
        severity=Severity.CRITICAL if pages else Severity.WARNING,
        namespace=NAMESPACE,
        metric=_SUCCESS,
        dimensions=canary.dimensions,
        statistic="Maximum",
        comparison=Comparison.BELOW,
        threshold=_ALL,
        period_seconds=period,
        evaluations=2 if pages else 1,
        published_every_seconds=period,
        region=region,
        conditions=conditions,
    )


def alarm_on_time(canary: Canary, *, name: str, summary: str, region: str, seconds: int) -> Alarm:
    """Return the alarm on slow runs. It also notifies if the canary had runs, and has none any more."""
    period = max(REACTION_SECONDS, _RUNS_BEFORE_LOST * canary.interval_minutes * _MINUTE)
    return Alarm(
        name=name,
        runbook="canary-slow",
        summary=summary,
        severity=Severity.WARNING,
        namespace=NAMESPACE,
        metric="Duration",
        dimensions=canary.dimensions,
        # In milliseconds.
        threshold=seconds * 1000,
        period_seconds=period,
        evaluations=1,
        published_every_seconds=period,
        missing_data=MissingData.MISSING,
        region=region,
    )


def alarms_of_domain(canary: Canary, *, domain: str, check: DomainCheck, region: str) -> tuple[Alarm, ...]:
    """Return the alarms on the expiry of certificate and domain, and on wrong name servers.

    They also notify if a measurement stops, for example because the registry answers in another way.
    """
    days = {
        "CertificateDays": ("certificate-expiring", check.certificate_days, f"the certificate of {domain}"),
        "DomainDays": ("domain-expiring", check.domain_days, f"the domain {check.registered_domain}"),
    }
    if check.registered_domain is None:
        del days["DomainDays"]
    period = _RUNS_BEFORE_LOST * canary.interval_minutes * _MINUTE

    def alarm(name: str, metric: str, summary: str, comparison: Comparison, threshold: float) -> Alarm:
        return Alarm(
            name=name,
            runbook=name,
            summary=f"{summary}. Or the canary could not measure it for three hours",
            severity=Severity.WARNING,
            namespace=NAMESPACE,
            metric=metric,
            dimensions=canary.dimensions,
            comparison=comparison,
            threshold=threshold,
            # One right answer is enough: a name server that lost one packet is not wrong.
            statistic="Minimum",
            period_seconds=period,
            evaluations=1,
            published_every_seconds=period,
            missing_data=MissingData.MISSING,
            region=region,
        )

    return (
        *(
            alarm(name, metric, f"In less than {limit} days, {what} expires", Comparison.BELOW, limit)
            for metric, (name, limit, what) in days.items()
        ),
        alarm(
            "name-servers-wrong",
            "WrongNameServers",
            f"A name server of the zone of {domain} is silent, or disagrees with the others",
            Comparison.ABOVE,
            0,
        ),
    )


def _succeeds(canary: Canary) -> Condition:
    return Condition(
        namespace=NAMESPACE,
        metric=_SUCCESS,
        dimensions=canary.dimensions,
        statistic="Maximum",
        comparison=Comparison.AT_LEAST,
        value=_ALL,
        # A stopped canary of the site must not silence the alarm of the API.
        default=_ALL,
    )
