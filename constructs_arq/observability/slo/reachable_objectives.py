"""The availability that the services below an objective allow together."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from functools import cache
from math import prod
from pathlib import Path
from typing import Final

from constructs_arq.core.errors import Problem
from constructs_arq.core.slo import Slo

_TABLE: Final = Path(__file__).parent / "service_levels.toml"
_MINUTES_PER_MONTH: Final = 30 * 24 * 60
_HUNDREDTH: Final = Decimal("0.01")


class Service(StrEnum):
    """A service of AWS, in a form with its own service level agreement."""

    ROUTE_53 = "route-53"
    CLOUDFRONT = "cloudfront"
    WAF = "waf"
    S3 = "s3"
    LOAD_BALANCER_MULTI_AZ = "load-balancer-multi-az"
    LOAD_BALANCER_SINGLE_AZ = "load-balancer-single-az"
    EC2_MULTI_AZ = "ec2-multi-az"
    EC2_SINGLE = "ec2-single"
    RDS_MULTI_AZ = "rds-multi-az"
    RDS_SINGLE_AZ = "rds-single-az"
    ELASTICACHE_MULTI_AZ = "elasticache-multi-az"
    ELASTICACHE_SINGLE_AZ = "elasticache-single-az"


@dataclass(frozen=True, kw_only=True)
class ServiceLevel:
    """A published agreement: its percent of a month, its page, and the date on the page."""

    title: str
    percent: Decimal
    url: str
    published: date | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part that each request needs, and the percent of time that it is available."""

    title: str
    percent: Decimal

    @classmethod
    def of(cls, service: Service) -> "Part":
        """Return the part with the agreement of a service."""
        level = service_levels()[service]
        return cls(title=level.title, percent=level.percent)

    @classmethod
    def maintenance(cls, title: str, *, minutes_per_month: int) -> "Part":
        """Return the part for planned interruptions, which agreements exclude."""
        share = Decimal(minutes_per_month) / _MINUTES_PER_MONTH
        return cls(title=f"{title}, {minutes_per_month} minutes a month", percent=100 * (1 - share))


@cache
def service_levels() -> dict[Service, ServiceLevel]:
    """Return the table of agreements."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {
        service: ServiceLevel(**{**table[service], "percent": Decimal(table[service]["percent"])})
        for service in Service
    }


def combined_percent(parts: Sequence[Part]) -> Decimal:
    """Return the percent of time that all parts are available, if they fail independently."""
    return 100 * prod((part.percent / 100 for part in parts), start=Decimal(1))


def find_unreachable(slos: Sequence[Slo], parts: dict[str, Sequence[Part]]) -> Iterator[Problem]:
    """Yield a problem for each availability without a reason that is higher than its service's `parts` allow.

    A latency counts successful requests only, so the availability of the parts does not limit it.
    """
    for slo in slos:
        if slo.indicator.aspect != "availability" or slo.reason:
            continue
        path = f"slos.{slo.name}"
        if slo.service not in parts:
            yield Problem(
                path,
                "the parts of the service are unknown",
                slo.service,
                f"Add them to the parts of services, or set reason. Known are {', '.join(sorted(parts))}.",
            )
            continue
        allowed = combined_percent(parts[slo.service])
        if Decimal(str(slo.objective)) > allowed:
            yield _problem(path, slo, parts[slo.service], allowed)


def _short(percent: Decimal) -> str:
    return f"{percent.quantize(Decimal('0.001')).normalize():f}"


def _problem(path: str, slo: Slo, parts: Sequence[Part], allowed: Decimal) -> Problem:
    reachable = allowed.quantize(_HUNDREDTH, rounding=ROUND_DOWN)
    each = ", ".join(f"{part.title} {_short(part.percent)}" for part in parts)
    return Problem(
        path,
        f"objective is higher than the {reachable} % that its parts allow together ({each})",
        f"{slo.objective:g}",
        f"Lower it to {reachable} or less, remove or duplicate a part, or set reason to the measurement or "
        "the need behind it.",
    )
