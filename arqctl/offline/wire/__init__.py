"""Terraform's wire format: the plugin protocol's generated messages, type notation and value encoding."""
