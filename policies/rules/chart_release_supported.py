"""Releases of third-party charts."""

import re

from policies.helm_values import chart_name
from policies.lifecycle import is_chart_supported
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_expression

_EXACT_VERSION = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")


@rule(
    id="CKV_ARQ_32",
    severity="HIGH",
    on=("helm_release",),
    why="A range installs another release without a change here, and an old release gets no security fixes.",
    link="https://helm.sh/docs/topics/charts/#the-chartyaml-file",
)
def chart_release_supported(release: Block, _: Stack) -> Verdict:
    """Helm charts of other projects must have an exact version that is supported: set version."""
    chart, repository, version = (release.get(name) for name in ("chart", "repository", "version"))
    if is_expression(chart) or is_expression(repository) or is_expression(version):
        return Verdict.UNKNOWN
    name = chart_name(release)
    if name is None:
        return Verdict.NOT_APPLICABLE
    if (
        not isinstance(repository, str | None)
        or not isinstance(version, str)
        or not _EXACT_VERSION.fullmatch(version)
    ):
        return Verdict.FAIL
    return is_chart_supported(name, version)
