"""The release of the node image: what a node group updates to."""

from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from constructs import Construct

from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.core.instance_types import Architecture

# https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
# https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html
_PARAMETERS = {
    OperatingSystem.AL2023: (
        "/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{architecture}/standard"
        "/recommended/release_version"
    ),
    OperatingSystem.BOTTLEROCKET: (
        "/aws/service/bottlerocket/aws-k8s-{version}/{architecture}/latest/image_version"
    ),
}


def latest_release(
    scope: Construct, *, version: str, operating_system: OperatingSystem, architecture: Architecture
) -> str:
    """Return the latest release for a Kubernetes version. Terraform reads it during the plan.

    EKS never updates nodes by itself, so a node group without a release keeps its first image.
    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
    """
    name = _PARAMETERS[operating_system].format(version=version, architecture=architecture)
    return str(DataAwsSsmParameter(scope, "release", name=name).insecure_value)
