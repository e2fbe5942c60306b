"""Parts of Helm values that make a chart create what no rule can read: objects, containers, images."""

import re
from collections.abc import Iterator

from policies.helm_values import settings
from policies.stack import Json
from policies.verdict import Verdict, is_expression, pass_if

# A chart creates each object, container, rule of a role or volume in these values.
_EXTENSION = re.compile(
    r"(extra|additional)(deploy|manifests?|objects?|resources|templates?)"
    r"|(extra|additional)?(init|ephemeral|sidecar)?containers|sidecars"
    r"|(extra|additional)?(cluster)?role(binding)?s?rules|rolerules",
    re.IGNORECASE,
)
_IMAGE = re.compile(r".*image(registry|repository|tag)?", re.IGNORECASE)
# A chart can evaluate these functions with its own rights.
_TEMPLATE = re.compile(
    r"\{\{[^}]*(\b(include|lookup|tpl)\b|\.(Capabilities|Files|Release|Template|Values)\b)"
)


def contents_verdicts(values: Json) -> Iterator[Verdict]:
    """Evaluate values of a third-party chart at any depth."""
    if isinstance(values, dict):
        yield _text_verdict(values)
        for name, value in values.items():
            yield _setting_verdict(name, value)
            yield from contents_verdicts(value)
    elif isinstance(values, list):
        for each in values:
            yield from contents_verdicts(each)
    else:
        yield _text_verdict(values)


def image_verdicts(values: Json) -> Iterator[Verdict]:
    """Evaluate images in the values of a chart or in a custom object: those of the pinned release stay."""
    for name, value in settings(values):
        if _IMAGE.fullmatch(name):
            yield _image_verdict(value)


def _setting_verdict(name: str, value: Json) -> Verdict:
    if _EXTENSION.fullmatch(name) and value not in (None, [], {}, "", False):
        return Verdict.FAIL
    return _image_verdict(value) if _IMAGE.fullmatch(name) else Verdict.PASS


def _image_verdict(image: Json) -> Verdict:
    if isinstance(image, dict):
        # A digest can only narrow the tag of the release.
        return pass_if(all(name in ("digest", "pullPolicy", "pullSecrets") for name in image))
    return Verdict.UNKNOWN if is_expression(image) else pass_if(image in (None, ""))


def _text_verdict(value: Json) -> Verdict:
    """Fail an object, also as text, and a template."""
    if isinstance(value, dict):
        return pass_if(not ("apiVersion" in value and "kind" in value))
    if not isinstance(value, str):
        return Verdict.PASS
    return pass_if(not ("apiVersion" in value and "kind" in value) and not _TEMPLATE.search(value))
