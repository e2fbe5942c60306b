"""Network access to EKS endpoints."""

from policies.ip_ranges import is_narrow_range
from policies.rule import rule
from policies.stack import Block, Stack, as_list
from policies.verdict import Verdict, all_pass, is_false, is_true, pass_if


@rule(
    id="CKV_ARQ_19",
    severity="CRITICAL",
    on=("aws_eks_cluster",),
    why="With an unrestricted public endpoint, one leaked token gives access from anywhere.",
    link="https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
)
def cluster_endpoint_private(cluster: Block, _: Stack) -> Verdict:
    """EKS endpoints must be private, and a public endpoint must list narrow ranges in public_access_cidrs."""
    private = is_true(cluster.get("vpc_config.endpoint_private_access"))
    public_disabled = is_false(cluster.get("vpc_config.endpoint_public_access"))
    if public_disabled is not Verdict.FAIL:
        return all_pass([private, public_disabled])
    ranges = as_list(cluster.get("vpc_config.public_access_cidrs"))
    return all_pass([private, pass_if(bool(ranges)), *(is_narrow_range(each) for each in ranges)])
