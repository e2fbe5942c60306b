"""URL rewriting for single-page applications."""

from pathlib import Path

from cdktf_cdktf_provider_aws.cloudfront_function import CloudfrontFunction
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name

_CODE = Path(__file__).with_name("spa.js")


class SpaRoutes(Construct):
    """A CloudFront function that rewrites paths without a file to `/index.html`.

    Custom error responses are no alternative: they would also turn 403 and 404 of the API into pages with
    status 200.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        function = CloudfrontFunction(
            self,
            "Default",
            name=Stack.of(self).physical_name(logical_name(self)),
            comment="Serves index.html for the routes of a single-page application",
            runtime="cloudfront-js-2.0",
            code=_CODE.read_text(encoding="utf-8"),
            publish=True,
        )
        self.arn: str = function.arn
