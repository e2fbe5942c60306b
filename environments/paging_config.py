"""The type of the values of the paging stack: who is called, in which order."""

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.values import Slug
from constructs_arq.observability.paging.on_call_schedule import OnCallScheduleConfig
from constructs_arq.observability.subscribers import Email


class PagingConfig(Config):
    """People on call for all environments with a pager. An organization has one account of PagerDuty."""

    state_environment: Slug = Field(
        description="The environment in whose state bucket the paging stack has its state."
    )
    primary: OnCallScheduleConfig = Field(description="The people who are called first.")
    secondary: OnCallScheduleConfig = Field(description="Those who are called if the first does not answer.")
    last: tuple[Email, ...] = Field(min_length=1, description="All of these are called at the last level.")
    minutes_to_secondary: int = Field(
        default=5, ge=1, description="Minutes from the first call to the second."
    )
    minutes_to_last: int = Field(
        default=10, ge=1, description="Minutes from the second call to the last level."
    )
    minutes_to_repeat: int = Field(default=10, ge=1, description="Minutes from the last level to the first.")
    repeats: int = Field(
        default=2, ge=0, le=9, description="Number of times that all levels are called again."
    )
