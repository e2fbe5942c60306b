"""Synthesizes one stack with a given number of resources, and prints the seconds without start-up.

The resources are security groups with rules, roles with policies, and keys. Most are small, with policies,
references and lifecycle blocks.
"""

import sys
import tempfile
import time

from cdktf import App

from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, StackConfig
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust

_RESOURCES_PER_SERVICE = 10
_CONFIG = StackConfig(
    environment="sized",
    account_id="111122223333",
    region="eu-west-1",
    backup_region="eu-central-1",
    project="arq",
    owner="platform",
    cost_center="engineering",
)


class _Vpc:
    vpc_id = "vpc-0a1b2c3d"
    cidr = "10.0.0.0/16"


def main(size: int) -> None:
    """Build and synthesize `size` resources, ten for each service."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        stack = Stack(app, "sized", config=_CONFIG)
        start = time.perf_counter()
        for number in range(size // _RESOURCES_PER_SERVICE):
            _service(stack, f"service-{number}")
        app.synth()
        sys.stdout.write(f"{time.perf_counter() - start}\n")


def _service(stack: Stack, name: str) -> None:
    key = Key(stack, f"{name}-key", description="Encrypts the service's data")
    role = Role(stack, f"{name}-role", description="The service", trust=Trust.service("ec2.amazonaws.com"))
    key.grant_encrypt_decrypt(role)
    role.allow("sqs:SendMessage", on=stack.arn("sqs", name), policy_name="send")
    role.allow("sqs:ReceiveMessage", on=stack.arn("sqs", name), policy_name="receive")
    front = SecurityGroup(stack, f"{name}-front", network=_Vpc(), description="The front")
    back = SecurityGroup(
        stack, f"{name}-back", network=_Vpc(), description="The back", listens_on=Port.tcp(8080)
    )
    front.connections.allow_to(back, why="the front calls the back")


if __name__ == "__main__":
    main(int(sys.argv[1]))
