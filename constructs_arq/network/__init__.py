"""The VPC, its addresses, its three tiers of subnets and their routes to the internet."""
