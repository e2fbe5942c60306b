"""Replicas of databases in another region."""

from policies.audit_services import region_of
from policies.environment import is_production
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, interpolations
from policies.verdict import Verdict, all_pass, is_between, is_expression, is_set, is_true, pass_if

_MIN_DAYS_IN_PRODUCTION, _MAX_DAYS = 30, 35
_SOURCE = "replicate_source_db"


@rule(
    id="CKV_ARQ_65",
    severity="HIGH",
    on=("aws_db_instance",),
    why="After a promotion it is the only database, and an apply fails that gives it a source again.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html",
)
def cross_region_replica_complete(database: Block, stack: Stack) -> Verdict:
    """Replicas in another region must have a key and backups (production: 30 days), and ignore their source.

    CKV_ARQ_6 requires the protection from deletion.
    """
    source = database.get(_SOURCE)
    crosses = _crosses_regions(database, source, stack)
    if crosses is not Verdict.PASS:
        return crosses
    key = database.get("kms_key_id")
    least = _MIN_DAYS_IN_PRODUCTION if is_production(database) else 1
    return all_pass(
        [
            is_true(database.get("storage_encrypted")),
            is_set(key),
            pass_if("alias/aws/" not in str(key) and not _in_region_of(source, key)),
            is_between(database.get("backup_retention_period"), least, _MAX_DAYS),
            pass_if(_SOURCE in as_list(database.get("lifecycle.ignore_changes"))),
        ]
    )


def _crosses_regions(database: Block, source: Json, stack: Stack) -> Verdict:
    """Pass an ARN: RDS takes that of a source in another region only, and the name of one in its own.

    Of a reference to anything but an instance of the stack in the same region, the region is UNKNOWN.
    """
    if not source:
        return Verdict.NOT_APPLICABLE
    text = str(source)
    if text.startswith("arn:"):
        return Verdict.PASS
    if not is_expression(text):
        return Verdict.NOT_APPLICABLE
    expressions = [each.strip() for each in interpolations(text)]
    attributes = {each.rpartition(".")[2] for each in expressions}
    if attributes == {"arn"}:
        return Verdict.PASS
    sources = stack.resolve(text, "aws_db_instance")
    is_near = (
        [f"${{{each}}}" for each in expressions] == [text]
        and attributes <= {"id", "identifier"}
        and [region_of(each) for each in sources] == [region_of(database)]
    )
    return Verdict.NOT_APPLICABLE if is_near else Verdict.UNKNOWN


def _in_region_of(source: Json, key: Json) -> bool:
    """Return whether both are ARNs of one region."""
    regions = [each.split(":")[3:4] for each in (str(source), str(key)) if each.startswith("arn:")]
    return len(regions) == 2 and regions[0] == regions[1]  # noqa: PLR2004 - both
