"""A version passes when it is known, when AWS picks the rest, and when it may be newer than the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws_facts.engine_versions import known

POSTGRES = ("16.8", "16.9", "17.4", "17.7", "18.1", "9.6.24")
MYSQL = ("8.0.44", "8.0.45", "8.4.7", "8.0.46-rds.20260624")


@given(st.sampled_from(POSTGRES))
def test_a_listed_version_passes(version: str) -> None:
    assert known(version, POSTGRES)


@pytest.mark.parametrize("version", ["16", "17", "18", "9", "9.6"])
def test_the_beginning_of_a_listed_version_passes(version: str) -> None:
    assert known(version, POSTGRES)


@pytest.mark.parametrize("version", ["17.8", "18.2", "19", "19.1"])
def test_what_may_have_come_since_passes(version: str) -> None:
    assert known(version, POSTGRES)


@pytest.mark.parametrize("version", ["17.5", "17.99", "1", "15", "99", "latest", "", "17.x.y", "17-4"])
def test_what_never_was_is_refused(version: str) -> None:
    assert not known(version, POSTGRES)


@pytest.mark.parametrize(
    ("version", "passes"), [("8.0", True), ("8.4.8", True), ("8.1", False), ("7.0.x", False)]
)
def test_versions_of_three_parts(version: str, *, passes: bool) -> None:
    assert known(version, MYSQL) is passes


def test_a_wild_minor_version_passes() -> None:
    assert known("6.x", ("6.0", "6.2", "7.1"))


@given(st.text(max_size=8))
def test_any_text_is_judged(version: str) -> None:
    assert known(version, POSTGRES) in (True, False)
