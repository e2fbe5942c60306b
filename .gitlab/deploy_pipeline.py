"""Prints the child pipeline that plans and deploys the environments, one after the other.

Usage: deploy_pipeline.py UNPROTECTED PROTECTED PLAN_ROLES DEPLOY_ROLES CLUSTER_ROLES. The first two are JSON
lists of names. The others are JSON objects with the ARN of each environment's role. Protected environments
are deployed last and are started by hand. The output is JSON, which GitLab parses as YAML.
"""

import json
import sys
from typing import Any

Jobs = dict[str, Any]


def deploy_pipeline(
    unprotected: list[str],
    protected: list[str],
    plan_roles: dict[str, str],
    deploy_roles: dict[str, str],
    cluster_roles: dict[str, str],
) -> Jobs:
    """Return the child pipeline: a stage for each environment, with its two stacks and its site."""
    names = [*unprotected, *protected]
    pipeline: Jobs = {
        "include": [{"local": ".gitlab/base.yml"}, {"local": ".gitlab/publish.yml"}],
        "stages": ["build", *names],
        "build-site": {"extends": ".build-site", "stage": "build"},
    }
    for name in names:
        # By rules, a manual job blocks the later stages.
        rules = [{"when": "manual" if name in protected else "on_success"}]
        pipeline |= aws_jobs(name, rules, plan_role=plan_roles[name], deploy_role=deploy_roles[name])
        pipeline |= cluster_jobs(name, rules, role=cluster_roles[name])
        pipeline[f"site-{name}"] = {
            "extends": ".publish-site",
            "stage": name,
            "needs": [name, "build-site"],
            "rules": rules,
            "variables": {"ENVIRONMENT": name, "SITE": "services/web/dist"},
        }
    return pipeline


def aws_jobs(name: str, rules: list[Jobs], *, plan_role: str, deploy_role: str) -> Jobs:
    """Return the jobs of the AWS stack."""
    return {
        f"plan-{name}": {
            "extends": ".plan",
            "stage": name,
            "variables": {"ENVIRONMENT": name, "AWS_ROLE_ARN": plan_role},
        },
        name: {
            "extends": ".deploy",
            "stage": name,
            "needs": [f"plan-{name}"],
            "environment": name,
            "resource_group": name,
            "rules": rules,
            "variables": {"ENVIRONMENT": name, "AWS_ROLE_ARN": deploy_role},
        },
    }


def cluster_jobs(name: str, rules: list[Jobs], *, role: str) -> Jobs:
    """Return the jobs of the cluster stack, on a runner in the VPC, after the AWS stack."""
    stack = f"{name}-platform"
    common = {
        "stage": name,
        "tags": [f"{name}-delivery-runner"],
        "variables": {"ENVIRONMENT": name, "STACK": stack, "AWS_ROLE_ARN": role},
    }
    return {
        f"plan-{stack}": {"extends": ".plan-cluster", "needs": [name], **common},
        stack: {
            "extends": ".deploy-cluster",
            "needs": [f"plan-{stack}"],
            "environment": f"{name}-cluster",
            "resource_group": stack,
            "rules": rules,
            **common,
        },
        f"watch-{stack}": {
            "extends": ".watch-cluster",
            "needs": [stack],
            # A failed deployment can have changed something.
            "when": "always",
            "resource_group": stack,
            **common,
        },
        f"record-{stack}": {
            "extends": ".record-cluster",
            "needs": [stack, f"watch-{stack}"],
            "resource_group": stack,
            **common,
        },
    }


if __name__ == "__main__":
    print(json.dumps(deploy_pipeline(*map(json.loads, sys.argv[1:])), indent=2))
