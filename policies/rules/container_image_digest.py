"""Images of containers."""

import re

from policies.pod_specs import POD_TYPES, containers, pod_spec
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, is_expression, pass_if

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


@rule(
    id="CKV_ARQ_33",
    severity="HIGH",
    on=POD_TYPES,
    why="A tag can move to an image that nobody reviewed. Checkov checks only deployments and pods.",
    link="https://kubernetes.io/docs/concepts/containers/images/#image-names",
)
def container_image_digest(workload: Block, _: Stack) -> Verdict:
    """Images of containers must have a digest: REPOSITORY@sha256:DIGEST."""
    spec = pod_spec(workload)
    found = containers(spec)
    if not found:
        return Verdict.UNKNOWN if is_expression(spec) else Verdict.FAIL
    return all_pass(_has_digest(at(container, "image")) for container in found)


def _has_digest(image: Json) -> Verdict:
    """Pass a literal digest. The repository before it may be a reference."""
    if isinstance(image, str) and _DIGEST.search(image):
        return Verdict.PASS
    return Verdict.UNKNOWN if is_expression(image) else pass_if(False)
