"""The certificate of an origin for the public names of a distribution."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.lb_listener_certificate import LbListenerCertificate
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.protocols import PrivateOrigin
from constructs_arq.edge.certificate import Certificate, make_renewal_alarm, request_certificate


class OriginCertificate(Construct):
    """A certificate with the names of `public`, on the listener of a load balancer in the stack's region.

    CloudFront sends the viewer's `Host`, and then verifies the origin's certificate against this name. The
    load balancer selects the certificate by the server name in TLS. The certificate of the distribution can't
    serve, because it is in us-east-1. Both have the same validation records, which `public` makes.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    """

    def __init__(
        self, scope: Construct, id: str, *, public: Certificate, load_balancer: PrivateOrigin
    ) -> None:
        super().__init__(scope, id)
        certificate = request_certificate(self, public.domains, None)
        validation = AcmCertificateValidation(
            self,
            "validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=list(public.validation_names),
        )
        self.resource: ITerraformDependable = LbListenerCertificate(
            self,
            "listener",
            listener_arn=load_balancer.listener_arn,
            certificate_arn=validation.certificate_arn,
        )
        self.alarms: tuple[Alarm, ...] = (make_renewal_alarm(public.domain, certificate.arn, None),)
