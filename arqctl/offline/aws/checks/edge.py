"""Checks of CloudFront distributions, WAF web ACLs and ACM certificates."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from arqctl.offline.aws.checks.resource import (
    Resource,
    as_list,
    as_text,
    definitely_set,
    get_blocks,
    known_prefix,
    make_error,
    possibly_set,
)
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value

_METHOD_SETS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
)
# RFC 1035.
_MAX_DOMAIN_LENGTH, _MAX_LABEL_LENGTH = 253, 63
_BEHAVIORS = ("default_cache_behavior", "ordered_cache_behavior")


def check_origins(distribution: Resource) -> Iterator[Diagnostic]:
    """Check that every cache behavior and origin group refers to an origin of the distribution."""
    known_origins = [
        each.get("origin_id") for name in ("origin", "origin_group") for each in distribution.get_blocks(name)
    ]
    if not all(isinstance(each, str) for each in known_origins) or isinstance(
        distribution.values.get("origin"), Unknown
    ):
        return
    for name in sorted({str(each) for each in known_origins if known_origins.count(each) > 1}):
        yield make_error(
            "Duplicate origin id", f"origin_id {name} is used twice. Give each origin its own.", "origin"
        )
    for block, behavior in _behaviors(distribution):
        target = as_text(behavior.get("target_origin_id"))
        if target and target not in known_origins:
            yield make_error(
                "Unknown origin",
                f"target_origin_id is {target}. "
                f"The distribution has {', '.join(sorted(map(str, known_origins)))}.",
                block,
            )
    for group in distribution.get_blocks("origin_group"):
        for member in get_blocks(group, "member"):
            origin = as_text(member.get("origin_id"))
            if origin and origin not in known_origins:
                yield make_error(
                    "Unknown origin in an origin group",
                    f"member.origin_id is {origin}. Use an origin of the distribution.",
                    "origin_group",
                )


def check_behaviors(distribution: Resource) -> Iterator[Diagnostic]:
    """Check the methods, caching and path patterns of cache behaviors."""
    for block, behavior in _behaviors(distribution):
        allowed, cached = (
            _known_strings(behavior.get(name)) for name in ("allowed_methods", "cached_methods")
        )
        if allowed is not None and allowed not in _METHOD_SETS:
            yield make_error(
                "Invalid set of allowed methods",
                f"allowed_methods is {sorted(allowed)}. Use one of the three sets that CloudFront accepts.",
                block,
            )
        if cached is not None and cached not in _METHOD_SETS[:2]:
            yield make_error(
                "Invalid set of cached methods",
                f"cached_methods is {sorted(cached)}. Use GET and HEAD, with or without OPTIONS.",
                block,
            )
        if definitely_set(behavior, "cache_policy_id") and get_blocks(behavior, "forwarded_values"):
            yield make_error("Two ways of caching", "Set either cache_policy_id or forwarded_values.", block)
    paths = [each.get("path_pattern") for each in distribution.get_blocks("ordered_cache_behavior")]
    for path in sorted({str(each) for each in paths if isinstance(each, str) and paths.count(each) > 1}):
        yield make_error(
            "Duplicate path pattern",
            f"path_pattern {path} is used twice. Remove one behavior.",
            "ordered_cache_behavior",
        )


def check_ttl_order(policy: Resource) -> Iterator[Diagnostic]:
    """Check that minimum, default and maximum TTL are in this order."""
    names = ("min_ttl", "default_ttl", "max_ttl")
    ttls = [(name, each) for name in names if (each := as_number(policy.values.get(name))) is not None]
    for (name, value), (next_name, next_value) in pairwise(ttls):
        if value > next_value:
            yield make_error(
                "TTLs out of order",
                f"{name} is {value} and {next_name} is {next_value}. Set {name} to {next_value} or less.",
                name,
            )


def check_viewer_certificate(distribution: Resource) -> Iterator[Diagnostic]:
    """Check that aliases come with a certificate of us-east-1."""
    aliases = as_list(distribution.values.get("aliases"))
    for viewer in distribution.get_blocks("viewer_certificate"):
        certificate_arguments = ("acm_certificate_arn", "iam_certificate_id")
        if aliases and not any(possibly_set(viewer, name) for name in certificate_arguments):
            yield make_error(
                "Aliases without a certificate",
                "aliases is set. Set acm_certificate_arn.",
                "viewer_certificate",
            )
        if any(definitely_set(viewer, name) for name in certificate_arguments) and not possibly_set(
            viewer, "ssl_support_method"
        ):
            yield make_error(
                "Certificate without an SSL support method",
                "Set ssl_support_method to sni-only.",
                "viewer_certificate",
            )
        fields = known_prefix(viewer.get("acm_certificate_arn")).split(":")
        if len(fields) > 4 and fields[2] == "acm" and fields[3] != "us-east-1":  # noqa: PLR2004 - an ARN's parts
            yield make_error(
                "Certificate of another region",
                f"acm_certificate_arn is in {fields[3]}. CloudFront accepts only certificates of us-east-1.",
                "viewer_certificate",
            )


def check_web_acl(distribution: Resource) -> Iterator[Diagnostic]:
    """Check that a distribution's web ACL has the scope CLOUDFRONT."""
    prefix = known_prefix(distribution.values.get("web_acl_id"))
    if ":wafv2:" in prefix and ":regional/" in prefix:
        yield make_error(
            "Regional web ACL", "CloudFront accepts only web ACLs of scope CLOUDFRONT.", "web_acl_id"
        )


def check_web_acl_scope(acl: Resource) -> Iterator[Diagnostic]:
    """Check that CLOUDFRONT web ACLs are in us-east-1, and that rules have different names and priorities."""
    region = acl.account.region if acl.account else None
    if acl.get_text("scope") == "CLOUDFRONT" and region not in (None, "us-east-1"):
        yield make_error(
            "CLOUDFRONT web ACL outside us-east-1",
            f"scope is CLOUDFRONT and the region is {region}. Use us-east-1.",
            "scope",
        )
    for name in ("priority", "name"):
        given = [each.get(name) for each in acl.get_blocks("rule")]
        for each in sorted(
            {str(each) for each in given if given.count(each) > 1 and not isinstance(each, Unknown)}
        ):
            yield make_error(
                f"Duplicate rule {name}",
                f"Two rule blocks have the {name} {each}. Give each its own.",
                "rule",
            )


def check_domain_names(certificate: Resource) -> Iterator[Diagnostic]:
    """Check a certificate's domain names: at most 253 characters, and a wildcard only as the first label."""
    names = [
        certificate.values.get("domain_name"),
        *as_list(certificate.values.get("subject_alternative_names")),
    ]
    for name in names:
        if isinstance(name, str) and name and not _is_domain(name):
            yield make_error(
                "Invalid domain name", f"{name!r} is not a domain name that ACM accepts.", "domain_name"
            )


def _is_domain(name: str) -> bool:
    labels = name.removeprefix("*.").split(".")
    return len(labels) > 1 and len(name) <= _MAX_DOMAIN_LENGTH and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    has_valid_characters = label.replace("-", "").replace("_", "").isalnum()
    return has_valid_characters and len(label) <= _MAX_LABEL_LENGTH and label.strip("-") == label


def _behaviors(distribution: Resource) -> Iterator[tuple[str, Mapping[str, Value]]]:
    for block in _BEHAVIORS:
        for behavior in distribution.get_blocks(block):
            yield block, behavior


def _known_strings(value: Value) -> set[str] | None:
    items = as_list(value)
    return {str(each) for each in items} if items and all(isinstance(each, str) for each in items) else None
