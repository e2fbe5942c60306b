import pytest

from constructs_arq.core.alarm import Comparison, MissingData
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.protocols import ServerCertificate
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import Certificate, HostedZone
from tests.edge.edge_builders import ZONE
from tests.support import Synthesized, synthesize


def make_certificate(stack: Stack, *names: str, region: str | None = None) -> Certificate:
    first, *others = names
    return Certificate(stack, "certificate", zone=ZONE, domain=first, alternative_names=others, region=region)


def synthesize_certificate(*names: str, region: str | None = None) -> Synthesized:
    return synthesize(lambda stack: make_certificate(stack, *names, region=region))


def test_each_domain_has_a_validation_record() -> None:
    records = synthesize_certificate("app.arq.example", "www.arq.example").of_type("aws_route53_record")
    assert set(records) == {
        "certificate/validation-app-arq-example",
        "certificate/validation-www-arq-example",
    }
    for record in records.values():
        assert record["zone_id"] == ZONE.zone_id
    name = records["certificate/validation-www-arq-example"]["name"]
    assert "domain_validation_options : o.resource_record_name" in name
    assert '== "www.arq.example"' in name


def test_a_wildcard_shares_the_validation_record_of_its_domain() -> None:
    """ACM requires the same record for both: a second resource would fail."""
    records = synthesize_certificate("app.arq.example", "*.app.arq.example").of_type("aws_route53_record")
    assert set(records) == {"certificate/validation-app-arq-example"}


def test_a_new_alternative_name_keeps_existing_records() -> None:
    before = synthesize_certificate("app.arq.example").of_type("aws_route53_record")
    after = synthesize_certificate("app.arq.example", "www.arq.example").of_type("aws_route53_record")
    for path, record in before.items():
        assert {**after[path], "//": None} == {**record, "//": None}


def test_the_arn_depends_on_the_validation() -> None:
    created: list[Certificate] = []
    synthesized = synthesize(lambda stack: created.append(make_certificate(stack, "app.arq.example")))
    validation = synthesized.one("aws_acm_certificate_validation")
    assert len(validation["validation_record_fqdns"]) == 1
    resource = synthesized.one("aws_acm_certificate")
    assert resource["validation_method"] == "DNS"
    assert resource["lifecycle"] == {"create_before_destroy": True}


def test_another_region_uses_a_provider_with_the_same_account_restriction() -> None:
    synthesized = synthesize_certificate("app.arq.example", region="us-east-1")
    assert synthesized.one("aws_acm_certificate")["provider"] == "aws.us-east-1"
    assert synthesized.one("aws_acm_certificate_validation")["provider"] == "aws.us-east-1"
    alias = next(p for p in synthesized.json["provider"]["aws"] if p.get("alias") == "us-east-1")
    assert alias["allowed_account_ids"] == ["111122223333"]
    assert "provider" not in synthesize_certificate("app.arq.example").one("aws_acm_certificate")


def test_a_domain_outside_the_zone_is_rejected() -> None:
    with pytest.raises(
        ConstructError, match=r"domains must be in the zone arq\.example, got app\.other\.example"
    ):
        synthesize_certificate("app.arq.example", "app.other.example")


def test_domains_have_at_most_64_characters() -> None:
    longest = f"{'a' * 52}.arq.example"
    assert len(longest) == 64
    assert synthesize_certificate(longest).one("aws_acm_certificate")["domain_name"] == longest
    with pytest.raises(ConstructError, match="at most 64 characters"):
        synthesize_certificate(f"a{longest}")


def test_a_zone_contains_only_its_names() -> None:
    zone = HostedZone(zone_id="Z1", name="arq.example")
    assert zone.contains("arq.example")
    assert zone.contains("a.b.arq.example")
    assert not zone.contains("notarq.example")


def test_a_failed_renewal_is_critical_30_days_before_expiry() -> None:
    created: list[Certificate] = []
    synthesize(lambda stack: created.append(make_certificate(stack, "app.arq.example", region="us-east-1")))
    (alarm,) = created[0].alarms
    assert alarm.metric == "DaysToExpiry"
    assert (alarm.comparison, alarm.threshold) == (Comparison.BELOW, 30)
    assert alarm.region == "us-east-1"
    # ACM publishes the metric once or twice a day: a shorter period would often have no datapoint.
    assert (alarm.period_seconds, alarm.evaluations) == (86_400, 1)
    assert alarm.missing_data == MissingData.IGNORE


def test_an_existing_certificate_needs_no_resource() -> None:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"
    certificate: ServerCertificate = Certificate.from_arn(arn=arn, domain="origin.arq.example")
    assert (certificate.arn, certificate.domain) == (arn, "origin.arq.example")


def test_all_invalid_attributes_of_an_existing_certificate_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        Certificate.from_arn(arn="arn:aws:iam::111122223333:server-certificate/x", domain="Origin")
    assert {problem.path for problem in error.value.problems} == {"arn", "domain"}
    assert all(problem.got and problem.fix for problem in error.value.problems)
