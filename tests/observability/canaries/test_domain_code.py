"""The code that measures certificates, domains and name servers, against local servers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.observability.canaries.code_runner import Case, Result, make_certificate, run_cases

SOA = {"nsname": "ns1.arq.test", "serial": 7}
NAMES = ["ns1.arq.test", "ns2.arq.test", "ns3.arq.test"]
RIGHT = {"ns": NAMES, "soa": SOA, "a": ["192.0.2.1"]}


def servers(**changed: Any) -> dict[str, Any]:
    """Return a zone with three name servers, of which the last answers differently."""
    right = [{**RIGHT, "name": name} for name in NAMES[:2]]
    last = {**RIGHT, "name": NAMES[2], **changed}
    return {"run": "dns", "zone": "arq.test", "host": "app.arq.test", "servers": [*right, last]}


def registration(events: list[dict[str, str]], *, status: int = 200, top: str = "test") -> dict[str, Any]:
    answers = {
        "GET /rdap/dns.json": {"body": {"services": [[["com"], []], [[top], ["ORIGIN/registry/"]]]}},
        "GET /registry/domain/arq.test": {"status": status, "body": {"events": events}},
    }
    return {"run": "registration", "domain": "arq.test", "answers": answers}


def event(action: str, *, days: float) -> dict[str, str]:
    date = datetime.now(UTC) + timedelta(days=days)
    return {"eventAction": action, "eventDate": date.isoformat().replace("+00:00", "Z")}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    cases: dict[str, Case] = {
        "certificate for ten days": {"run": "certificate", "tls": make_certificate(days=10)},
        "expired certificate": {"run": "certificate", "tls": make_certificate(days=-2)},
        "no certificate": {"run": "certificate", "tls": None},
        "domain": registration([event("registration", days=-900), event("expiration", days=20)]),
        "domain without date": registration([event("registration", days=-900)]),
        "unknown domain": registration([], status=404),
        "unknown registry": registration([], top="org"),
        "equal servers": servers(),
        "other addresses": servers(a=["198.51.100.9"]),
        "other serial": servers(soa={**SOA, "serial": 6}),
        "other servers": servers(ns=["ns1.elsewhere.test"]),
        "no address": servers(a=[]),
        "silent server": servers(silent=True),
        "all measured": {"run": "domain", "measurements": {"CertificateDays": 9, "DomainDays": 99.5}},
        "one fails": {"run": "domain", "measurements": {"CertificateDays": 9, "DomainDays": "no registry"}},
        "all fail": {"run": "domain", "measurements": {"CertificateDays": "refused"}},
    }
    return run_cases(tmp_path_factory.mktemp("domain"), cases)


@pytest.mark.parametrize(
    ("name", "days"), {"certificate for ten days": 10, "expired certificate": -2, "domain": 20}.items()
)
def test_it_measures_the_days_left(name: str, days: float, results: dict[str, Result]) -> None:
    assert results[name]["value"] == pytest.approx(days, abs=0.01)


@pytest.mark.parametrize(
    ("name", "message"),
    {
        "domain without date": "the registry does not say when arq.test expires",
        "unknown domain": "answered 404",
        "unknown registry": "no RDAP server knows .test",
        "one fails": "DomainDays: no registry",
        "all fail": "CertificateDays: refused",
    }.items(),
)
def test_a_run_fails_with_the_reason(name: str, message: str, results: dict[str, Result]) -> None:
    assert message in results[name]["error"]


def test_a_server_without_tls_has_no_value(results: dict[str, Result]) -> None:
    assert "value" not in results["no certificate"]
    assert results["no certificate"]["error"]


@pytest.mark.parametrize(
    ("name", "wrong"),
    {
        "equal servers": 0,
        "other addresses": 0,
        "other serial": 1,
        "other servers": 1,
        "no address": 1,
        "silent server": 1,
    }.items(),
)
def test_it_counts_the_name_servers_that_disagree(name: str, wrong: int, results: dict[str, Result]) -> None:
    assert results[name].get("value") == wrong, results[name]


def test_it_publishes_to_the_namespace_of_the_role(results: dict[str, Result]) -> None:
    (published,) = results["all measured"]["published"]
    dimensions = [{"Name": "CanaryName", "Value": "production-domain"}]
    assert published == {
        "Namespace": "CloudWatchSynthetics",
        "MetricData": [
            {"MetricName": "CertificateDays", "Value": 9, "Dimensions": dimensions},
            {"MetricName": "DomainDays", "Value": 99.5, "Dimensions": dimensions},
        ],
    }


def test_a_failed_measurement_keeps_the_others(results: dict[str, Result]) -> None:
    (published,) = results["one fails"]["published"]
    assert [each["MetricName"] for each in published["MetricData"]] == ["CertificateDays"]
    assert results["all fail"]["published"] == []
