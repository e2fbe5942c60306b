"""Builders of reviews and their parts, and a review with every kind of entry."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from arqctl.gate.report import Finding, WaivedFinding
from arqctl.plan.access.access_diff import AccessChange, Direction
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action, Check
from arqctl.plan.risk.danger import Danger
from arqctl.plan.risk.protections import WeakenedProtection
from arqctl.review.model import (
    ChangedOutput,
    ChangedResource,
    CollapsedChange,
    Cost,
    Counts,
    PolicyDelta,
    Review,
    StackReview,
)

RUN = "https://github.com/arq/platform/actions/runs/7"


def difference(path: str = "name", before: str = "a", after: str = "b") -> Difference:
    return Difference(path, Kind.CHANGED, before, after)


def danger(address: str = "aws_db_instance.main", loss: str = "data", **more: object) -> Danger:
    forced = Difference("engine_version", Kind.CHANGED, "15", "17", forces=True)
    guard = WeakenedProtection("deletion_protection", "deletion protection: true → false", "true", "false")
    made = Danger(
        address=address,
        type=address.partition(".")[0],
        path="database/default",
        action=Action.DELETE_THEN_CREATE,
        loss=loss,
        what="the database and what is in it",
        why="an argument can't be changed in place",
        forced_by=(forced,),
        protections=(guard,),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a danger, by name


def changed(address: str = "aws_route.main", *differences: Difference, **more: object) -> ChangedResource:
    made = ChangedResource(address, address.partition(".")[0], "network/route", Action.UPDATE, differences)
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a change, by name


def access(
    who: str = "*", direction: Direction = Direction.BROADENED, path: str = "storage/bucket"
) -> AccessChange:
    return AccessChange(
        direction, "iam", (who,), ("s3:GetObject", "s3:PutObject"), ("arn:aws:s3:::a/*",), "", "aws_x.y", path
    )


def finding(rule: str = "CKV_ARQ_1", path: str = "production/bucket/default", message: str = "no") -> Finding:
    return Finding(
        rule=rule,
        severity="HIGH",
        address="aws_s3_bucket.main",
        path=path,
        message=message,
        stack=path.partition(".")[0],
        link="https://docs.example.com/CKV_ARQ_1",
    )


def waived(
    days: int = 12, path: str = "production/bucket/logs", reason: str = "it holds no data"
) -> WaivedFinding:
    terms = {"owner": "@arq/security", "reason": reason, "ticket": "SEC-1", "expires": date(2027, 1, 8)}
    return WaivedFinding(**finding("CKV_ARQ_2", path).model_dump(), **terms, days_left=days)


def stack(name: str = "production", **more: object) -> StackReview:
    made = StackReview(name, name.partition("-")[0], "0123456789abcdef", Counts())
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a stack's review, by name


def review(*stacks: StackReview, run_url: str = RUN) -> Review:
    return Review(stacks, "fedcba9876543210", commit="1a2b3c4", base="0f1e2d3", run_url=run_url)


def everything(name: str = "production") -> StackReview:
    """Return a stack with entries in every section."""
    lines = (" {", '-  "Action": "s3:GetObject"', '+  "Action": "s3:*"', " }")
    policy = Difference("policy", Kind.CHANGED, lines=lines)
    gone = changed("aws_route.old", action=Action.DELETE, why="it is no longer in the configuration")
    moved = changed("aws_sqs_queue.new", action=Action.NO_OP, previous_address="aws_sqs_queue.old")
    return stack(
        name,
        counts=Counts(create=1, update=3, replace=1, delete=1, forget=0, move=1, import_=1),
        dangers=(danger(), danger("aws_kms_key.main", "keys", action=Action.DELETE, forced_by=())),
        harmless_losses=(("aws_route", 1),),
        access_changes=(access(), access("arn:aws:iam::111122223333:role/a", Direction.REDUCED)),
        changes=(
            changed("aws_route.main", difference(), policy),
            gone,
            changed("aws_lb.main", Difference("arn", Kind.UNKNOWN), action=Action.CREATE, path="edge/lb"),
            changed("aws_eip.main", difference("tags.a"), collapsed=CollapsedChange.TAGS),
            changed(
                "aws_lambda_function.main", difference("source_code_hash"), collapsed=CollapsedChange.HASHES
            ),
        ),
        moves=(moved,),
        imports=(changed("aws_s3_bucket.logs", action=Action.NO_OP, importing="arq-logs"),),
        deferred=(changed("aws_eks_addon.dns", action=Action.CREATE),),
        drift=(changed("aws_security_group.web", difference("ingress")),),
        unrelated_drift=158,
        outputs=(ChangedOutput("endpoint", Action.UPDATE, (difference("", "a", "b"),)),),
        checks=(Check("check.health", "fail", ("the API answers 500",)),),
        policy=PolicyDelta(
            412,
            new=(finding(path=f"{name}/bucket/default"),),
            unknown=(finding("CKV_ARQ_3", f"{name}/role"),),
            existing=1,
            fixed=2,
            waived=(waived(path=f"{name}/bucket/logs"),),
            lost_addresses=("aws_s3_bucket.gone",),
            snapshot_updates=(f"3 addresses of {name} differ",),
            is_compared=True,
        ),
        cost=Cost(Decimal("1234.5"), Decimal("12"), 93, 4, date(2026, 11, 1)),
        diagram='flowchart LR\n  a["database"] --> b["key"]',
        is_simulated=True,
    )
