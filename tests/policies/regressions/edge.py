"""CloudFront and load balancers."""

from tests.policies.mutations import (
    edit_first,
    first_address,
    regression,
    remove_resources,
    remove_value,
    set_value,
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
