"""The facts are worked out once, and again when they are stale or damaged."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arqctl.core.errors import InputError
from arqctl.offline.aws_facts import published_facts
from arqctl.offline.aws_facts.coverage import coverage, total
from arqctl.offline.aws_facts.entry_store import DamagedError, Store, write
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_records import Record, decode, encode
from arqctl.offline.facts import Constraint, Facts
from arqctl.offline.schema.cache import VARIABLE
from tests.arqctl.offline.aws_facts.installed_facts import aws, facts

ENTRIES = {
    "aws_vpc": encode(Record(Facts("AWS::EC2::VPC", frozenset({("cidr_block",)})), {}, 8, 2)),
    "aws_subnet": encode(Record(Facts("AWS::EC2::Subnet"), {}, 9, 0)),
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """An empty cache, and what was told of each time the facts were worked out."""
    from arqctl.offline.aws_facts import builder  # noqa: PLC0415

    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    told: list[float] = []

    def entries(_sources: Sources, watch: Callable[[float], None]) -> dict[str, bytes]:
        watch(1.0)
        told.append(1.0)
        return ENTRIES

    monkeypatch.setattr(builder, "entries", entries)
    return told


def test_they_are_worked_out_once(built: list[float]) -> None:
    seen: list[float] = []
    PublishedFacts.load(seen.append)
    again = PublishedFacts.load(seen.append)
    assert built == seen == [1.0]
    assert again.of("aws_vpc").replacing == {("cidr_block",)}
    assert again.coverage("aws_vpc") == (2, 8)
    assert again.of("aws_nothing") == Facts()


def test_a_damaged_index_is_written_anew(built: list[float]) -> None:
    PublishedFacts.load()
    kept = published_facts.file(Sources.installed())
    content = kept.read_bytes()
    for damaged in (content[:20], b"", content.replace(b"aws_subnet", b"aws_subnot", 1)):
        kept.write_bytes(damaged)
        assert PublishedFacts.load().of("aws_vpc").cloudformation == "AWS::EC2::VPC"
    assert len(built) == 4


def test_a_damaged_entry_is_written_anew(built: list[float]) -> None:
    PublishedFacts.load()
    kept = published_facts.file(Sources.installed())
    kept.write_bytes(kept.read_bytes().replace(b'"replacing":["cidr_block"]', b'"replacing":["cidr_blook"]'))
    assert PublishedFacts.load().of("aws_vpc").replacing == {("cidr_block",)}
    assert len(built) == 2


def test_facts_of_other_versions_are_stale_and_stay(
    built: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two projects of different versions would otherwise work them out in turns."""
    PublishedFacts.load()
    with monkeypatch.context() as other:
        other.setattr(Sources, "made_of", "cfn-lint 9")
        PublishedFacts.load()
    PublishedFacts.load()
    assert len(built) == 2


def test_what_cannot_be_written_is_said(
    built: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    with pytest.raises(InputError, match=VARIABLE):
        PublishedFacts.load()
    assert built


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.dictionaries(st.text(min_size=1), st.binary(), max_size=8))
def test_a_store_gives_what_was_put_in(tmp_path: Path, entries: dict[str, bytes]) -> None:
    write(tmp_path / "store", "sources", entries)
    store = Store.open(tmp_path / "store", "sources")
    assert store is not None
    assert {key: store.get(key) for key in entries} == entries
    assert Store.open(tmp_path / "store", "others") is None


def test_a_store_is_whole_also_when_another_takes_its_place(tmp_path: Path) -> None:
    write(tmp_path / "store", "sources", {"one": b"abc", "two": b"defg"})
    store = Store.open(tmp_path / "store", "sources")
    assert store is not None
    write(tmp_path / "store", "newer sources", {"zero": b"0123456789", "two": b"xyz"})
    assert (store.get("one"), store.get("two")) == (b"abc", b"defg")


def test_an_entry_that_was_cut_off_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "store", "sources", {"one": b"abc"})
    store = Store.open(tmp_path / "store", "sources")
    assert store is not None
    with (tmp_path / "store").open("r+b") as stream:
        stream.truncate((tmp_path / "store").stat().st_size - 1)
    with pytest.raises(DamagedError):
        store.get("one")


CONSTRAINTS = st.builds(
    Constraint,
    source=st.sampled_from(["CloudFormation", "botocore"]),
    values=st.lists(st.text()).map(tuple),
    pattern=st.text(),
    min_length=st.none() | st.integers(0, 9),
    maximum=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
NAMES = st.lists(st.from_regex(r"[a-z_0-9]+", fullmatch=True), min_size=1, max_size=4).map(tuple)


@given(st.dictionaries(NAMES, CONSTRAINTS), st.frozensets(NAMES), st.dictionaries(NAMES, st.text()))
def test_a_record_is_read_as_it_was_written(
    constraints: dict[tuple[str, ...], Constraint],
    paths: frozenset[tuple[str, ...]],
    sizes: dict[tuple[str, ...], str],
) -> None:
    record = Record(Facts("AWS::X", paths, paths, constraints), sizes, 3, 2)
    read = decode(encode(record))
    assert dict(read.facts.constraints) == constraints
    assert (read.facts.replacing, read.facts.sensitive, read.sizes) == (paths, paths, sizes)
    assert (read.arguments, read.checked) == (3, 2)


def test_every_type_has_a_row_of_coverage() -> None:
    rows = coverage(facts())
    assert [row.type for row in rows] == list(aws().resource_types)
    assert all(0 <= row.checked <= row.arguments for row in rows)
    assert 0.3 < total(rows) < 1
    (one,) = coverage(facts(), ["aws_vpc"])
    assert (one.cloudformation, one.checked > 0) == ("AWS::EC2::VPC", True)
