"""TLS certificates, validated through DNS."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate, AcmCertificateOptions
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from constructs_arq.core.alarm import REACTION_SECONDS, Alarm, Comparison, MissingData, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import slugify

# ACM starts to renew 45 days or more before the end: below 30 days it has been failing for two weeks.
# https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
_RENEWAL_OVERDUE_DAYS = 30
_RECORD_TTL_SECONDS = 300
# A certificate's common name has no room for more; its alternative names have.
# https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
_DOMAIN_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class HostedZone:
    """A public Route 53 zone that exists already. It is given, never looked up."""

    zone_id: str
    name: str

    def holds(self, domain: str) -> bool:
        """Whether records of `domain` belong in this zone."""
        return domain == self.name or domain.endswith(f".{self.name}")


class Certificate(Construct):
    """A public ACM certificate for `domain`, which ACM renews for as long as its DNS records stand.

    `region` is the stack's own unless given; CloudFront takes certificates of us-east-1 only. What uses `arn`
    waits until the certificate is valid. A domain has one validation record in an account, whatever the
    region: make only one certificate for it.
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html

    Raises:
        ConstructError: when a domain is outside the zone, so that it could not be validated, or `domain` has
            more than 64 characters.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zone: HostedZone,
        domain: str,
        alternative_names: Sequence[str] = (),
        region: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        provider = stack.provider_in(region or stack.region)
        domains = [domain, *alternative_names]
        self._require_in_zone(domains, zone)
        self._require_short(domain)
        certificate = AcmCertificate(
            self,
            "Default",
            domain_name=domain,
            subject_alternative_names=list(alternative_names) or None,
            validation_method="DNS",
            key_algorithm="EC_prime256v1",
            options=AcmCertificateOptions(certificate_transparency_logging_preference="ENABLED"),
            # A certificate in use can't be deleted: its successor has to take over first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            provider=provider,
        )
        records = [
            self._validate(certificate, name, zone)
            for name in dict.fromkeys(d.removeprefix("*.") for d in domains)
        ]
        validation = AcmCertificateValidation(
            self,
            "validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            provider=provider,
        )
        self.arn: str = validation.certificate_arn
        self.domain = domain
        self.alarms = (_not_renewed(domain, certificate.arn, region),)

    def _require_in_zone(self, domains: Sequence[str], zone: HostedZone) -> None:
        outside = [domain for domain in domains if not zone.holds(domain.removeprefix("*."))]
        if outside:
            raise ConstructError(
                self.node.path,
                f"{', '.join(outside)} can't be validated in the zone {zone.name}",
                fix=f"Use names that end in .{zone.name}, or give the zone that they are in.",
            )

    def _require_short(self, domain: str) -> None:
        if len(domain) > _DOMAIN_LENGTH:
            raise ConstructError(
                self.node.path,
                f"a certificate's domain has at most {_DOMAIN_LENGTH} characters, "
                f"but {domain} has {len(domain)}",
                fix="Use a shorter name, or make the long one an alternative name of a shorter one.",
            )

    def _validate(self, certificate: AcmCertificate, name: str, zone: HostedZone) -> Route53Record:
        """The record that proves `name` and `*.name`, for which ACM asks the same one."""

        def option(attribute: str) -> str:
            # The options are a set, known after apply. Picking by domain keeps each record one resource
            # with a name of its own, where `for_each` over the set would need it known when planning.
            options = f"{certificate.fqn}.domain_validation_options"
            picked = f'o.{attribute} if trimprefix(o.domain_name, "*.") == "{name}"'
            return f"${{[for o in {options} : {picked}][0]}}"

        return Route53Record(
            self,
            f"validation-{slugify(name)}",
            zone_id=zone.zone_id,
            name=option("resource_record_name"),
            type=option("resource_record_type"),
            records=[option("resource_record_value")],
            ttl=_RECORD_TTL_SECONDS,
        )


def _not_renewed(domain: str, arn: str, region: str | None) -> Alarm:
    return Alarm(
        name="not-renewed",
        summary=f"The certificate of {domain} ends in less than {_RENEWAL_OVERDUE_DAYS} days: ACM "
        "can't renew it. Look whether its validation records still stand.",
        severity=Severity.CRITICAL,
        namespace="AWS/CertificateManager",
        metric="DaysToExpiry",
        dimensions={"CertificateArn": arn},
        statistic="Minimum",
        threshold=_RENEWAL_OVERDUE_DAYS,
        comparison=Comparison.BELOW,
        period_seconds=REACTION_SECONDS,
        evaluations=1,
        # The metric comes twice a day: in between, the alarm keeps its state.
        missing_data=MissingData.IGNORE,
        region=region,
    )
