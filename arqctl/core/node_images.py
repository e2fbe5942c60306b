"""The node images of EKS, and the public parameters with their latest releases."""

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
# https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html#AmazonEKS-Type-Nodegroup-amiType
_AMI_TYPES = {
    "AL2023_ARM_64_STANDARD": "al2023-arm64",
    "AL2023_x86_64_STANDARD": "al2023-x86_64",
    "BOTTLEROCKET_ARM_64": "bottlerocket-arm64",
    "BOTTLEROCKET_x86_64": "bottlerocket-x86_64",
}


def is_node_image(name: str) -> bool:
    """Return whether a name is that of a node image, such as `al2023-arm64`."""
    return name in _PARAMETERS


def node_image(ami_type: str) -> str:
    """Return the name of the image of an AMI type of EKS, or an empty string if it is none of these."""
    return _AMI_TYPES.get(ami_type, "")


def release_parameter(image: str, *, kubernetes: str) -> str:
    """Return the name of the parameter with the latest release of an image for a Kubernetes version."""
    return _PARAMETERS[image].format(kubernetes=kubernetes)
