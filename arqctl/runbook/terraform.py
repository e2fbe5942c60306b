"""Terraform commands of runbooks."""

import shlex


def terraform(stack: str, arguments: str) -> str:
    """Return a Terraform command in the folder of a stack. `arguments` are shell words."""
    return f"terraform -chdir={shlex.quote(f'cdktf.out/stacks/{stack}')} {arguments}"


def remove_from_state(stack: str, address: str) -> str:
    """Return the command that makes Terraform forget a resource, without deleting it."""
    return terraform(stack, f"state rm {shlex.quote(address)}")
