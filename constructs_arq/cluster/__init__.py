"""Where containers run: an EKS cluster, its nodes, and the identities of what runs in it."""
