"""Terraform's and AWS's names of one thing find each other, and those of others don't."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws_facts.name_matching import Speller, squashed

WORDS = st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=4)


def camel(words: list[str]) -> str:
    return "".join(word.capitalize() for word in words)


@given(WORDS)
def test_case_and_separators_make_no_difference(words: list[str]) -> None:
    assert squashed("_".join(words)) == squashed(camel(words)) == squashed("-".join(words))


@given(WORDS, st.lists(WORDS, max_size=5))
def test_a_member_is_found_by_its_own_name_among_any_others(
    words: list[str], others: list[list[str]]
) -> None:
    found = Speller([*map(camel, others), camel(words)]).find("_".join(words))
    assert found is not None
    assert squashed(found.name) == squashed("_".join(words))
    assert found.same


@given(WORDS, WORDS)
def test_the_own_name_goes_before_a_kindred_one(words: list[str], noun: list[str]) -> None:
    speller = Speller([camel([*noun, *words]), camel(words)], noun=camel(noun))
    found = speller.find("_".join(words))
    assert found is not None
    assert found.name == camel(words)


@given(WORDS)
def test_what_has_nothing_in_common_is_not_found(words: list[str]) -> None:
    assert Speller(["Qqqqqqqqqq"]).find("_".join(words)) is None


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
def test_names_that_agree(argument: str, member: str, noun: str) -> None:
    found = Speller([member], noun).find(argument)
    assert found is not None
    assert found.same


@pytest.mark.parametrize(
    ("argument", "member"),
    [
        ("role_arn", "Role"),
        ("policy", "PolicyDocument"),
        ("enable_dns_support", "DnsSupportEnabled"),
        ("logging_config", "LoggingConfiguration"),
    ],
)
def test_names_that_only_resemble_each_other(argument: str, member: str) -> None:
    """They say what replaces a resource, but not which values it takes: an ARN is no name."""
    found = Speller([member]).find(argument)
    assert found is not None
    assert not found.same


@pytest.mark.parametrize("name", ["db_subnet_group_name", "IPv6CidrBlock", "x-amzn"])
def test_a_squashed_name_is_letters_and_digits(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+", squashed(name))
