"""The workflows as data: jobs, steps and scripts, of GitHub and of GitLab."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
GITLAB = ROOT / ".gitlab-ci.yml"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
ENVIRONMENTS = ("dev", "staging", "production")

Node = dict[str, Any]


class _GitLabLoader(yaml.SafeLoader):
    """Reads `!reference [job, keyword]`, GitLab's own tag, as a list."""


def _reference(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> list[object]:
    return loader.construct_sequence(node)


_GitLabLoader.add_constructor("!reference", _reference)


def read(file: Path) -> Node:
    """A file of GitHub's, with its key `on`, which YAML takes for the word yes."""
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in found.items()}


def workflow(name: str) -> Node:
    return read(GITHUB / "workflows" / f"{name}.yml")


def gitlab() -> Node:
    found: Node = yaml.load(GITLAB.read_text(encoding="utf-8"), _GitLabLoader)  # noqa: S506 - it is a SafeLoader
    return found


def jobs() -> Iterator[tuple[str, str, Node]]:
    """Every job of every workflow: the file's name, the job's, and what it is."""
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            yield file.stem, name, job


def steps() -> Iterator[tuple[str, Node]]:
    """Every step of workflows and actions, and where it stands."""
    for file, name, job in jobs():
        yield from ((f"{file}.{name}", step) for step in job.get("steps", ()))
    for action in ACTIONS:
        yield from ((action.parent.name, step) for step in read(action)["runs"]["steps"])


def step(file: str, job: str, name: str) -> Node:
    found: Node = next(
        each for each in workflow(file)["jobs"][job]["steps"] if name in (each.get("name"), each.get("uses"))
    )
    return found


def scripts() -> Iterator[tuple[str, str]]:
    """Everything that a shell runs, and where it stands. GitLab's runner joins a job's lines, as here."""
    yield from ((place, each["run"]) for place, each in steps() if "run" in each)
    for name, job in gitlab().items():
        if isinstance(job, dict):
            for keyword in ("before_script", "script", "after_script"):
                lines = [line for line in job.get(keyword, ()) if isinstance(line, str)]
                if lines:
                    yield f"gitlab.{name}.{keyword}", "\n".join(lines)
