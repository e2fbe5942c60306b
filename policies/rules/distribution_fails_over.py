"""Failover of distributions to another region."""

from policies.regions import in_other_regions
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_expression, pass_if

_CODES = frozenset({500, 502, 503, 504})
_MEMBERS = 2


@rule(
    id="CKV2_ARQ_17",
    severity="HIGH",
    on=("aws_cloudfront_distribution",),
    why="Requests of a behavior that knows only one region fail with that region, also after a failover.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html",
)
def distribution_fails_over(distribution: Block, stack: Stack) -> Verdict:
    """Replicated buckets must be in an origin group of two regions; with a standby, APIs need its switch.

    A standby is a VPC origin of another stack. Each distribution of the stack then needs it as origin, and
    each behavior of a VPC origin a function with a key value store, which selects the region. A bucket that
    the stack does not make is unknown.
    """
    behaviors = [
        *distribution.blocks("default_cache_behavior"),
        *distribution.blocks("ordered_cache_behavior"),
    ]
    has_standby = any(_has_standby(each, stack) for each in stack.of_type("aws_cloudfront_distribution"))
    return all_pass(_fails_over(each, distribution, stack, has_standby=has_standby) for each in behaviors)


def _fails_over(behavior: Json, distribution: Block, stack: Stack, *, has_standby: bool) -> Verdict:
    target = at(behavior, "target_origin_id")
    if is_expression(target):
        return Verdict.UNKNOWN
    group = _find(distribution, "origin_group", target)
    if group is not None:
        return _group_fails_over(group, distribution, stack)
    origin = _find(distribution, "origin", target)
    if origin is None:
        return Verdict.FAIL
    if at(origin, "vpc_origin_config") and has_standby:
        return all_pass([pass_if(_has_standby(distribution, stack)), _has_switch(behavior, stack)])
    buckets = _buckets(origin, stack)
    if not buckets and not at(origin, "vpc_origin_config") and not at(origin, "custom_origin_config"):
        return Verdict.UNKNOWN
    return pass_if(not any(_is_replicated(each, stack) for each in buckets))


def _group_fails_over(group: Json, distribution: Block, stack: Stack) -> Verdict:
    ids = [at(each, "origin_id") for each in as_list(at(group, "member"))]
    codes = as_list(at(group, "failover_criteria.status_codes"))
    numbers = {_code(each) for each in codes}
    origins = [_find(distribution, "origin", each) for each in ids]
    buckets = [bucket for each in origins for bucket in _buckets(each, stack)]
    return all_pass(
        [
            pass_if(len(ids) == _MEMBERS and None not in origins),
            Verdict.UNKNOWN if any(map(is_expression, codes)) else pass_if(numbers >= _CODES),
            # Buckets of other stacks can be anywhere.
            in_other_regions(buckets[0], buckets[1], stack) if len(buckets) == _MEMBERS else Verdict.UNKNOWN,
        ]
    )


def _has_switch(behavior: Json, stack: Stack) -> Verdict:
    functions = [
        function
        for each in as_list(at(behavior, "function_association"))
        if at(each, "event_type") == "viewer-request"
        for function in stack.resolve(at(each, "function_arn"), "aws_cloudfront_function")
    ]
    return any_passes(pass_if(bool(each.get("key_value_store_associations"))) for each in functions)


def _has_standby(distribution: Block, stack: Stack) -> bool:
    """Return whether an origin is a VPC origin that the stack does not make."""
    ids = [at(each, "vpc_origin_config.vpc_origin_id") for each in distribution.blocks("origin")]
    return any(each and not stack.resolve(each, "aws_cloudfront_vpc_origin") for each in ids)


def _is_replicated(bucket: Block, stack: Stack) -> bool:
    replications = stack.referrers(bucket, "aws_s3_bucket_replication_configuration")
    return any(bucket in stack.resolve(each.get("bucket"), "aws_s3_bucket") for each in replications)


def _buckets(origin: Json, stack: Stack) -> list[Block]:
    return stack.resolve(at(origin, "domain_name"), "aws_s3_bucket")


def _find(distribution: Block, kind: str, id_: Json) -> Json:
    """Return the origin or the group with an id, or None."""
    return next((each for each in distribution.blocks(kind) if at(each, "origin_id") == id_), None)


def _code(value: Json) -> Json:
    """Return a status code as a number, because Terraform converts it. Other values are no code."""
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else None
