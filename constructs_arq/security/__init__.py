"""IAM roles, KMS keys and security groups."""
