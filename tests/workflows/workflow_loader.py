"""Loads the workflows of GitHub and GitLab: jobs, steps and scripts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from arqctl.core.settings import Settings
from environments.discovery import discover_environments
from environments.standby_config import standby_environment

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
GITLAB = (ROOT / ".gitlab/base.yml", ROOT / ".gitlab/publish.yml", ROOT / ".gitlab-ci.yml")
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
_DISCOVERED = discover_environments()
ENVIRONMENTS = tuple(environment.name for environment in _DISCOVERED)
CLUSTERS = tuple(
    {"environment": each.home.name, "cluster": each.name, "region": each.region}
    for env in _DISCOVERED
    for each in (env, *([standby_environment(env, env.standby)] if env.standby else []))
)
PROTECTED = tuple(name for name in ENVIRONMENTS if name in Settings.load(ROOT).protected)
UNPROTECTED = tuple(name for name in ENVIRONMENTS if name not in PROTECTED)

Node = dict[str, Any]


class _GitLabLoader(yaml.SafeLoader):
    """Reads `!reference [job, keyword]`, a tag of GitLab, as a list."""


def _reference(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> list[object]:
    return loader.construct_sequence(node)


_GitLabLoader.add_constructor("!reference", _reference)


def read(file: Path) -> Node:
    """Return a GitHub file, with its key `on`, which YAML parses as true."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def workflow(name: str) -> Node:
    return read(GITHUB / "workflows" / f"{name}.yml")


def gitlab() -> Node:
    """Return GitLab's pipeline with the files that it includes."""
    pipeline: Node = {}
    for file in GITLAB:
        pipeline |= yaml.load(file.read_text(encoding="utf-8"), _GitLabLoader)  # noqa: S506 - it is a SafeLoader
    return pipeline


def gitlab_script(job: str, keyword: str = "script") -> str:
    """Return a script of a GitLab job, with the scripts that it refers to, as GitLab's runner joins them."""
    lines = gitlab()[job].get(keyword, ())
    return "\n".join(line if isinstance(line, str) else gitlab_script(*line) for line in lines)


def gitlab_deploy_pipeline() -> Node:
    """Return the child pipeline that deploys this project's environments."""
    roles = [_role_arns(kind) for kind in ("plan", "deploy", "cluster")]
    return _generate("deploy_pipeline", [*UNPROTECTED], [*PROTECTED], *roles, CLUSTERS)


def gitlab_audit_pipeline() -> Node:
    """Return the child pipeline that audits this project's clusters."""
    return _generate("audit_pipeline", _role_arns("audit"), CLUSTERS)


def _role_arns(kind: str) -> dict[str, str]:
    return {name: f"arn:{name}-{kind}" for name in ENVIRONMENTS}


def _generate(name: str, *arguments: object) -> Node:
    """Run a generator of a child pipeline as GitLab's job does."""
    command = [sys.executable, f"{ROOT}/.gitlab/{name}.py", *map(json.dumps, arguments)]
    pipeline: Node = json.loads(subprocess.check_output(command))
    return pipeline


def jobs() -> Iterator[tuple[str, str, Node]]:
    """Yield the file name, the name and the content of every job on GitHub."""
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            yield file.stem, name, job


def steps() -> Iterator[tuple[str, Node]]:
    """Yield the location and the content of every step on GitHub."""
    for file, name, job in jobs():
        yield from ((f"{file}.{name}", step) for step in job.get("steps", ()))
    for action in ACTIONS:
        yield from ((action.parent.name, step) for step in read(action)["runs"]["steps"])


def step(file: str, job: str, name: str) -> Node:
    return _named(workflow(file)["jobs"][job]["steps"], name)


def action_step(action: str, name: str) -> Node:
    return _named(read(GITHUB / "actions" / action / "action.yml")["runs"]["steps"], name)


def _named(steps_: list[Node], name: str) -> Node:
    return next(each for each in steps_ if name in (each.get("name"), each.get("uses")))


def scripts() -> Iterator[tuple[str, str]]:
    """Yield the location and the text of every script."""
    yield from ((place, each["run"]) for place, each in steps() if "run" in each)
    for file in (
        *GITHUB.glob("actions/*/*.sh"),
        *(ROOT / "scripts" / name for name in ("propose_digests", "roll_back", "verify_images")),
    ):
        yield file.name, file.read_text(encoding="utf-8")
    for name, job in gitlab().items():
        if isinstance(job, dict):
            for keyword in ("before_script", "script", "after_script"):
                if keyword in job:
                    yield f"gitlab.{name}.{keyword}", gitlab_script(name, keyword)
