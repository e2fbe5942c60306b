"""Configuration of the services that record and check an account."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from constructs_arq.core.config import Config

Reason = Annotated[str, StringConstraints(min_length=20, strip_whitespace=True)]

MANAGED_OUTPUT: Final = "audit_managed_by_organization"
"""The output of the account stack with the services of the organization, which the gate reads."""


class AuditService(StrEnum):
    """The services that an organization can manage for all its accounts."""

    ACCESS_ANALYZER = "access-analyzer"
    CLOUDTRAIL = "cloudtrail"
    CONFIG = "config"
    GUARDDUTY = "guardduty"
    INSPECTOR = "inspector"
    SECURITY_HUB = "security-hub"


class AuditConfig(Config):
    """Values of an account's audit. The organization can manage services for all accounts."""

    managed_by_organization: Mapping[AuditService, Reason] = Field(
        default={},
        description="Services that the organization manages, with the reason: who does it, and from where.",
    )
    trail_days: int = Field(
        default=365, ge=365, le=3650, description="Days for which nobody can delete a log file of CloudTrail."
    )
    unused_access_days: int = Field(
        default=90, ge=1, le=365, description="Days after which a permission that nobody uses is a finding."
    )

    def has(self, service: AuditService) -> bool:
        """Return whether the account stack makes the service."""
        return service not in self.managed_by_organization
