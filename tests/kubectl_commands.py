"""Parses commands of kubectl, and checks their objects against those of an environment's cluster stack."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SNAPSHOTS = ROOT / "tests/snapshots"
CHART_WORKLOADS = ROOT / "tests/platform/chart_ports"
# A word in capitals stands for a value that the reader fills in. Generated pages have shell variables.
PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9_-]*|\$\{[A-Z][A-Z0-9_]*:\?\}")

# Options with a value, and options without one. https://kubernetes.io/docs/reference/kubectl/generated/
_EVERYWHERE = {"--namespace": True}
_SELECTION = {"--all-namespaces": False, "--field-selector": True, "--selector": True}
_OPTIONS: dict[str, dict[str, bool]] = {
    "annotate": {"--overwrite": False},
    "cordon": {},
    "delete": {**_SELECTION, "--all": False, "--timeout": True, "--wait": True},
    "describe": {"--all-namespaces": False, "--selector": True},
    "drain": {"--delete-emptydir-data": False, "--ignore-daemonsets": False, "--timeout": True},
    "edit": {},
    "events": {"--all-namespaces": False, "--for": True, "--types": True},
    "exec": {"--container": True},
    "get": {**_SELECTION, "--output": True, "--raw": True, "--sort-by": True, "--watch": False},
    "logs": {"--container": True, "--previous": False, "--selector": True, "--since": True, "--tail": True},
    "patch": {"--patch": True, "--type": True},
    "port-forward": {},
    "rollout": {"--timeout": True, "--to-revision": True},
    "scale": {"--replicas": True},
    "top": {"--all-namespaces": False, "--selector": True, "--sort-by": True},
    "uncordon": {},
    "wait": {"--all": False, "--for": True, "--timeout": True},
}
_SUBCOMMANDS = {"rollout": {"history", "restart", "status", "undo"}, "top": {"node", "nodes", "pod", "pods"}}
# The kind of a name without one.
_DEFAULT_KINDS = {
    "cordon": "node",
    "drain": "node",
    "exec": "pod",
    "logs": "pod",
    "port-forward": "pod",
    "uncordon": "node",
}
_SHORT_KINDS = {
    "hpa": "horizontalpodautoscaler",
    "pvc": "persistentvolumeclaim",
    "pdb": "poddisruptionbudget",
}
_CORE_KINDS = {
    *("configmap", "cronjob", "daemonset", "deployment", "horizontalpodautoscaler", "ingress", "job"),
    *("networkpolicy", "persistentvolumeclaim", "pod", "poddisruptionbudget", "secret", "service"),
    *("serviceaccount", "statefulset"),
}
_CLUSTER_KINDS = {
    *("clusterissuer", "clustersecretstore", "ec2nodeclass", "gatewayclass", "namespace", "node"),
    *("nodeclaim", "nodepool", "persistentvolume", "priorityclass", "storageclass"),
}
# Nobody knows their names before they exist.
_UNNAMED_KINDS = {"node", "nodeclaim", "persistentvolume", "persistentvolumeclaim", "pod"}
_WORKLOADS = {"daemonset", "deployment", "service", "statefulset"}
# Add-ons of EKS make these.
EKS_NAMESPACES = {"amazon-cloudwatch", "kube-system"}
_EKS_OBJECTS = {
    ("daemonset", "cloudwatch-agent", "amazon-cloudwatch"),
    ("deployment", "coredns", "kube-system"),
}


@dataclass
class KubectlCommand:
    """The verb, the options and the other words of a command; those after `--` are of another program."""

    verb: str
    words: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)


def check_kubectl(command: list[str], *, is_mention: bool = False, environment: str = "production") -> None:
    """Fail if kubectl refuses the words, or an object is not in the environment's cluster stack.

    A mention may leave out the objects.
    """
    shown = shlex.join(command)
    parsed = _parse(command, shown)
    namespace = parsed.options.get("--namespace", "")
    known = PLACEHOLDER.fullmatch(namespace) or namespace in {
        "",
        *EKS_NAMESPACES,
        *_namespaces(environment).values(),
    }
    assert known, f"{shown}: there is no namespace {namespace}"
    for kind, name in _objects(parsed, shown):
        assert kind in _all_kinds(), f"{shown}: there is no kind {kind}"
        if not name and is_mention:
            continue
        scoped = "--namespace" in parsed.options or "--all-namespaces" in parsed.options
        if kind in _CLUSTER_KINDS:
            assert not scoped, f"{shown}: a {kind} is in no namespace"
        else:
            assert scoped, f"{shown}: name the namespace of the {kind}"
        if not name or PLACEHOLDER.fullmatch(name):
            continue
        assert kind not in _UNNAMED_KINDS, f"{shown}: write a word in capitals for the {kind}"
        found = (kind, name, "" if kind in _CLUSTER_KINDS else namespace)
        assert found in known_objects(environment), (
            f"{shown}: there is no {kind} {name} in {namespace or 'the cluster'}"
        )


def _parse(command: list[str], shown: str) -> KubectlCommand:
    program, *rest = command
    assert program == "kubectl"
    context = rest[1] if rest[0] == "--context" else ""
    verb, *rest = rest[2:] if context else rest
    assert verb in _OPTIONS, f"{shown}: unknown verb {verb}"
    options = {**_EVERYWHERE, **_OPTIONS[verb]}
    parsed = KubectlCommand(verb)
    words = iter(rest)
    for word in words:
        if word == "--":
            break
        if not word.startswith("-"):
            parsed.words.append(word)
            continue
        name, equals, value = word.partition("=")
        assert name in options, f"{shown}: kubectl {verb} has no option {name}"
        if options[name] and not equals:
            value = next(words, "")
            assert value, f"{shown}: {name} needs a value"
        parsed.options[name] = value
    if verb in _SUBCOMMANDS and parsed.words:
        subcommand = parsed.words.pop(0)
        assert subcommand in _SUBCOMMANDS[verb], f"{shown}: unknown subcommand {subcommand}"
        if verb == "top":
            parsed.words.insert(0, subcommand)
    return parsed


def _objects(parsed: KubectlCommand, shown: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of each object; the name is "" for all objects of the kind."""
    words = parsed.words
    if parsed.verb == "port-forward":
        assert len(words) < 2 or all(re.fullmatch(r"\d+(:\d+)?", word) for word in words[1:]), shown
        words = words[:1]
    if parsed.verb == "annotate":
        words = [word for word in words if "=" not in word and not word.endswith("-")]
    if words and all("/" in word for word in words):
        for word in words:
            kind, _, name = word.partition("/")
            yield _singular(kind), name
    elif words and parsed.verb in _DEFAULT_KINDS:
        for word in words:
            yield _DEFAULT_KINDS[parsed.verb], word
    elif words:
        for kind in words[0].split(","):
            for name in words[1:] or [""]:
                yield _singular(kind), name


