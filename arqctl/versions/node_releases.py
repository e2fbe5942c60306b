"""Releases of node images that EKS and Bottlerocket publish."""

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text

# https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
# https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html
_PARAMETERS = {
    f"{system}-{architecture}": template.replace("ARCHITECTURE", architecture)
    for architecture in ("arm64", "x86_64")
    for system, template in {
        "al2023": "/aws/service/eks/optimized-ami/{kubernetes}/amazon-linux-2023/ARCHITECTURE/standard"
        "/recommended/release_version",
        "bottlerocket": "/aws/service/bottlerocket/aws-k8s-{kubernetes}/ARCHITECTURE/latest/image_version",
    }.items()
}


def is_node_image(name: str) -> bool:
    """Return whether a name in the table is a node image, such as `al2023-arm64`, and not an add-on."""
    return name in _PARAMETERS


def find_latest_release(api: AwsApi, *, region: str, kubernetes: str, image: str) -> str:
    """Return the latest release of a node image for a Kubernetes version.

    Raises:
        InputError: if AWS rejects the call.
    """
    name = _PARAMETERS[image].format(kubernetes=kubernetes)
    try:
        parameter = api.call("ssm", "get_parameter", region, Name=name).get("Parameter")
    except AwsError as error:
        fix = "Allow ssm:GetParameter, and correct the Kubernetes version"
        where = f"{image} for Kubernetes {kubernetes}"
        raise InputError([Problem(where, str(error), error.fix or fix)]) from error
    return as_text(as_object(parameter).get("Value"))
