"""A certificate for names whose validation records another certificate has made."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.edge.certificate import make_renewal_alarm, request_certificate


class StandbyCertificate(Construct):
    """A certificate for `domains` in the stack's region, for a load balancer that stands by for another.

    ACM expects the same validation record for a name in all regions of an account. The certificates of the
    other region made these records in another stack, so this one is valid soon after the request.
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """

    def __init__(self, scope: Construct, id: str, *, domains: Sequence[str]) -> None:
        super().__init__(scope, id)
        self.domain: str = domains[0]
        certificate = request_certificate(self, domains, None)
        self.arn: str = AcmCertificateValidation(
            self, "validation", certificate_arn=certificate.arn
        ).certificate_arn
        self.alarms: tuple[Alarm, ...] = (make_renewal_alarm(self.domain, certificate.arn, None),)
