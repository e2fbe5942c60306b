"""Preparation for offline AWS, and its errors."""

import sys
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.offline_settings import OfflineSettings
from arqctl.offline.extra import require_extra
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.target import simulated_providers

FIX = r"Run `pip install 'arqctl\[offline\]'`"


def test_every_provider_with_bindings_is_in_the_mirror(tmp_path: Path) -> None:
    prepare_offline(OfflinePaths(tmp_path), OfflineSettings())
    names = {each.name.rpartition("/")[2] for each in simulated_providers()}
    assert {"aws", "random", "tls"} <= names
    programs = {file.name.split("_v")[0] for file in (tmp_path / "mirror").rglob("terraform-provider-*")}
    assert programs == {f"terraform-provider-{name}" for name in names}


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    def modification_times() -> dict[Path, int]:
        return {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}

    prepare_offline(OfflinePaths(tmp_path), OfflineSettings())
    before = modification_times()
    prepare_offline(OfflinePaths(tmp_path), OfflineSettings())
    assert modification_times() == before


def test_an_unwritable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(InputError, match=rf"{tmp_path}/file.*can't be written"):
        prepare_offline(OfflinePaths(tmp_path / "file"), OfflineSettings())


@pytest.mark.parametrize(
    "use", [lambda: prepare_offline(OfflinePaths(Path("nowhere")), OfflineSettings()), simulated_providers]
)
def test_a_missing_extra_is_reported_with_a_fix(use: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("arqctl.offline.provider_data", "arqctl.offline.schema.schemas"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "google.protobuf", None)
    for name in [each for each in sys.modules if each.startswith("arqctl.offline.wire.tfplugin6")]:
        monkeypatch.delitem(sys.modules, name)
    assert callable(use)
    with pytest.raises(InputError, match=f"offline AWS: .*is not installed. {FIX}"):
        use()


@pytest.mark.parametrize("name", [None, "arqctl.offline.missing"])
def test_a_bug_is_not_reported_as_a_missing_extra(name: str | None) -> None:
    with pytest.raises(ModuleNotFoundError), require_extra():
        raise ModuleNotFoundError("gone", name=name)
