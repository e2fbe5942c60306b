"""The facts are built once, and rebuilt if they are stale or corrupt."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arqctl.core.errors import InputError
from arqctl.offline.aws_facts import published_facts
from arqctl.offline.aws_facts.coverage import coverage, mean_share
from arqctl.offline.aws_facts.entry_store import CorruptEntryError, EntryStore, write_store
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_records import TypeRecord, decode, encode
from arqctl.offline.facts import Constraint, Facts
from arqctl.offline.schema.cache import CACHE_VARIABLE
from tests.arqctl.offline.aws_facts.installed_facts import aws, facts

ENTRIES = {
    "aws_vpc": encode(TypeRecord(Facts("AWS::EC2::VPC", frozenset({("cidr_block",)})), {}, 8, 2)),
    "aws_subnet": encode(TypeRecord(Facts("AWS::EC2::Subnet"), {}, 9, 0)),
}


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Provide an empty cache, and the progress that each build reported."""
    from arqctl.offline.aws_facts import builder  # noqa: PLC0415

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    builds: list[float] = []

    def build_entries(_sources: Sources, on_progress: Callable[[float], None]) -> dict[str, bytes]:
        on_progress(1.0)
        builds.append(1.0)
        return ENTRIES

    monkeypatch.setattr(builder, "build_entries", build_entries)
    return builds


def test_facts_are_built_once(builds: list[float]) -> None:
    progress: list[float] = []
    PublishedFacts.load(progress.append)
    facts_from_cache = PublishedFacts.load(progress.append)
    assert builds == progress == [1.0]
    assert facts_from_cache.of("aws_vpc").replacing == {("cidr_block",)}
    assert facts_from_cache.coverage("aws_vpc") == (2, 8)
    assert facts_from_cache.of("aws_nothing") == Facts()


def test_a_corrupt_index_is_rebuilt(builds: list[float]) -> None:
    PublishedFacts.load()
    file = published_facts.facts_file(Sources.installed())
    content = file.read_bytes()
    for corrupt in (content[:20], b"", content.replace(b"aws_subnet", b"aws_subnot", 1)):
        file.write_bytes(corrupt)
        assert PublishedFacts.load().of("aws_vpc").cloudformation == "AWS::EC2::VPC"
    assert len(builds) == 4


def test_a_corrupt_entry_is_rebuilt(builds: list[float]) -> None:
    PublishedFacts.load()
    file = published_facts.facts_file(Sources.installed())
    file.write_bytes(file.read_bytes().replace(b'"replacing":["cidr_block"]', b'"replacing":["cidr_blook"]'))
    assert PublishedFacts.load().of("aws_vpc").replacing == {("cidr_block",)}
    assert len(builds) == 2


def test_facts_of_other_versions_are_rebuilt_and_kept(
    builds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two projects with different versions would otherwise rebuild the facts alternately."""
    PublishedFacts.load()
    with monkeypatch.context() as other:
        other.setattr(Sources, "source_versions", "cfn-lint 9")
        PublishedFacts.load()
    PublishedFacts.load()
    assert len(builds) == 2


def test_an_unwritable_cache_is_reported(
    builds: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(InputError, match=CACHE_VARIABLE):
        PublishedFacts.load()
    assert builds


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.dictionaries(st.text(min_size=1), st.binary(), max_size=8))
def test_a_store_returns_its_entries(tmp_path: Path, entries: dict[str, bytes]) -> None:
    write_store(tmp_path / "store", "sources", entries)
    store = EntryStore.open(tmp_path / "store", "sources")
    assert store is not None
    assert {key: store.get(key) for key in entries} == entries
    assert EntryStore.open(tmp_path / "store", "others") is None


def test_an_open_store_survives_replacement_of_its_file(tmp_path: Path) -> None:
    write_store(tmp_path / "store", "sources", {"one": b"abc", "two": b"defg"})
    store = EntryStore.open(tmp_path / "store", "sources")
    assert store is not None
    write_store(tmp_path / "store", "newer sources", {"zero": b"0123456789", "two": b"xyz"})
    assert (store.get("one"), store.get("two")) == (b"abc", b"defg")


def test_a_truncated_entry_is_corrupt(tmp_path: Path) -> None:
    write_store(tmp_path / "store", "sources", {"one": b"abc"})
    store = EntryStore.open(tmp_path / "store", "sources")
    assert store is not None
    with (tmp_path / "store").open("r+b") as stream:
        stream.truncate((tmp_path / "store").stat().st_size - 1)
    with pytest.raises(CorruptEntryError):
        store.get("one")


CONSTRAINTS = st.builds(
    Constraint,
    source=st.sampled_from(["CloudFormation", "botocore"]),
    values=st.lists(st.text()).map(tuple),
    pattern=st.text(),
    min_length=st.none() | st.integers(0, 9),
    maximum=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
PATHS = st.lists(st.from_regex(r"[a-z_0-9]+", fullmatch=True), min_size=1, max_size=4).map(tuple)


@given(st.dictionaries(PATHS, CONSTRAINTS), st.frozensets(PATHS), st.dictionaries(PATHS, st.text()))
def test_a_record_survives_encoding_and_decoding(
    constraints: dict[tuple[str, ...], Constraint],
    paths: frozenset[tuple[str, ...]],
    instance_sizes: dict[tuple[str, ...], str],
) -> None:
    record = TypeRecord(Facts("AWS::X", paths, paths, constraints), instance_sizes, 3, 2)
    read = decode(encode(record))
    assert dict(read.facts.constraints) == constraints
    assert (read.facts.replacing, read.facts.sensitive, read.instance_sizes) == (paths, paths, instance_sizes)
    assert (read.checkable, read.checked) == (3, 2)


def test_coverage_has_a_row_for_every_type() -> None:
    rows = coverage(facts())
    assert [row.type for row in rows] == list(aws().resource_types)
    assert all(0 <= row.checked <= row.checkable for row in rows)
    assert 0.3 < mean_share(rows) < 1
    (one,) = coverage(facts(), ["aws_vpc"])
    assert (one.cloudformation, one.checked > 0) == ("AWS::EC2::VPC", True)
