"""Which Kubernetes versions EKS supports, and until when."""

from datetime import UTC, date, datetime

from constructs_arq.core.config import validation_error

SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"
READ_ON = date(2026, 11, 23)

# The last day of standard support. After it EKS charges six times as much, or upgrades by itself.
STANDARD_SUPPORT_ENDS = {
    "1.33": date(2026, 7, 29),
    "1.34": date(2026, 12, 2),
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 8, 2),
}

WARNING_DAYS = 60


def today() -> date:
    """The current date in UTC; one place, so that tests can stop it."""
    return datetime.now(UTC).date()


def supported(day: date) -> list[str]:
    """The versions in standard support on a day, oldest first."""
    return [version for version, end in STANDARD_SUPPORT_ENDS.items() if day <= end]


def check(version: str, day: date) -> str | None:
    """What to warn of on a day: a version whose standard support ends within 60 days; None if all is well.

    Raises:
        PydanticCustomError: when the version is past its standard support, or not known here.
    """
    end = STANDARD_SUPPORT_ENDS.get(version)
    choice = ", ".join(supported(day)) or f"none known on {READ_ON}"
    if end is None:
        raise validation_error(
            "must be a Kubernetes version whose end of standard support is known",
            fix=f"Use one of {choice}, or enter its date from {SOURCE} in cluster/versions.py.",
        )
    days_left = (end - day).days
    if days_left < 0:
        raise validation_error(
            f"must be in standard support, which ended on {end}",
            fix=f"Upgrade, one minor version at a time, to one of {choice}.",
        )
    if days_left > WARNING_DAYS:
        return None
    return (
        f"Kubernetes {version} leaves standard support on {end}, in {days_left} days: plan the upgrade. "
        f"In support today: {choice}."
    )
