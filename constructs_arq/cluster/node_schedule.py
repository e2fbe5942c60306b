"""Scheduled numbers of nodes."""

from cdktf_cdktf_provider_aws.autoscaling_schedule import AutoscalingSchedule
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.scaling import Cron, TimeZone
from constructs_arq.core.values import Slug


class ScheduledNodes(Config):
    """Another number of nodes from a scheduled time on, such as at night."""

    name: Slug
    cron: Cron = Field(description='Start time as five cron fields, such as "0 7 * * MON-FRI".')
    time_zone: TimeZone = Field(
        default="Etc/UTC", description="IANA time zone of the cron expression, such as Europe/Berlin."
    )
    nodes: int = Field(ge=0, le=450, description="Number of nodes.")


def size_limits(nodes: int) -> tuple[int, int]:
    """Return the minimum and maximum size of a group with `nodes` nodes. EKS needs a maximum above zero."""
    return nodes, max(nodes, 1)


def add_schedule(scope: Construct, autoscaling_group: str, schedule: tuple[ScheduledNodes, ...]) -> None:
    """Change the number of nodes at the scheduled times."""
    for entry in schedule:
        least, most = size_limits(entry.nodes)
        AutoscalingSchedule(
            scope,
            f"schedule-{entry.name}",
            scheduled_action_name=entry.name,
            autoscaling_group_name=autoscaling_group,
            recurrence=entry.cron,
            time_zone=entry.time_zone,
            min_size=least,
            max_size=most,
            desired_capacity=entry.nodes,
        )
