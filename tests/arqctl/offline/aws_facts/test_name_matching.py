"""Terraform's and AWS's names of the same argument match; unrelated names don't."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws_facts.name_matching import NameMatcher, normalize_name

WORDS = st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=4)


def camel(words: list[str]) -> str:
    return "".join(word.capitalize() for word in words)


@given(WORDS)
def test_case_and_separators_are_ignored(words: list[str]) -> None:
    assert normalize_name("_".join(words)) == normalize_name(camel(words)) == normalize_name("-".join(words))


@given(WORDS, st.lists(WORDS, max_size=5))
def test_an_exact_name_is_found_among_any_others(words: list[str], others: list[list[str]]) -> None:
    found = NameMatcher([*map(camel, others), camel(words)]).find("_".join(words))
    assert found is not None
    assert normalize_name(found.name) == normalize_name("_".join(words))
    assert found.is_exact


@given(WORDS, WORDS)
def test_an_exact_name_wins_over_a_similar_one(words: list[str], noun: list[str]) -> None:
    matcher = NameMatcher([camel([*noun, *words]), camel(words)], noun=camel(noun))
    found = matcher.find("_".join(words))
    assert found is not None
    assert found.name == camel(words)


@given(WORDS)
def test_an_unrelated_name_is_not_found(words: list[str]) -> None:
    assert NameMatcher(["Qqqqqqqqqq"]).find("_".join(words)) is None


@pytest.mark.parametrize(
    ("argument", "member", "noun"),
    [
        ("subnet_ids", "SubnetIds", ""),
        ("rule", "Rules", ""),
        ("ordered_cache_behavior", "OrderedCacheBehaviors", ""),
        ("policy", "Policies", ""),
        ("identifier", "DBInstanceIdentifier", "DBInstance"),
        ("cluster_identifier", "DBClusterIdentifier", "DBCluster"),
        ("name", "GroupName", "SecurityGroup"),
        ("vpc_id", "VPCId", ""),
    ],
)
def test_exact_matches(argument: str, member: str, noun: str) -> None:
    found = NameMatcher([member], noun).find(argument)
    assert found is not None
    assert found.is_exact


@pytest.mark.parametrize(
    ("argument", "member"),
    [
        ("role_arn", "Role"),
        ("policy", "PolicyDocument"),
        ("enable_dns_support", "DnsSupportEnabled"),
        ("logging_config", "LoggingConfiguration"),
    ],
)
def test_similar_names_are_not_exact(argument: str, member: str) -> None:
    """Similar names transfer replacement but no constraints: an ARN isn't a name."""
    found = NameMatcher([member]).find(argument)
    assert found is not None
    assert not found.is_exact


@pytest.mark.parametrize("name", ["db_subnet_group_name", "IPv6CidrBlock", "x-amzn"])
def test_a_normalized_name_has_only_letters_and_digits(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+", normalize_name(name))
