"""Installed bindings: the tool reads them without importing them, and reports damaged ones."""

import base64
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.bindings import (
    Binding,
    ProviderSource,
    installed_bindings,
    provider_source,
    typescript_sources,
)
from tests.arqctl.offline.installed_schemas import PROVIDERS, binding_of
from tests.arqctl.offline.tiny_bindings import TINY, install_bindings


def test_every_installed_package_is_found_with_its_version() -> None:
    found = {each.package: each.version for each in installed_bindings()}
    distributions = [f"cdktf-cdktf-provider-{name}" for name in PROVIDERS]
    assert found == {name.replace("-", "_"): metadata.version(name) for name in distributions}


def test_the_tarball_names_the_provider() -> None:
    assert provider_source(binding_of("aws")) == ProviderSource(
        "registry.terraform.io/hashicorp/aws", "6.25.0"
    )
    assert provider_source(binding_of("pagerduty")).source == "registry.terraform.io/pagerduty/pagerduty"


def test_the_bindings_are_not_imported() -> None:
    script = (
        "import sys; from arqctl.offline.bindings import *\n"
        "for binding in installed_bindings(): provider_source(binding)\n"
        "print([name for name in sys.modules if 'cdkt' in name or name in ('jsii', 'constructs')])"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


def test_the_typescript_has_comments_that_the_javascript_lacks() -> None:
    text = typescript_sources(binding_of("random"))["password"]
    assert "// bcrypt_hash - computed: true, optional: false, required: false" in text


def test_a_submodule_of_several_files_is_one_text() -> None:
    text = typescript_sources(binding_of("kubernetes"))["daemonset"]
    assert "class Daemonset extends" in text
    assert "class DaemonsetSpecTemplateMetadataOutputReference extends" in text


def test_bindings_of_cdk_terrain_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "cdktn_provider_tiny"
    install_bindings(package, {"package/package.json": json.dumps({"cdktn": {"provider": TINY}}).encode()})
    monkeypatch.syspath_prepend(str(tmp_path))
    (found,) = (each for each in installed_bindings() if each.package == "cdktn_provider_tiny")
    assert (found.version, provider_source(found)) == (
        "1.2.3",
        ProviderSource("registry.terraform.io/arq/tiny", "4.5.6"),
    )


def test_a_package_without_a_tarball_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cdktn_provider_empty").mkdir()
    (tmp_path / "cdktn_provider_empty/__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert all(each.package != "cdktn_provider_empty" for each in installed_bindings())


def test_a_truncated_tarball_is_reported(tmp_path: Path) -> None:
    content = binding_of("tls").tarball.read_bytes()
    (tmp_path / "provider-tls@1.0.0.jsii.tgz").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"provider-tls@1\.0\.0\.jsii\.tgz: can't be read: .*Reinstall"):
        typescript_sources(Binding("tls", "1.0.0", tmp_path / "provider-tls@1.0.0.jsii.tgz"))


def test_a_file_that_is_not_a_tarball_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"not a tarball")
    with pytest.raises(InputError, match="can't be read"):
        provider_source(Binding("tls", "1.0.0", tmp_path / "file"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"package/lib/a/index.js": b"exports.a = 1;"}, "has no source map in package/lib/a/index.js"),
        ({"package/lib/a/index.js": b""}, "has no source map"),
    ],
)
def test_javascript_without_a_source_map_is_reported(
    tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        typescript_sources(install_bindings(tmp_path / "cdktn_provider_tiny", files))


@pytest.mark.parametrize(
    ("files", "message"),
    [({}, "has no package.json"), ({"package/package.json": b"{}"}, "does not name the provider")],
)
def test_bindings_without_a_provider_are_reported(
    tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        provider_source(install_bindings(tmp_path / "cdktn_provider_tiny", files))


def test_all_sources_of_a_source_map_are_read(tmp_path: Path) -> None:
    sources = base64.b64encode(json.dumps({"sourcesContent": ["one", "two"]}).encode())
    javascript = b"exports.a = 1;\n//# sourceMappingURL=data:application/json;base64," + sources
    binding = install_bindings(tmp_path / "cdktn_provider_tiny", {"package/lib/a/index.js": javascript})
    assert typescript_sources(binding) == {"a": "one\ntwo"}
