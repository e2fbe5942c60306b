"""CloudFront functions, which change requests and responses at the edge."""

from pathlib import Path

from cdktf_cdktf_provider_aws.cloudfront_function import CloudfrontFunction
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.lifecycle import replaced_first


class EdgeFunction(Construct):
    """A CloudFront function with JavaScript code. It reads the key value store `store_arn`, if there is one.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
    """

    def __init__(
        self, scope: Construct, id: str, *, code: str, comment: str, store_arn: str | None = None
    ) -> None:
        super().__init__(scope, id)
        function = CloudfrontFunction(
            self,
            "Default",
            name=Stack.of(self).physical_name(logical_name(self)),
            comment=comment,
            runtime="cloudfront-js-2.0",
            code=code,
            publish=True,
            key_value_store_associations=[store_arn] if store_arn else None,
            lifecycle=replaced_first(),
        )
        self.arn: str = function.arn


def read_code(file: str) -> str:
    """Return the code of a JavaScript file of this package."""
    return Path(__file__).with_name(file).read_text(encoding="utf-8")
