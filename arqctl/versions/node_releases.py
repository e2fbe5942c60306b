"""Releases of node images that EKS and Bottlerocket publish."""

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text
from arqctl.core.node_images import release_parameter


def find_latest_release(api: AwsApi, *, region: str, kubernetes: str, image: str) -> str:
    """Return the latest release of a node image for a Kubernetes version.

    Raises:
        InputError: if AWS rejects the call.
    """
    name = release_parameter(image, kubernetes=kubernetes)
    try:
        parameter = api.call("ssm", "get_parameter", region, Name=name).get("Parameter")
    except AwsError as error:
        fix = "Allow ssm:GetParameter, and correct the Kubernetes version"
        where = f"{image} for Kubernetes {kubernetes}"
        raise InputError([Problem(where, str(error), error.fix or fix)]) from error
    return as_text(as_object(parameter).get("Value"))
