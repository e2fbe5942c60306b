from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.versions.version_table import Change, VersionTable

TEXT = """# The versions.

["1.35"]
vpc-cni = "default"
coredns = "v1.14.2-eksbuild.4"  # keep below 1.15

["1.36"]
coredns = "v1.14.3-eksbuild.3"
"""


@pytest.fixture
def table(tmp_path: Path) -> VersionTable:
    return VersionTable.read(written(tmp_path, TEXT))


def written(folder: Path, text: str) -> Path:
    file = folder / "cluster_versions.toml"
    file.write_text(text)
    return file


def test_a_renewal_keeps_comments_order_and_spacing(table: VersionTable) -> None:
    renewed, changes = table.renew(lambda kubernetes, addon: f"v{kubernetes}-{addon}")
    assert renewed.text == (
        TEXT.replace("default", "v1.35-vpc-cni")
        .replace("v1.14.2-eksbuild.4", "v1.35-coredns")
        .replace("v1.14.3-eksbuild.3", "v1.36-coredns")
    )
    assert changes == [
        Change("1.35", "vpc-cni", "default", "v1.35-vpc-cni"),
        Change("1.35", "coredns", "v1.14.2-eksbuild.4", "v1.35-coredns"),
        Change("1.36", "coredns", "v1.14.3-eksbuild.3", "v1.36-coredns"),
    ]


def test_a_pinned_version_loses_the_comment_why_it_was_not(tmp_path: Path) -> None:
    file = written(tmp_path, '["1.35"]\nvpc-cni = "default"  # unpinned: no source\n')
    renewed, _ = VersionTable.read(file).renew(lambda _kubernetes, _addon: "v1.22.4-eksbuild.3")
    assert renewed.text == '["1.35"]\nvpc-cni = "v1.22.4-eksbuild.3"\n'


def test_current_versions_are_no_change(table: VersionTable) -> None:
    versions = {"vpc-cni": "default", "coredns": "v1.14.2-eksbuild.4"}
    renewed, changes = table.renew(
        lambda kubernetes, addon: "v1.14.3-eksbuild.3" if kubernetes == "1.36" else versions[addon]
    )
    assert (renewed.text, changes) == (TEXT, [])


def test_an_added_kubernetes_version_has_the_addons_of_the_last_one(table: VersionTable) -> None:
    added = table.add("1.37")
    assert added.text == f'{TEXT}\n["1.37"]\ncoredns = "v1.14.3-eksbuild.3"\n'
    assert added.kubernetes_versions == ("1.35", "1.36", "1.37")
    assert added.add("1.36") is added


def test_every_line_that_a_renewal_cannot_keep_is_a_problem(tmp_path: Path) -> None:
    file = written(tmp_path, '[addons]\ncoredns = "v1"\nvpc-cni = 1\n')
    with pytest.raises(InputError) as error:
        VersionTable.read(file)
    assert [problem.where for problem in error.value.problems] == [f"{file}:1", f"{file}:3"]


def test_a_missing_table_is_a_problem_with_the_option(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Give the table with --table"):
        VersionTable.read(tmp_path / "missing.toml")
