"""The Kubernetes API isn't shown to the whole internet."""

from policies.addresses import is_narrow
from policies.rule import rule
from policies.stack import Block, Stack, as_list
from policies.verdict import Verdict, all_hold, decided, is_false, is_true


@rule(
    id="CKV_ARQ_19",
    severity="CRITICAL",
    on=("aws_eks_cluster",),
    why="A public endpoint without a list is one leaked token away from everybody.",
    link="https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
)
def cluster_endpoint_private(cluster: Block, _: Stack) -> Verdict:
    """A cluster's endpoint is private; where it is public too, only to listed ranges."""
    private = is_true(cluster.get("vpc_config.endpoint_private_access"))
    closed = is_false(cluster.get("vpc_config.endpoint_public_access"))
    if closed is not Verdict.FAIL:
        return all_hold([private, closed])
    ranges = as_list(cluster.get("vpc_config.public_access_cidrs"))
    return all_hold([private, decided(bool(ranges)), *(is_narrow(each) for each in ranges)])
