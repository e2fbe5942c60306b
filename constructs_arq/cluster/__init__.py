"""EKS clusters, node groups, Karpenter prerequisites and workload identity."""
