"""Compare or upgrade the CustomResourceDefinitions in the `crds` folders of charts.

    python scripts/chart_definitions.py compare|upgrade [CHART …]

Helm installs these definitions with a chart and never changes them. So workflows compare them before a plan:
those of the releases in the support matrix with those of the cluster in kubectl's current context. A chart
of which the cluster has no definition is not installed yet. `upgrade` applies the definitions of the charts
that differ, and compares again.
https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
"""

import argparse
import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from arqctl.core.errors import InputError
from arqctl.rollout.kubectl import KubectlError, read_path
from constructs_arq.platform.support_matrix import Chart, find_release
from scripts.chart_repository import UnreadableError, read_verified_archive
from scripts.definition_differences import Definition, find_differences

OF_OTHER_RELEASES: Final = frozenset({Chart.KARPENTER, Chart.EXTERNAL_DNS})
"""Charts that the library installs without the definitions in their folder."""

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# Helm reads the folders of the charts in a chart too.
_IN_FOLDER = re.compile(r"[^/]+/(charts/[^/]+/)*crds/.+\.(ya?ml|json)")
_APPLY = ("kubectl", "apply", "--server-side", "--force-conflicts", "--filename", "-")


def main(arguments: Sequence[str]) -> int:
    """Print the differences. Return 1 if there are some, or if a chart or the cluster can't be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("action", choices=["compare", "upgrade"])
    parser.add_argument("charts", nargs="*", type=Chart, metavar="chart")
    options = parser.parse_args(arguments)
    charts = options.charts or [each for each in Chart if each not in OF_OTHER_RELEASES]
    try:
        wanted = {chart: read_definitions(chart) for chart in charts}
        differing = report(wanted)
        if differing and options.action == "upgrade":
            apply([each for chart in differing for each in wanted[chart]])
            differing = report(wanted)
    except (OSError, UnreadableError, KubectlError, InputError, tarfile.TarError) as error:
        sys.stdout.write(f"definitions are not compared: {error}\n")
        return 1
    if differing:
        sys.stdout.write(
            "Helm does not upgrade these definitions. Select the cluster with `aws eks update-kubeconfig`,"
            " check out the commit that is deployed, and run:\n"
            f"python scripts/chart_definitions.py upgrade {' '.join(differing)}\n"
        )
    return int(bool(differing))


def read_definitions(chart: Chart) -> list[Definition]:
    """Return the definitions in the `crds` folder of a chart.

    Raises:
        OSError: when the repository can't be reached, or refuses.
        UnreadableError: when the chart can't be read or verified, or a file has no valid YAML.
        tarfile.TarError: when it is no archive.
    """
    try:
        archive = read_verified_archive(find_release(chart))
    except (OSError, UnreadableError) as error:
        raise UnreadableError(f"{chart}: {error}") from error
    found: list[Definition] = []
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        for member in files:
            content = files.extractfile(member) if _IN_FOLDER.fullmatch(member.name) else None
            if content is not None:
                found += _parse(content.read(), f"{chart}: {member.name}")
    return found


def _parse(content: bytes, place: str) -> list[Definition]:
    try:
        documents = [*yaml.load_all(content, yaml.CSafeLoader)]
    except yaml.YAMLError as error:
        raise UnreadableError(f"{place}: {error}") from error
    return [each for each in documents if each and each.get("kind") == "CustomResourceDefinition"]


def report(wanted: Mapping[Chart, Sequence[Definition]]) -> list[Chart]:
    """Print how the cluster's definitions differ from these, and return the charts of those.

    Raises:
        KubectlError: when the cluster can't be read.
        InputError: when kubectl is not installed.
    """
    items: Any = read_path(_DEFINITIONS).get("items")
    if not isinstance(items, list):
        raise KubectlError(f"{_DEFINITIONS}: the answer is no list")
    cluster = {each["metadata"]["name"]: each for each in items}
    differing = []
    for chart, definitions in wanted.items():
        lines = _compare(definitions, cluster)
        if lines:
            differing.append(chart)
            title = f"{chart} {find_release(chart).version}"
            sys.stdout.write("".join(f"{title}: {line}\n" for line in lines))
    return differing


def _compare(definitions: Sequence[Definition], cluster: Mapping[str, Definition]) -> list[str]:
    names = [each["metadata"]["name"] for each in definitions]
    if not any(name in cluster for name in names):
        return []
    lines = []
    for name, definition in zip(names, definitions, strict=True):
        if name in cluster:
            lines += [f"{name}: {each}" for each in find_differences(definition, cluster[name])]
        else:
            lines.append(f"{name} is missing in the cluster")
    return lines


def apply(definitions: Sequence[Definition]) -> None:
    """Apply definitions on the API server, also where another program set a field.

    Raises:
        KubectlError: when kubectl fails.
    """
    content = yaml.dump_all(definitions, Dumper=yaml.CSafeDumper)
    done = subprocess.run(_APPLY, input=content, text=True, check=False)
    if done.returncode != 0:
        raise KubectlError(f"`{' '.join(_APPLY)}` failed with code {done.returncode}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
