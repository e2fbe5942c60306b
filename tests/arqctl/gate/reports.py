"""Builds reports, one of them with every kind of entry."""

from datetime import date

from arqctl.gate import EnvironmentReport, Finding, Report, WaivedFinding
from arqctl.gate.report import SnapshotChange, SourceLocation

PUBLIC = Finding(
    rule="CKV_AWS_17",
    severity="CRITICAL",
    address="aws_db_instance.main",
    path="dev/database/Default",
    message="Ensure RDS isn't public",
    stack="dev",
    link="https://example.com/rds",
)
SECOND = PUBLIC.model_copy(update={"path": "dev/replica/Default", "address": "aws_db_instance.replica"})
MINOR = PUBLIC.model_copy(
    update={"rule": "CKV_AWS_226", "severity": "LOW", "link": None, "message": "Upgrades"}
)
UNKNOWN = PUBLIC.model_copy(
    update={"rule": "ARQ_UNKNOWN", "message": "encrypted is `var.x`", "severity": "HIGH"}
)
WAIVED = WaivedFinding(
    **PUBLIC.model_copy(update={"rule": "CKV_AWS_157"}).model_dump(),
    owner="platform",
    reason="a sandbox",
    ticket="ARQ-1",
    expires=date(2027, 1, 1),
    days_left=39,
)
CHANGES = (
    SnapshotChange(address="aws_vpc.main", change="changed", arguments=("cidr_block",), stack="dev"),
    SnapshotChange(address="aws_subnet.a", change="removed", stack="dev"),
)

SOURCES = {
    "dev/database/Default": (
        SourceLocation(file="environments/platform.py", line=34),
        SourceLocation(file="constructs_arq/data/postgres.py", line=120),
    ),
    "dev/aws_vpc.main": (SourceLocation(file="environments/platform.py", line=31),),
}


def environment(**changes: object) -> EnvironmentReport:
    clean: dict[str, object] = {
        "stacks": ("dev",),
        "resources": 1203,
        "passed": 4567,
        "rules": 180,
        "findings": (),
        "unknown": (),
        "waivers": 0,
        "waived": (),
        "snapshot": "match",
        "snapshot_changes": (),
        "addresses": "match",
    }
    return EnvironmentReport.model_validate(clean | changes)


CLEAN = Report(environments={"dev": environment()})
FULL = Report(
    environments={
        "dev": environment(
            findings=(PUBLIC, SECOND, MINOR),
            unknown=(UNKNOWN,),
            waivers=1,
            waived=(WAIVED,),
            snapshot="differs",
            snapshot_changes=CHANGES,
            addresses="lost",
            sources=SOURCES,
        ),
        "production": environment(snapshot="missing"),
    }
)
