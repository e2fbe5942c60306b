"""Settings of a web ACL: limits, modes of rules and exceptions from them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from constructs_arq.core.config import Config, validation_error
from constructs_arq.storage.log_group import RetentionDays


class RuleMode(StrEnum):
    """Reaction of WAF to a request that matches a rule."""

    BLOCK = "block"
    """WAF refuses it."""
    COUNT = "count"
    """WAF logs and labels it, and lets it pass. Use this until the log contains no legitimate requests."""


class ManagedGroup(StrEnum):
    """AWS managed rule groups, in order of evaluation: the cheapest first.

    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
    """

    IP_REPUTATION = "AWSManagedRulesAmazonIpReputationList"
    ANONYMOUS_IP = "AWSManagedRulesAnonymousIpList"
    KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
    COMMON = "AWSManagedRulesCommonRuleSet"
    SQL_INJECTION = "AWSManagedRulesSQLiRuleSet"


# These rules only count in each mode, because legitimate clients match them: VPN users, services in a cloud,
# bodies above 8 KiB. Counts and labels show attacks that use them.
COUNT_ONLY_RULES: Mapping[ManagedGroup, tuple[str, ...]] = {
    ManagedGroup.ANONYMOUS_IP: ("AnonymousIPList", "HostingProviderIPList"),
    ManagedGroup.COMMON: ("SizeRestrictions_BODY",),
}

_PARTS = {
    "BODY": "Body",
    "COOKIE": "Cookie",
    "HEADER": "Header",
    "QUERYARGUMENTS": "QueryArguments",
    "QUERYSTRING": "QueryString",
    "URIPATH": "URIPath",
}
# Rules that inspect the content of requests, so they match some legitimate ones. The namespace is that of the
# label that each adds.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
_NAMESPACES = {ManagedGroup.COMMON: "core-rule-set", ManagedGroup.SQL_INJECTION: "sql-database"}
_RULES: Mapping[str, ManagedGroup] = {
    **{
        f"{name}_{part}": ManagedGroup.COMMON
        for name, parts in {
            "NoUserAgent": ("HEADER",),
            "UserAgent_BadBots": ("HEADER",),
            "SizeRestrictions": ("QUERYSTRING", "BODY", "URIPATH"),
            "SizeRestrictions_Cookie": ("HEADER",),
            "EC2MetaDataSSRF": ("BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS"),
            "GenericLFI": ("BODY", "URIPATH", "QUERYARGUMENTS"),
            "GenericRFI": ("BODY", "URIPATH", "QUERYARGUMENTS"),
            "RestrictedExtensions": ("URIPATH", "QUERYARGUMENTS"),
            "CrossSiteScripting": ("BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS"),
        }.items()
        for part in parts
    },
    **{
        f"{name}_{part}": ManagedGroup.SQL_INJECTION
        for name, parts in {
            "SQLi": ("BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS"),
            "SQLiExtendedPatterns": ("BODY", "QUERYARGUMENTS"),
        }.items()
        for part in parts
    },
}


def _validate_rule(rule: str) -> str:
    if rule not in _RULES:
        raise validation_error(
            "must be a rule of the common or the SQL injection group", fix=f"Use one of {', '.join(_RULES)}."
        )
    # An exception would add a rule that blocks outside of its path, where the managed rule only counts.
    if rule in COUNT_ONLY_RULES.get(_RULES[rule], ()):
        raise validation_error("is a rule that only counts on every path", fix="Remove the exception.")
    return rule


class RuleException(Config):
    """A rule that must not block requests below a path, such as an editor that sends HTML."""

    rule: Annotated[str, AfterValidator(_validate_rule)] = Field(
        description="Name of the rule, such as CrossSiteScripting_BODY."
    )
    path: Annotated[str, StringConstraints(pattern=r"^/[\w./-]+$", max_length=200)] = Field(
        description="Start of the paths where the rule only counts, such as /api/articles/."
    )
    why: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="Why the requests are legitimate, for the next reader of the configuration."
    )

    @property
    def group(self) -> ManagedGroup:
        """The group of the rule."""
        return _RULES[self.rule]

    @property
    def label(self) -> str:
        """The label that the rule adds to a request that matches it."""
        name, _, part = self.rule.removeprefix("UserAgent_").rpartition("_")
        return f"awswaf:managed:aws:{_NAMESPACES[self.group]}:{name}_{_PARTS[part]}"


class WebAclConfig(Config):
    """Settings of a web ACL that an environment can vary."""

    requests_per_five_minutes: int = Field(
        default=20_000,
        ge=10,
        le=2_000_000_000,
        description="Limit for one IP address, including files. An office can share one address.",
    )
    api_requests_per_five_minutes: int = Field(
        default=2000, ge=10, le=2_000_000_000, description="Limit for one IP address at the paths of the API."
    )
    rate_limit_mode: RuleMode = Field(
        default=RuleMode.BLOCK, description="Whether WAF blocks requests above the limits, or only counts."
    )
    group_modes: Mapping[ManagedGroup, RuleMode] = Field(
        default_factory=dict, description="Modes of managed groups. Groups without a mode block."
    )
    exceptions: tuple[RuleException, ...] = Field(
        default=(), max_length=50, description="Rules that only count below a path."
    )
    log_retention_days: RetentionDays = Field(
        default=365, description="Retention of the request log, in days."
    )
    blocked_requests: int = Field(
        default=1000, ge=1, description="Alarm threshold for blocked requests within five minutes."
    )

    def mode_of(self, group: ManagedGroup) -> RuleMode:
        """Return the mode of a managed group."""
        return self.group_modes.get(group, RuleMode.BLOCK)