def _singular(kind: str) -> str:
    kind = _SHORT_KINDS.get(kind, kind)
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if kind.endswith(plural) and kind.removesuffix(plural) + singular in _all_kinds():
            return kind.removesuffix(plural) + singular
    return kind


@cache
def _all_kinds() -> frozenset[str]:
    custom = {path.stem.lower() for path in (ROOT / "tests/kubernetes/crd_schemas").glob("*.json")}
    return frozenset(_CORE_KINDS | _CLUSTER_KINDS | custom)


@cache
def _resources(environment: str) -> dict[str, dict[str, dict[str, Any]]]:
    text = (SNAPSHOTS / f"{environment}-platform.json").read_text()
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(text)["resource"]
    return found


@cache
def _namespaces(environment: str) -> dict[str, str]:
    """Return the names of namespaces by the expression of their references."""
    namespaces = _resources(environment)["kubernetes_namespace_v1"]
    return {
        f"${{kubernetes_namespace_v1.{id_}.metadata[0].name}}": body["metadata"]["name"]
        for id_, body in namespaces.items()
    }


def _namespace(metadata: dict[str, Any], environment: str) -> str:
    namespace = metadata.get("namespace") or ""
    return _namespaces(environment).get(namespace, namespace)


@cache
def known_objects(environment: str = "production") -> frozenset[tuple[str, str, str]]:
    """Return kind, name and namespace of each object of the stack, and of the workloads of its charts.

    Names with a hash are not known before the deployment.
    """
    found = set(_EKS_OBJECTS)
    for type_, bodies in _resources(environment).items():
        kind = re.sub(r"_v\d+$", "", type_.removeprefix("kubernetes_")).replace("_", "")
        for body in bodies.values():
            if type_ == "helm_release":
                found.update(_released(body, environment))
            elif type_.startswith("kubernetes_"):
                found.add((kind, body["metadata"]["name"], _namespace(body["metadata"], environment)))
    return frozenset(found)


def _released(release: dict[str, Any], environment: str) -> Iterator[tuple[str, str, str]]:
    chart = release["chart"].partition("@")[0]
    for text in release.get("values", []):
        objects = json.loads(text).get("objects", [])
        for each in objects if isinstance(objects, list) else objects.values():
            yield each["kind"].lower(), each["metadata"]["name"], _namespace(each["metadata"], environment)
    for file in CHART_WORKLOADS.glob(f"{chart}-{release.get('version')}.txt"):
        for line in file.read_text().splitlines():
            for kind in _WORKLOADS:
                yield kind, line.split()[0], _namespace(release, environment)
