"""A version passes if it is listed, is a prefix of a listed one, or may be newer than the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws_facts.engine_versions import is_available

POSTGRES = ("16.8", "16.9", "17.4", "17.7", "18.1", "9.6.24")
MYSQL = ("8.0.44", "8.0.45", "8.4.7", "8.0.46-rds.20260624")


@given(st.sampled_from(POSTGRES))
def test_a_listed_version_passes(version: str) -> None:
    assert is_available(version, POSTGRES)


@pytest.mark.parametrize("version", ["16", "17", "18", "9", "9.6"])
def test_a_prefix_of_a_listed_version_passes(version: str) -> None:
    assert is_available(version, POSTGRES)


@pytest.mark.parametrize("version", ["17.8", "18.2", "19", "19.1"])
def test_a_possibly_newer_version_passes(version: str) -> None:
    assert is_available(version, POSTGRES)


@pytest.mark.parametrize("version", ["17.5", "17.99", "1", "15", "99", "latest", "", "17.x.y", "17-4"])
def test_an_impossible_version_is_rejected(version: str) -> None:
    assert not is_available(version, POSTGRES)


@pytest.mark.parametrize(
    ("version", "passes"), [("8.0", True), ("8.4.8", True), ("8.1", False), ("7.0.x", False)]
)
def test_versions_of_three_parts(version: str, *, passes: bool) -> None:
    assert is_available(version, MYSQL) is passes


def test_a_wildcard_minor_version_passes() -> None:
    assert is_available("6.x", ("6.0", "6.2", "7.1"))


@given(st.text(max_size=8))
def test_any_string_is_handled(version: str) -> None:
    assert is_available(version, POSTGRES) in (True, False)
