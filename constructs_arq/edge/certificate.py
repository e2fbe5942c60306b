"""ACM certificates with DNS validation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate, AcmCertificateOptions
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct
from pydantic import Field

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import Domain, resource_identifier, slugify

# ACM starts the renewal at least 45 days before expiry: below 30 days it has failed for two weeks.
# https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
_RENEWAL_OVERDUE_DAYS = 30
# ACM publishes the metric once or twice a day.
# https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
_METRIC_SECONDS = 86_400
_RECORD_TTL_SECONDS = 300
# Limit of the common name. Alternative names can be longer.
# https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
_DOMAIN_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class HostedZone:
    """An existing public Route 53 zone. Synthesis does not look it up."""

    zone_id: str
    name: str

    def contains(self, domain: str) -> bool:
        """Return whether `domain` belongs to this zone."""
        return domain == self.name or domain.endswith(f".{self.name}")


class CertificateAttributes(Config):
    """Attributes of an existing ACM certificate."""

    arn: Annotated[
        str,
        resource_identifier(
            r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+",
            kind="the ARN of an ACM certificate",
            example="arn:aws:acm:eu-west-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef",
        ),
    ] = Field(description="ARN of the certificate.")
    domain: Domain = Field(description="Domain of the certificate.")


@dataclass(frozen=True, kw_only=True)
class ExistingCertificate:
    """An existing and valid ACM certificate."""

    arn: str
    domain: str


class Certificate(Construct):
    """A public ACM certificate for `domain`. ACM renews it while its DNS records exist.

    `region` defaults to the stack's region; CloudFront requires us-east-1. Resources that use `arn` are
    created after the validation. Create only one certificate for a domain, because the validation record is
    the same in all regions of an account. An `OriginCertificate` has the same names, and uses its records.
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html

    Raises:
        ConstructError: if a domain is outside the zone, or `domain` has more than 64 characters.
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
        self._require_valid_length(domain)
        certificate = request_certificate(self, domains, provider)
        records = [
            self._make_validation_record(certificate, name, zone)
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
        self.domain: str = domain
        self.domains: tuple[str, ...] = tuple(domains)
        self.validation_names: tuple[str, ...] = tuple(record.fqdn for record in records)
        self.alarms: tuple[Alarm, ...] = (make_renewal_alarm(domain, certificate.arn, region),)

    @staticmethod
    def from_arn(*, arn: str, domain: str) -> ExistingCertificate:
        """Return an existing certificate for `domain`.

        Raises:
            ConfigError: with every invalid value.
        """
        with collect_problems("Certificate.from_arn"):
            attributes = CertificateAttributes(arn=arn, domain=domain)
        return ExistingCertificate(arn=attributes.arn, domain=attributes.domain)

    def _require_in_zone(self, domains: Sequence[str], zone: HostedZone) -> None:
        outside = [domain for domain in domains if not zone.contains(domain.removeprefix("*."))]
        if outside:
            raise ConstructError(
                self.node.path,
                f"domains must be in the zone {zone.name}, got {', '.join(outside)}",
                fix=f"Use names that end in .{zone.name}, or use their zone.",
            )

    def _require_valid_length(self, domain: str) -> None:
        if len(domain) > _DOMAIN_LENGTH:
            raise ConstructError(
                self.node.path,
                f"a certificate's domain must have at most {_DOMAIN_LENGTH} characters; "
                f"{domain} has {len(domain)}",
                fix="Use a shorter domain, and add the long one to alternative_names.",
            )

    def _make_validation_record(
        self, certificate: AcmCertificate, name: str, zone: HostedZone
    ) -> Route53Record:
        """Create the validation record of `name` and `*.name`: ACM requires the same record for both."""

        def option(attribute: str) -> str:
            # The options are a set that is known only after the apply. `for_each` over it would fail in the
            # plan. Selection by domain gives each record its own resource.
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


def request_certificate(
    scope: Construct, domains: Sequence[str], provider: AwsProvider | None
) -> AcmCertificate:
    """Request a certificate for `domains` as the primary resource of `scope`."""
    first, *others = domains
    return AcmCertificate(
        scope,
        "Default",
        domain_name=first,
        subject_alternative_names=others or None,
        validation_method="DNS",
        key_algorithm="EC_prime256v1",
        options=AcmCertificateOptions(certificate_transparency_logging_preference="ENABLED"),
        # A certificate in use can't be deleted: create its replacement first.
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        provider=provider,
    )


def make_renewal_alarm(domain: str, arn: str, region: str | None) -> Alarm:
    """Return the alarm on a certificate that ACM did not renew in time."""
    return Alarm(
        name="not-renewed",
        runbook="certificate-not-renewed",
        summary=f"The certificate of {domain} ends in less than {_RENEWAL_OVERDUE_DAYS} days: ACM "
        "can't renew it. Look whether its validation records still stand.",
        severity=Severity.WARNING,
        namespace="AWS/CertificateManager",
        metric="DaysToExpiry",
        dimensions={"CertificateArn": arn},
        statistic="Minimum",
        threshold=_RENEWAL_OVERDUE_DAYS,
        comparison=Comparison.BELOW,
        period_seconds=_METRIC_SECONDS,
        published_every_seconds=_METRIC_SECONDS,
        evaluations=1,
        # A late datapoint must not end the alarm.
        missing_data=MissingData.IGNORE,
        region=region,
    )
