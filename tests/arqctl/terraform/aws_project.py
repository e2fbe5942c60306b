"""Small projects of AWS resources that real Terraform deploys to offline AWS."""

from pathlib import Path
from typing import Any

from tests.arqctl.projects import Project, make_app

AWS = {
    "terraform": {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}},
    "provider": {"aws": [{"region": "eu-west-1", "default_tags": [{"tags": {"owner": "platform"}}]}]},
}


def configure(project: Project, stack: str = "dev", **retention: int) -> None:
    """Write a stack of queues with their message retention in seconds."""
    prepared = project.root / "prepared"
    if prepared.exists():
        prepared.rename(project.outdir)
    queues: dict[str, Any] = {
        name: {"name": name, "message_retention_seconds": seconds, "tags": {"Name": name}}
        for name, seconds in retention.items()
    }
    project.stack(stack, {"aws_sqs_queue": queues}, **AWS)
    make_app(project)


def project_in(folder: Path) -> Project:
    folder.mkdir()
    return Project(folder)
