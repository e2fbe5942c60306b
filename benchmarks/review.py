"""Measures a review, from a plan's JSON to the comment, in a separate process.

`python -m benchmarks.review` prints the table. Targets: 5,000 changes, also of access, within 2 s and 300
MiB; ten times the changes in at most ten times the time.
"""

import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from arqctl.core.json_access import Json
from benchmarks.processes import Measured, measure
from tests.arqctl.plan.generated_plans import plan_with_many_changes

_ROUNDS = 3
_FEW, _MANY = 500, 5_000
_REVIEW = """
import pathlib, sys
from arqctl.review.builder import StackInput, build_review
from arqctl.review.markdown import comment
from arqctl.plan.parser import read_plan

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
plan = read_plan(text, stack="production", environment="production", paths={})
print(len(comment(build_review([StackInput(plan)])).encode()))
"""


def main() -> None:
    """Measure, and print the results with the targets."""
    with tempfile.TemporaryDirectory() as folder:
        plans = {
            "no changes": plan_with_many_changes(0),
            f"{_FEW:,} changes": plan_with_many_changes(_FEW),
            f"{_MANY:,} changes": plan_with_many_changes(_MANY),
            f"{_FEW:,} access changes": _access(_FEW),
            f"{_MANY:,} access changes": _access(_MANY),
        }
        runs = {name: _measure_review(text, Path(folder)) for name, text in plans.items()}
    start, *others = runs.values()
    table = Table(title=f"Plan to comment (best of {_ROUNDS}; target: 2 s, 300 MiB, 10 x)")
    for heading in ("plan", "seconds", "peak MiB", "comment bytes"):
        table.add_column(heading, justify="left" if heading == "plan" else "right")
    for name, run in runs.items():
        table.add_row(name, f"{run.seconds:.2f}", f"{run.peak_mib:.0f}", f"{int(run.output):,}")
    console = Console()
    console.print(table)
    for kind, small, large in (("changes", others[0], others[1]), ("access changes", others[2], others[3])):
        ratio = (large.seconds - start.seconds) / (small.seconds - start.seconds)
        console.print(f"{_MANY:,} {kind} take {ratio:.1f} x as long as {_FEW:,}, without start-up")


def _measure_review(text: str, folder: Path) -> Measured:
    file = folder / "plan.json"
    file.write_text(text, encoding="utf-8")
    return measure([sys.executable, "-c", _REVIEW, str(file)], environment={}, rounds=_ROUNDS)


def _access(count: int) -> str:
    """Return a plan with access changes: half broaden a policy, half create a security group rule."""
    half = count // 2
    rows = [*map(_policy, range(half)), *map(_rule, range(half))]
    return json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": rows})


def _policy(number: int) -> Json:
    def side(*actions: str) -> Json:
        statement: Json = {
            "Effect": "Allow",
            "Action": list(actions),
            "Resource": [f"arn:aws:s3:::part-{number}", f"arn:aws:s3:::part-{number}/*"],
        }
        return {
            "name": f"p{number}",
            "role": f"role-{number}",
            "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        }

    return _row("aws_iam_role_policy", number, "update", side("s3:GetObject"), side("s3:GetObject", "s3:*"))


def _rule(number: int) -> Json:
    after: Json = {
        "security_group_id": f"sg-{number}",
        "cidr_ipv4": f"10.{number // 250}.{number % 250}.0/24",
        "ip_protocol": "tcp",
        "from_port": number,
        "to_port": number,
    }
    return _row("aws_vpc_security_group_ingress_rule", number, "create", None, after)


def _row(type_: str, number: int, action: str, before: Json, after: Json) -> Json:
    change: Json = {
        "actions": [action],
        "before": before,
        "after": after,
        "after_unknown": {},
        "before_sensitive": {},
        "after_sensitive": {},
    }
    name = f"n{number}"
    return {
        "address": f"{type_}.{name}",
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": change,
    }


if __name__ == "__main__":
    main()
