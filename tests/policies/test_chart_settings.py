"""The keys of charts in chart_values.toml are keys that the charts have."""

import pytest

from constructs_arq.platform.chart_keys import chart_keys
from constructs_arq.platform.support_matrix import Chart
from policies.chart_settings import chart_settings, known_charts


@pytest.mark.parametrize("chart", Chart)
def test_keys_are_those_of_the_chart(chart: Chart) -> None:
    keys = chart_keys(chart)
    settings = chart_settings(chart)
    # A subchart is one key.
    unknown = [
        path
        for path in {*settings.keys, *settings.required}
        if not any(key == path or path.startswith(f"{key}.") or key.startswith(f"{path}.") for key in keys)
    ]
    assert not unknown


def test_each_installed_chart_is_known() -> None:
    assert set(Chart) <= set(known_charts())


def test_required_values_can_be_set() -> None:
    for chart, settings in known_charts().items():
        assert all(settings.has_key(path) for path in settings.required), chart


def test_path_includes_all_keys_below_it() -> None:
    settings = chart_settings("grafana")
    assert settings.has_key(r"grafana\.ini.users.allow_sign_up")
    assert settings.has_key("resources")
    assert not settings.has_key("extraObjects")
    assert not settings.has_key("resourcesOther")
