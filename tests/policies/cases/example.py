"""Example stacks of a rule with the expected verdicts."""

import json
from dataclasses import dataclass

from policies.stack import Json

Bodies = dict[str, dict[str, Json]]
"""Block bodies by address. The rule evaluates the first one."""


@dataclass(frozen=True)
class Example:
    rule: str
    passes: tuple[Bodies, ...]
    fails: tuple[Bodies, ...]
    unknown: tuple[Bodies, ...] = ()
    not_applicable: tuple[Bodies, ...] = ()


def stack(bodies: Bodies) -> Json:
    """Return Terraform JSON as CDKTF writes it, in production unless a body has another path."""
    terraform: dict[str, Json] = {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}}
    document: dict[str, Json] = {"terraform": terraform}
    outputs: dict[str, Json] = {}
    for address, body in bodies.items():
        kind, _, rest = address.partition(".")
        if kind == "locals":
            document["locals"] = body
        elif kind == "output":
            outputs[rest] = body
        elif kind == "provider":
            _add_provider(document, rest.partition(".")[0], body)
        elif kind == "backend":
            terraform["backend"] = {rest: body}
        elif kind == "data":
            type_, _, name = rest.partition(".")
            document["data"] = {type_: {name: body}}
        else:
            _put(document, kind, rest, {"//": {"metadata": {"path": "production/it/Default"}}, **body})
    return {**document, "output": outputs} if outputs else document


def in_dev(body: dict[str, Json]) -> dict[str, Json]:
    """Return a body in dev, to which production rules don't apply."""
    return {"//": {"metadata": {"path": "dev/it/Default", "uniqueId": "it"}}, **body}


def policy(*statements: dict[str, Json]) -> str:
    """Return a policy document as a literal JSON string."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _put(document: dict[str, Json], type_: str, name: str, body: dict[str, Json]) -> None:
    resources = document.setdefault("resource", {})
    assert isinstance(resources, dict)
    named = resources.setdefault(type_, {})
    assert isinstance(named, dict)
    named[name] = body


def _add_provider(document: dict[str, Json], name: str, body: dict[str, Json]) -> None:
    providers = document.setdefault("provider", {})
    assert isinstance(providers, dict)
    configurations = providers.setdefault(name, [])
    assert isinstance(configurations, list)
    configurations.append(body)
