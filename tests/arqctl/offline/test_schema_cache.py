"""A schema is built once, and built again when what is kept is stale or damaged."""

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
from arqctl.offline.schema.schemas import Schemas
from tests.arqctl.offline.extracted import binding_of, schema_of

TLS = "registry.terraform.io/hashicorp/tls"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packages that were built."""
    built: list[str] = []
    real = schemas._build

    def build(binding: Binding, watch: schemas.OnProgress) -> cache.CachedSchema:
        built.append(binding.package)
        return real(binding, watch)

    monkeypatch.setattr(schemas, "_build", build)
    return built


def test_it_is_built_once(builds: list[str]) -> None:
    first, second = Schemas.of(TLS), Schemas.of(TLS)
    assert builds == ["cdktf_cdktf_provider_tls"]
    assert first.response == second.response
    assert (second.source, second.version, second.name) == (TLS, "4.1.0", "tls")


def test_the_cached_schema_equals_the_extracted_one() -> None:
    extracted, kept = schema_of("tls"), Schemas.of(TLS)
    assert kept.resource_types == tuple(sorted(extracted.resources))
    assert kept.data_source_types == tuple(sorted(extracted.data_sources))
    assert kept.configuration == extracted.configuration
    assert {name: kept.resource(name) for name in kept.resource_types} == extracted.resources
    assert {name: kept.data_source(name) for name in kept.data_source_types} == extracted.data_sources
    assert kept.resource("tls_private_key") is kept.resource("tls_private_key")


@pytest.mark.parametrize("ask", [Schemas.resource, Schemas.data_source])
def test_an_unknown_type_is_a_key_error(ask: Callable[[Schemas, str], object]) -> None:
    with pytest.raises(KeyError, match="tls_unknown"):
        ask(Schemas.of(TLS), "tls_unknown")
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


def test_another_version_of_the_bindings_has_a_file_of_its_own() -> None:
    binding = binding_of("tls")
    store_schema(binding, TLS, "4.1.0", b"old")
    assert load_schema(Binding(binding.package, "99.0.0", binding.tarball)) is None


def test_processes_that_build_at_once_do_not_harm_each_other(folder: Path) -> None:
    script = f"from arqctl.offline.schema.schemas import Schemas; print(len(Schemas.of({TLS!r}).response))"
    running = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0] for process in running}
    assert said == {f"{len(Schemas.of(TLS).response)}\n"}
    assert [file.name for file in (folder / "schemas").iterdir()] == [schema_file(binding_of("tls")).name]


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    """Whoever runs the tests may be root, whom no permission stops; a file in the way stops everyone."""
    folder.write_text("in the way")
    with pytest.raises(InputError, match=rf"{folder}.*can't be written: .*{CACHE_VARIABLE}"):
        Schemas.of(TLS)


def test_a_full_disk_is_named_and_leaves_no_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        Schemas.of(TLS)
    assert not list((folder / "schemas").iterdir())


def test_a_provider_without_bindings_is_named() -> None:
    with pytest.raises(
        InputError, match=r"hashicorp/tsl.*installed are cdktf_cdktf_provider_aws.*provider-tsl"
    ):
        Schemas.of("registry.terraform.io/hashicorp/tsl")


def test_asking_for_one_provider_builds_no_other(builds: list[str]) -> None:
    Schemas.of("registry.terraform.io/hashicorp/random")
    assert builds == ["cdktf_cdktf_provider_random"]


def test_the_user_s_own_folder_is_taken_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
