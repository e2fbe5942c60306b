import pytest

from constructs_arq.core.alarm import MissingData
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import Certificate, HostedZone
from tests.edge.support import ZONE
from tests.support import Synthesized, synthesize


def certificate(stack: Stack, *names: str, region: str | None = None) -> Certificate:
    first, *others = names
    return Certificate(stack, "certificate", zone=ZONE, domain=first, alternative_names=others, region=region)


def one(*names: str, region: str | None = None) -> Synthesized:
    return synthesize(lambda stack: certificate(stack, *names, region=region))


def test_each_domain_is_proved_by_a_record_in_the_zone() -> None:
    records = one("app.arq.example", "www.arq.example").of_type("aws_route53_record")
    assert set(records) == {
        "certificate/validation-app-arq-example",
        "certificate/validation-www-arq-example",
    }
    for record in records.values():
        assert record["zone_id"] == ZONE.zone_id
    name = records["certificate/validation-www-arq-example"]["name"]
    assert "domain_validation_options : o.resource_record_name" in name
    assert '== "www.arq.example"' in name


def test_a_wildcard_shares_the_record_of_its_domain() -> None:
    """ACM asks for the same record for both: a second resource would fail to create it."""
    records = one("app.arq.example", "*.app.arq.example").of_type("aws_route53_record")
    assert set(records) == {"certificate/validation-app-arq-example"}


def test_a_further_name_changes_no_record_that_stands() -> None:
    before = one("app.arq.example").of_type("aws_route53_record")
    after = one("app.arq.example", "www.arq.example").of_type("aws_route53_record")
    for path, record in before.items():
        assert {**after[path], "//": None} == {**record, "//": None}


def test_users_wait_until_it_is_valid() -> None:
    made: list[Certificate] = []
    synthesized = synthesize(lambda stack: made.append(certificate(stack, "app.arq.example")))
    validation = synthesized.one("aws_acm_certificate_validation")
    assert len(validation["validation_record_fqdns"]) == 1
    resource = synthesized.one("aws_acm_certificate")
    assert resource["validation_method"] == "DNS"
    assert resource["lifecycle"] == {"create_before_destroy": True}


def test_a_region_of_its_own_is_reached_through_a_provider_guarded_like_the_stacks() -> None:
    synthesized = one("app.arq.example", region="us-east-1")
    assert synthesized.one("aws_acm_certificate")["provider"] == "aws.us-east-1"
    assert synthesized.one("aws_acm_certificate_validation")["provider"] == "aws.us-east-1"
    alias = next(p for p in synthesized.json["provider"]["aws"] if p.get("alias") == "us-east-1")
    assert alias["allowed_account_ids"] == ["111122223333"]
    assert "provider" not in one("app.arq.example").one("aws_acm_certificate")


def test_a_domain_outside_the_zone_is_refused() -> None:
    with pytest.raises(
        ConstructError, match=r"app\.other\.example can't be validated in the zone arq\.example"
    ):
        one("app.arq.example", "app.other.example")


def test_a_domain_longer_than_acm_takes_is_refused_and_one_as_long_is_not() -> None:
    longest = f"{'a' * 52}.arq.example"
    assert len(longest) == 64
    assert one(longest).one("aws_acm_certificate")["domain_name"] == longest
    with pytest.raises(ConstructError, match="at most 64 characters"):
        one(f"a{longest}")


def test_a_zone_holds_its_own_names_only() -> None:
    zone = HostedZone(zone_id="Z1", name="arq.example")
    assert zone.holds("arq.example")
    assert zone.holds("a.b.arq.example")
    assert not zone.holds("notarq.example")


def test_a_renewal_that_fails_wakes_someone_a_month_before_the_end() -> None:
    made: list[Certificate] = []
    synthesize(lambda stack: made.append(certificate(stack, "app.arq.example", region="us-east-1")))
    (alarm,) = made[0].alarms
    assert alarm.metric == "DaysToExpiry"
    assert alarm.threshold == 30
    assert alarm.region == "us-east-1"
    # The metric comes twice a day: an alarm that took silence for health would end after five minutes.
    assert alarm.missing_data == MissingData.IGNORE
