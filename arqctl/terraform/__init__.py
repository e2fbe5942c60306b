"""Runs Terraform on stacks: targets, preflight checks, plan files, and offline plans."""
