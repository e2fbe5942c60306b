"""Prints the child pipeline that plans and deploys the environments, one after the other.

Usage: deploy_pipeline.py UNPROTECTED PROTECTED PLAN_ROLES DEPLOY_ROLES. The first two are JSON lists of
names. The others are JSON objects with the ARN of each environment's role. Protected environments are
deployed last and are started by hand. The output is JSON, which GitLab parses as YAML.
"""

import json
import sys
from typing import Any


def deploy_pipeline(
    unprotected: list[str], protected: list[str], plan_roles: dict[str, str], deploy_roles: dict[str, str]
) -> dict[str, Any]:
    """Return the child pipeline: a stage for each environment, with a plan job and a deploy job."""
    names = [*unprotected, *protected]
    pipeline: dict[str, Any] = {"include": [{"local": ".gitlab/base.yml"}], "stages": names}
    for name in names:
        pipeline[f"plan-{name}"] = {
            "extends": ".plan",
            "stage": name,
            "variables": {"ENVIRONMENT": name, "AWS_ROLE_ARN": plan_roles[name]},
        }
        pipeline[name] = {
            "extends": ".deploy",
            "stage": name,
            "needs": [f"plan-{name}"],
            "environment": name,
            "resource_group": name,
            # By rules, a manual job blocks the later stages.
            "rules": [{"when": "manual" if name in protected else "on_success"}],
            "variables": {"ENVIRONMENT": name, "AWS_ROLE_ARN": deploy_roles[name]},
        }
    return pipeline


if __name__ == "__main__":
    print(json.dumps(deploy_pipeline(*map(json.loads, sys.argv[1:])), indent=2))
