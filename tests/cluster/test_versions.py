import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cdktf import App
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

import policies
from constructs_arq.cluster import versions
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from tests.cluster.cluster_builders import CONFIG, make_cluster
from tests.support import STACK

known = st.sampled_from(sorted(versions.STANDARD_SUPPORT_ENDS))
days_from_end = st.integers(min_value=-1000, max_value=1000)


def verdict(version: str, day: date) -> str:
    try:
        return "warned" if versions.check(version, day) else "fine"
    except PydanticCustomError:
        return "refused"


@given(version=known, days_left=days_from_end)
def test_a_version_is_fine_then_warned_of_then_refused(version: str, days_left: int) -> None:
    day = versions.STANDARD_SUPPORT_ENDS[version] - timedelta(days=days_left)
    expected = "refused" if days_left < 0 else "warned" if days_left <= 60 else "fine"
    assert verdict(version, day) == expected


@given(version=known, day=st.dates(min_value=date(2025, 1, 1), max_value=date(2030, 1, 1)))
def test_what_is_refused_is_mended_by_any_version_it_names(version: str, day: date) -> None:
    for offered in versions.supported(day):
        assert verdict(offered, day) != "refused"
    if verdict(version, day) == "refused":
        assert version not in versions.supported(day)


@given(text=st.text().filter(lambda text: text not in versions.STANDARD_SUPPORT_ENDS))
def test_an_unknown_version_is_refused_and_the_mend_says_where_dates_are_found(text: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        versions.check(text, versions.READ_ON)
    assert error.value.context is not None
    assert versions.SOURCE in error.value.context["fix"]


def test_newer_versions_last_longer() -> None:
    listed = list(versions.STANDARD_SUPPORT_ENDS.items())
    for (older, older_end), (newer, newer_end) in pairwise(listed):
        assert [int(part) for part in older.split(".")] < [int(part) for part in newer.split(".")]
        assert older_end < newer_end


def test_the_matrix_agrees_with_the_law_that_judges_it() -> None:
    law = tomllib.loads((Path(policies.__file__).parent / "lifecycle.toml").read_text())["kubernetes"]
    judged = {
        version: law["standard_support_ends"].get(version) for version in versions.STANDARD_SUPPORT_ENDS
    }
    assert judged == versions.STANDARD_SUPPORT_ENDS
    assert law["source"] == versions.SOURCE


def test_an_expired_version_fails_the_configuration_with_its_mend() -> None:
    with pytest.raises(ConfigError) as error:
        ClusterConfig(version="1.33", access=CONFIG.access, node_groups=CONFIG.node_groups)
    [problem] = error.value.problems
    assert problem.path == "version"
    assert problem.got == "'1.33'"
    assert "2026-07-29" in problem.message
    assert problem.fix == "Upgrade, one minor version at a time, to one of 1.34, 1.35, 1.36."


@pytest.mark.parametrize(("version", "warned"), [("1.34", True), ("1.35", False)])
def test_a_version_near_its_end_warns_whoever_synthesizes(
    version: str, warned: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("synthesized")
    app = App(outdir=str(folder))
    config = ClusterConfig(version=version, access=CONFIG.access, node_groups=CONFIG.node_groups)
    make_cluster(Stack(app, "test", config=STACK), config)
    app.synth()
    manifest = (folder / "manifest.json").read_text()
    assert ("leaves standard support on 2026-12-02, in 9 days" in manifest) is warned
