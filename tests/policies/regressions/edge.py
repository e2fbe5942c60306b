"""CloudFront and load balancers."""

from tests.policies.planting import caught, drop, first, on_first, put, removing

REGRESSIONS = (
    caught(
        "TLS 1.0 at the edge",
        on_first("aws_cloudfront_distribution", put("viewer_certificate.minimum_protocol_version", "TLSv1")),
        "CKV_ARQ_27",
    ),
    caught(
        "plain HTTP at the edge",
        on_first(
            "aws_cloudfront_distribution", put("default_cache_behavior.viewer_protocol_policy", "allow-all")
        ),
        "CKV_ARQ_28",
    ),
    caught(
        "plain HTTP to the origin",
        on_first(
            "aws_cloudfront_vpc_origin", put("vpc_origin_endpoint_config.origin_protocol_policy", "http-only")
        ),
        "CKV_ARQ_29",
    ),
    caught(
        "an edge without logs",
        removing("aws_cloudwatch_log_delivery", found_at=first("aws_cloudfront_distribution")),
        "CKV2_ARQ_5",
    ),
    caught(
        "an edge without firewall", on_first("aws_cloudfront_distribution", drop("web_acl_id")), "CKV_AWS_68"
    ),
    caught(
        "a load balancer that a plan can delete",
        on_first("aws_lb", put("enable_deletion_protection", value=False)),
        "CKV_ARQ_17",
    ),
    caught(
        "a load balancer that forwards odd headers",
        on_first("aws_lb", drop("drop_invalid_header_fields")),
        "CKV_AWS_131",
    ),
)
