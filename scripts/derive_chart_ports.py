"""Derive the container ports of a chart, which the tests compare our network policies with.

    helm template NAME FOLDER | python scripts/derive_chart_ports.py > NAME-VERSION.txt

Writes one line for each port: the workload, the name of the port, and its number.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml


def main() -> None:
    """Print the container ports of the manifests on standard input."""
    for workload, name, number in sorted(derive(sys.stdin.read())):
        sys.stdout.write(f"{workload} {name} {number}\n")


def derive(manifests: str) -> Iterator[tuple[str, str, int]]:
    """Yield the workload, the name and the number of each container port."""
    for manifest in yaml.load_all(manifests, yaml.CSafeLoader):
        template = (manifest or {}).get("spec", {}).get("template")
        for container in _containers(template):
            for port in container.get("ports") or ():
                yield manifest["metadata"]["name"], port.get("name", "-"), port["containerPort"]


def _containers(template: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Return the containers of a pod template. Templates of custom resources have none."""
    pod = template.get("spec", {}) if isinstance(template, Mapping) else {}
    return [*pod.get("initContainers", ()), *pod.get("containers", ())]


if __name__ == "__main__":
    main()
