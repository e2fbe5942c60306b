"""Everything is made ready, or one message says what is missing."""

import sys
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.extra import require_extra
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.target import simulated_providers

MEND = r"Run `pip install 'arqctl\[offline\]'`"


def test_every_provider_with_bindings_is_in_the_mirror(tmp_path: Path) -> None:
    prepare_offline(OfflinePaths(tmp_path))
    names = {each.name.rpartition("/")[2] for each in simulated_providers()}
    assert {"aws", "random", "tls"} <= names
    programs = {file.name.split("_v")[0] for file in (tmp_path / "mirror").rglob("terraform-provider-*")}
    assert programs == {f"terraform-provider-{name}" for name in names}


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    def written() -> dict[Path, int]:
        return {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}

    prepare_offline(OfflinePaths(tmp_path))
    before = written()
    prepare_offline(OfflinePaths(tmp_path))
    assert written() == before


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=rf"{tmp_path}/file.*can't be written"):
        prepare_offline(OfflinePaths(tmp_path / "file"))


@pytest.mark.parametrize("use", [lambda: prepare_offline(OfflinePaths(Path("nowhere"))), simulated_providers])
def test_without_the_extra_the_mend_is_said(use: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("arqctl.offline.provider_data", "arqctl.offline.schema.schemas"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "google.protobuf", None)
    for name in [each for each in sys.modules if each.startswith("arqctl.offline.wire.tfplugin6")]:
        monkeypatch.delitem(sys.modules, name)
    assert callable(use)
    with pytest.raises(InputError, match=f"offline AWS: .*is not installed. {MEND}"):
        use()


@pytest.mark.parametrize("name", [None, "arqctl.offline.lost"])
def test_a_fault_of_the_tool_stays_one(name: str | None) -> None:
    with pytest.raises(ModuleNotFoundError), require_extra():
        raise ModuleNotFoundError("gone", name=name)
