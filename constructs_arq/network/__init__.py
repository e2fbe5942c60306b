"""Where everything lives: the VPC, its addresses, its three tiers of subnets and their ways out."""
