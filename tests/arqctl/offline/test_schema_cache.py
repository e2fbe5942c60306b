"""The schema cache: a schema is built once, and again if the cached one is stale or damaged."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.bindings import Binding
from arqctl.offline.schema import cache, schemas
from arqctl.offline.schema.cache import CACHE_VARIABLE, load_schema, schema_file, store_schema
from arqctl.offline.schema.extract import extract
from arqctl.offline.schema.schemas import Schemas
from tests.arqctl.offline.installed_schemas import binding_of

TLS = "registry.terraform.io/hashicorp/tls"


@pytest.fixture(autouse=True)
def cache_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the packages that were built."""
    built: list[str] = []
    original = schemas._build

    def build(binding: Binding, watch: schemas.OnProgress) -> cache.CachedSchema:
        built.append(binding.package)
        return original(binding, watch)

    monkeypatch.setattr(schemas, "_build", build)
    return built


def test_a_schema_is_built_once(builds: list[str]) -> None:
    first, second = Schemas.of(TLS), Schemas.of(TLS)
    assert builds == ["cdktf_cdktf_provider_tls"]
    assert first.response == second.response
    assert (second.source, second.version, second.name) == (TLS, "4.1.0", "tls")


def test_the_cached_schema_equals_the_extracted_one() -> None:
    extracted, cached = extract(binding_of("tls")), Schemas.of(TLS)
    assert cached.resource_types == tuple(sorted(extracted.resources))
    assert cached.data_source_types == tuple(sorted(extracted.data_sources))
    assert cached.configuration == extracted.configuration
    assert {name: cached.resource(name) for name in cached.resource_types} == extracted.resources
    assert {name: cached.data_source(name) for name in cached.data_source_types} == extracted.data_sources
    assert cached.resource("tls_private_key") is cached.resource("tls_private_key")


@pytest.mark.parametrize("lookup", [Schemas.resource, Schemas.data_source])
def test_an_unknown_type_is_a_key_error(lookup: Callable[[Schemas, str], object]) -> None:
    with pytest.raises(KeyError, match="tls_unknown"):
        lookup(Schemas.of(TLS), "tls_unknown")
    assert "tls_unknown" not in Schemas.of(TLS).resource_types


def _flip(content: bytes) -> bytes:
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"\n",
        lambda content: b"null\n" + content,
        lambda content: b"\xff\xfe" + content,
        lambda content: content.partition(b"\n")[2],
        lambda content: content + b"more",
        _flip,
    ],
)
def test_a_damaged_file_is_built_again(damage: Callable[[bytes], bytes], builds: list[str]) -> None:
    whole = Schemas.of(TLS).response
    file = schema_file(binding_of("tls"))
    file.write_bytes(damage(file.read_bytes()))
    assert Schemas.of(TLS).response == whole
    assert len(builds) == 2
    assert load_schema(binding_of("tls"))


@pytest.mark.parametrize("key", ["extractor", "tarball_bytes", "tarball_time"])
def test_a_stale_file_is_built_again(key: str, builds: list[str]) -> None:
    Schemas.of(TLS)
    file = schema_file(binding_of("tls"))
    line, _, response = file.read_bytes().partition(b"\n")
    file.write_bytes(json.dumps(json.loads(line) | {key: "another"}).encode() + b"\n" + response)
    Schemas.of(TLS)
    assert len(builds) == 2


def test_each_version_of_the_bindings_has_its_own_file() -> None:
    binding = binding_of("tls")
    store_schema(binding, TLS, "4.1.0", b"old")
    assert load_schema(Binding(binding.package, "99.0.0", binding.tarball)) is None


def test_processes_can_build_concurrently(cache_dir: Path) -> None:
    script = f"from arqctl.offline.schema.schemas import Schemas; print(len(Schemas.of({TLS!r}).response))"
    running = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    outputs = {process.communicate(timeout=60)[0] for process in running}
    assert outputs == {f"{len(Schemas.of(TLS).response)}\n"}
    assert [file.name for file in (cache_dir / "schemas").iterdir()] == [schema_file(binding_of("tls")).name]


def test_an_unwritable_folder_is_reported(cache_dir: Path) -> None:
    """A file with the folder's name, because permissions don't stop root."""
    cache_dir.write_text("a file")
    with pytest.raises(InputError, match=rf"{cache_dir}.*can't be written: .*{CACHE_VARIABLE}"):
        Schemas.of(TLS)


def test_a_full_disk_is_reported_and_leaves_no_file(cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        Schemas.of(TLS)
    assert not list((cache_dir / "schemas").iterdir())


def test_a_provider_without_bindings_is_reported() -> None:
    with pytest.raises(
        InputError, match=r"hashicorp/tsl.*installed are cdktf_cdktf_provider_aws.*provider-tsl"
    ):
        Schemas.of("registry.terraform.io/hashicorp/tsl")


def test_only_the_requested_provider_is_built(builds: list[str]) -> None:
    Schemas.of("registry.terraform.io/hashicorp/random")
    assert builds == ["cdktf_cdktf_provider_random"]


def test_the_users_cache_folder_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CACHE_VARIABLE)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    assert cache.cache_folder() == tmp_path / "arqctl/schemas"


def test_a_cached_schema_is_loaded_without_the_extractor() -> None:
    Schemas.of(TLS)
    script = (
        "import sys; from arqctl.offline.schema.schemas import Schemas\n"
        f"Schemas.of({TLS!r}).resource('tls_private_key')\n"
        "heavy = {'rich', 'typer', 'pydantic', 'botocore', 'cfnlint', 'arqctl.offline.schema.extract'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"
