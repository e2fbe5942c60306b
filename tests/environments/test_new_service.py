"""The example of docs/services.md adds a service to a copy of the environments, which synthesizes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.environments.test_discovery import ROOT, run

PAGE = ROOT / "docs/services.md"
STEPS = re.compile(r"^## Add a service$(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """Yield the language, the file and the text of each code block of the steps."""
    found = STEPS.search(PAGE.read_text())
    assert found
    yield from BLOCK.findall(found[1])


def write(file: Path, text: str) -> None:
    assert not file.exists()
    file.write_text(text)


def add_to_tables(file: Path, text: str) -> None:
    """Add the text to each table of a TOML file."""
    file.write_text(
        re.sub(r"^(\[\w+\]\n)", lambda table: table[1] + text, file.read_text(), flags=re.MULTILINE)
    )


def patch(file: Path, text: str) -> None:
    """Apply each hunk where its context is. It must be there once."""
    changed = file.read_text()
    for hunk in text.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] != "+")
        assert changed.count(old) == 1, f"{file.name} has this text {changed.count(old)} times: {old}"
        changed = changed.replace(old, "".join(line[1:] for line in lines if line[0] != "-"))
    file.write_text(changed)


CHANGES: Mapping[str, Callable[[Path, str], None]] = MappingProxyType(
    {"diff": patch, "python": write, "toml": add_to_tables}
)


@pytest.mark.slow
def test_the_steps_add_a_service_to_each_environment(project: Path) -> None:
    for language, file, text in blocks():
        CHANGES[language](project / file, text)
    done = run(project)
    assert done.returncode == 0, done.stderr
    for environment in ("dev", "staging", "production"):
        stack = project / f"cdktf.out/stacks/{environment}-platform/cdk.tf.json"
        resources = json.loads(stack.read_text())["resource"]
        assert resources["kubernetes_deployment_v1"]["orders"]["metadata"]["name"] == "orders"
        policies = {each["metadata"]["name"] for each in resources["kubernetes_network_policy_v1"].values()}
        assert any(name.startswith("orders-to-database-") for name in policies)
        routes = [
            json.dumps(each) for each in resources["helm_release"].values() if "/api/orders" in str(each)
        ]
        assert len(routes) == 1
