"""Policy rules for synthesized Terraform JSON, written as Checkov checks."""
