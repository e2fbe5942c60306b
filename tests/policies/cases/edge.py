"""CloudFront and load balancers."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example, in_dev
from tests.policies.mutations import (
    edit_first,
    first_address,
    regression,
    remove_resources,
    remove_value,
    set_value,
)

REDIRECT: dict[str, Json] = {"viewer_protocol_policy": "redirect-to-https"}
ALLOW: dict[str, Json] = {"viewer_protocol_policy": "allow-all"}
DELIVERY: Bodies = {
    "aws_cloudfront_distribution.it": {},
    "aws_cloudwatch_log_delivery_source.logs": {"resource_arn": "${aws_cloudfront_distribution.it.arn}"},
    "aws_cloudwatch_log_delivery.logs": {
        "delivery_source_name": "${aws_cloudwatch_log_delivery_source.logs.name}"
    },
}


def _certificate(version: Json) -> Bodies:
    return {"aws_cloudfront_distribution.it": {"viewer_certificate": {"minimum_protocol_version": version}}}


def _origin(protocol: str, *tls: str) -> Bodies:
    config: dict[str, Json] = {"origin_protocol_policy": protocol, "origin_ssl_protocols": list(tls)}
    return {
        "aws_cloudfront_distribution.it": {
            "default_cache_behavior": REDIRECT,
            "origin": [{"custom_origin_config": config}],
        }
    }


EXAMPLES = (
    Example(
        "CKV_ARQ_17",
        passes=({"aws_lb.it": {"enable_deletion_protection": True}},),
        fails=({"aws_lb.it": {}}, {"aws_lb.it": {"enable_deletion_protection": False}}),
        not_applicable=({"aws_lb.it": in_dev({})},),
    ),
    Example(
        "CKV_ARQ_27",
        passes=(_certificate("TLSv1.2_2021"), _certificate("TLSv1.2_2025")),
        fails=(_certificate("TLSv1.2_2018"), _certificate(None), {"aws_cloudfront_distribution.it": {}}),
        unknown=(_certificate("${var.tls}"),),
    ),
    Example(
        "CKV_ARQ_28",
        passes=(
            {"aws_cloudfront_distribution.it": {"default_cache_behavior": REDIRECT}},
            _origin("https-only", "TLSv1.2"),
        ),
        fails=(
            {"aws_cloudfront_distribution.it": {}},
            {"aws_cloudfront_distribution.it": {"default_cache_behavior": [ALLOW]}},
            {
                "aws_cloudfront_distribution.it": {
                    "default_cache_behavior": REDIRECT,
                    "ordered_cache_behavior": [REDIRECT, ALLOW],
                }
            },
            _origin("http-only", "TLSv1.2"),
            _origin("https-only", "TLSv1", "TLSv1.2"),
        ),
    ),
    Example(
        "CKV_ARQ_29",
        passes=(
            {
                "aws_cloudfront_vpc_origin.it": {
                    "vpc_origin_endpoint_config": [{"origin_protocol_policy": "https-only"}]
                }
            },
        ),
        fails=(
            {"aws_cloudfront_vpc_origin.it": {}},
            {
                "aws_cloudfront_vpc_origin.it": {
                    "vpc_origin_endpoint_config": {"origin_protocol_policy": "match-viewer"}
                }
            },
        ),
    ),
    Example(
        "CKV2_ARQ_5",
        passes=(DELIVERY,),
        fails=(
            {"aws_cloudfront_distribution.it": {}},
            {key: body for key, body in DELIVERY.items() if key != "aws_cloudwatch_log_delivery.logs"},
        ),
    ),
)

REGRESSIONS = (
    regression(
        "TLS 1.0 for viewers",
        edit_first(
            "aws_cloudfront_distribution", set_value("viewer_certificate.minimum_protocol_version", "TLSv1")
        ),
        "CKV_ARQ_27",
    ),
    regression(
        "HTTP for viewers",
        edit_first(
            "aws_cloudfront_distribution",
            set_value("default_cache_behavior.viewer_protocol_policy", "allow-all"),
        ),
        "CKV_ARQ_28",
    ),
    regression(
        "HTTP to the origin",
        edit_first(
            "aws_cloudfront_vpc_origin",
            set_value("vpc_origin_endpoint_config.origin_protocol_policy", "http-only"),
        ),
        "CKV_ARQ_29",
    ),
    regression(
        "distribution without access logs",
        remove_resources(
            "aws_cloudwatch_log_delivery", reported_at=first_address("aws_cloudfront_distribution")
        ),
        "CKV2_ARQ_5",
    ),
    regression(
        "distribution without firewall",
        edit_first("aws_cloudfront_distribution", remove_value("web_acl_id")),
        "CKV_AWS_68",
    ),
    regression(
        "load balancer without deletion protection",
        edit_first("aws_lb", set_value("enable_deletion_protection", value=False)),
        "CKV_ARQ_17",
    ),
    regression(
        "load balancer forwards invalid headers",
        edit_first("aws_lb", remove_value("drop_invalid_header_fields")),
        "CKV_AWS_131",
    ),
)
