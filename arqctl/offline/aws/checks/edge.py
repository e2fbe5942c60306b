"""CloudFront and its certificates and firewalls."""

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

_METHODS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
)
_BEHAVIORS = ("default_cache_behavior", "ordered_cache_behavior")


def check_origins(distribution: Resource) -> Iterator[Diagnostic]:
    """Every behaviour sends to an origin, or a group of them, that the distribution has."""
    known = [
        each.get("origin_id") for name in ("origin", "origin_group") for each in distribution.get_blocks(name)
    ]
    if not all(isinstance(each, str) for each in known) or isinstance(
        distribution.values.get("origin"), Unknown
    ):
        return
    for name in sorted({str(each) for each in known if known.count(each) > 1}):
        yield make_error(
            "Two origins with one id", f"origin_id {name} is given twice. Name them apart.", "origin"
        )
    for block, behavior in _behaviors(distribution):
        target = as_text(behavior.get("target_origin_id"))
        if target and target not in known:
            yield make_error(
                "A behaviour without its origin",
                f"target_origin_id is {target}; the distribution has {', '.join(sorted(map(str, known)))}.",
                block,
            )
    for group in distribution.get_blocks("origin_group"):
        for member in get_blocks(group, "member"):
            origin = as_text(member.get("origin_id"))
            if origin and origin not in known:
                yield make_error(
                    "A group without its origin", f"member.origin_id is {origin}.", "origin_group"
                )


def check_behaviors(distribution: Resource) -> Iterator[Diagnostic]:
    """Methods in the sets that CloudFront knows, times in order, each path once."""
    for block, behavior in _behaviors(distribution):
        allowed, cached = (_known_set(behavior.get(name)) for name in ("allowed_methods", "cached_methods"))
        if allowed is not None and allowed not in _METHODS:
            yield make_error(
                "Methods that CloudFront doesn't take together",
                f"allowed_methods is {sorted(allowed)}.",
                block,
            )
        if cached is not None and cached not in _METHODS[:2]:
            yield make_error(
                "Methods that CloudFront doesn't cache", f"cached_methods is {sorted(cached)}.", block
            )
        if definitely_set(behavior, "cache_policy_id") and get_blocks(behavior, "forwarded_values"):
            yield make_error(
                "Two ways of caching", "Give cache_policy_id or forwarded_values, not both.", block
            )
    paths = [each.get("path_pattern") for each in distribution.get_blocks("ordered_cache_behavior")]
    for path in sorted({str(each) for each in paths if isinstance(each, str) and paths.count(each) > 1}):
        yield make_error(
            "Two behaviours for one path", f"path_pattern {path} is given twice.", "ordered_cache_behavior"
        )


def check_ttl_order(policy: Resource) -> Iterator[Diagnostic]:
    """The least, the usual and the longest time in a cache, in this order."""
    names = ("min_ttl", "default_ttl", "max_ttl")
    known = [(name, each) for name in names if (each := as_number(policy.values.get(name))) is not None]
    for (name, less), (other, more) in pairwise(known):
        if less > more:
            yield make_error("Times out of order", f"{name} is {less} and {other} is {more}.", name)


def check_viewer_certificate(distribution: Resource) -> Iterator[Diagnostic]:
    """Own names want an own certificate, which lives in us-east-1."""
    aliases = as_list(distribution.values.get("aliases"))
    for viewer in distribution.get_blocks("viewer_certificate"):
        own = ("acm_certificate_arn", "iam_certificate_id")
        if aliases and not any(possibly_set(viewer, name) for name in own):
            yield make_error(
                "Own names without a certificate",
                "aliases are given. Give acm_certificate_arn.",
                "viewer_certificate",
            )
        if any(definitely_set(viewer, name) for name in own) and not possibly_set(
            viewer, "ssl_support_method"
        ):
            yield make_error(
                "A certificate without a way to serve it",
                "Give ssl_support_method: sni-only.",
                "viewer_certificate",
            )
        fields = known_prefix(viewer.get("acm_certificate_arn")).split(":")
        if len(fields) > 4 and fields[2] == "acm" and fields[3] != "us-east-1":  # noqa: PLR2004 - an ARN's parts
            yield make_error(
                "A certificate of another region",
                f"acm_certificate_arn is in {fields[3]}; CloudFront takes certificates of us-east-1 only.",
                "viewer_certificate",
            )


def check_web_acl(distribution: Resource) -> Iterator[Diagnostic]:
    """A distribution's firewall is a global one."""
    said = known_prefix(distribution.values.get("web_acl_id"))
    if ":wafv2:" in said and ":regional/" in said:
        yield make_error(
            "A firewall of a region", "CloudFront takes web ACLs of scope CLOUDFRONT only.", "web_acl_id"
        )


def check_web_acl_scope(acl: Resource) -> Iterator[Diagnostic]:
    """What is for CloudFront is made in us-east-1; rules have priorities of their own."""
    region = acl.account.region if acl.account else None
    if acl.get_text("scope") == "CLOUDFRONT" and region not in (None, "us-east-1"):
        yield make_error(
            "A firewall for CloudFront in a region",
            f"scope is CLOUDFRONT and the region {region}; it has to be us-east-1.",
            "scope",
        )
    for name in ("priority", "name"):
        given = [each.get(name) for each in acl.get_blocks("rule")]
        for each in sorted(
            {str(each) for each in given if given.count(each) > 1 and not isinstance(each, Unknown)}
        ):
            yield make_error(f"Two rules with one {name}", f"rule has the {name} {each} twice.", "rule")


def check_domain_names(certificate: Resource) -> Iterator[Diagnostic]:
    """Names of a certificate: a star stands first and alone, and 253 characters are the most."""
    names = [
        certificate.values.get("domain_name"),
        *as_list(certificate.values.get("subject_alternative_names")),
    ]
    for name in names:
        if isinstance(name, str) and name and not _is_domain(name):
            yield make_error("Not a domain name", f"{name!r} is no name that ACM issues for.", "domain_name")


def _is_domain(name: str) -> bool:
    labels = name.removeprefix("*.").split(".")
    fine = all(0 < len(each) <= 63 and each.replace("-", "").replace("_", "").isalnum() for each in labels)  # noqa: PLR2004
    hyphens = any(each.startswith("-") or each.endswith("-") for each in labels)
    return fine and not hyphens and len(labels) > 1 and len(name) <= 253  # noqa: PLR2004 - RFC 1035


def _behaviors(distribution: Resource) -> Iterator[tuple[str, Mapping[str, Value]]]:
    for block in _BEHAVIORS:
        for behavior in distribution.get_blocks(block):
            yield block, behavior


def _known_set(value: Value) -> set[str] | None:
    items = as_list(value)
    return {str(each) for each in items} if items and all(isinstance(each, str) for each in items) else None
